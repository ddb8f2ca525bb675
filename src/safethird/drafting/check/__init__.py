"""Standard properties of a draft, as a checklist with the articles that carry each."""
