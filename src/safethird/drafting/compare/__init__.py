"""Two drafts side by side: the words, the meaning, the people who change sides."""
