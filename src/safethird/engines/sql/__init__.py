"""Plans as DuckDB SQL: the audit form, for a reviewer to read and run, and the cross-check of the other engine.

Truth is BOOLEAN, and unknown is NULL: SQL's *and*, *or* and *not* are three-valued as ours are. Everything of which
SQL has another idea (lists, partial dates, calendars) goes through the macros in `macros.sql`.
"""
