"""The tests of clientmill, a folder per part."""
