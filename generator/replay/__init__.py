"""The stand-in for a vendor that generated tests talk to; copied into each package's `tests/` byte for byte."""
