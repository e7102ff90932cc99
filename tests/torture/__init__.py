"""Faults, attacks and accidents by the thousand, with a seed, and the figures that come of them."""
