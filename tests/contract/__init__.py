"""What an app may rely on: every line of the contract of generated packages, held against the packages themselves."""
