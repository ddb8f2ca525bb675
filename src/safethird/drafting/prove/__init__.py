"""Proofs: the checked program as formulas, and what follows from them for every case.

`symbolic` and `reasoning` say with formulas what `language/evaluate.py` and `screening/determine.py` say with
values; a proof is a formula that no case satisfies. The solver is z3 (the extra `prove`).
"""
