"""Facts about the repository that no function of it would tell."""
