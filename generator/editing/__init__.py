"""Changes of spec files: lines are added at known places, everything else stays byte for byte as its author wrote it."""
