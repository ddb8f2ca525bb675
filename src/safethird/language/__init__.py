"""The rule language: syntax -> types -> evaluate. It knows facts and truth, not asylum.

docs/language.md is its specification; `language/evaluate.py` is the definition of its meaning.
"""
