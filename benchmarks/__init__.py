"""What things cost, beside what they cost elsewhere; `make bench` runs it."""
