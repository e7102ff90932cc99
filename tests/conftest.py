"""What all tests share: property tests try the same examples in every run, so that a run that fails fails again."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("the same every time", derandomize=True, database=None)
settings.load_profile("the same every time")
