"""Tests of changes of spec files."""
