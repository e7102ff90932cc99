"""Small specs, one feature each, and the packages that they become."""
