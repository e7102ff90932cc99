"""What every generated client is made of; copied unchanged into each package as `_runtime`."""
