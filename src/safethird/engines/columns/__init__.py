"""Plans over whole columns of cases, with NumPy.

Truth is one byte: 1 true, -1 false, 0 unknown. So *and* is the minimum, *or* the maximum, *not* the negative,
and a comparison of intervals is one comparison less another. The elements of lists stand in rows of their own
(`elements x cases`), so that a quantifier is a maximum along them and outer facts meet every element.
"""
