"""A draft from questions, and the rounds in which it is negotiated."""
