"""Is a country safe for the people sent there? Tests of law, evidence with dates, and "unknown" where
nobody has shown it."""
