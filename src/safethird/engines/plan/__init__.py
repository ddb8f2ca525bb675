"""Plans: checked rules in the form that whole columns of cases are decided with.

A rule of the language speaks of one case and is read for every element that it may mean. A plan says the same
without names: elements are places on axes, definitions are put in, `NOTHING` is gone, and a clause that occurs
twice, in one regime or in several, is one node.
"""
