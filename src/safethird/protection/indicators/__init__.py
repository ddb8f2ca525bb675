"""Figures from published data that users download themselves. Nothing of it ships with the package."""
