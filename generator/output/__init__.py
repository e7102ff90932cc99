"""Bringing generated packages to disk, and telling what is there. Import the module you need: each is cheap alone."""
