"""Readings of a checked rule: to words, to columns, to proofs. Each is one function from the same tree."""
