"""Tests about the packages that clientmill makes."""
