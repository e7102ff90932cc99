"""Decisions: from a spec in the vendor's words to a plan in Python's."""
