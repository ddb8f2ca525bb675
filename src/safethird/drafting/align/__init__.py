"""Two language versions of one text, side by side: what stands where, and what should agree and does not."""
