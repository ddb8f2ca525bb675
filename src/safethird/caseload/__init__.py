"""Whole caseloads: the same regime file, run over a table of cases."""
