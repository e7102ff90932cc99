"""Whole runs of the line in projects of their own."""
