"""Specs: read, checked, and held in the vendor's words."""
