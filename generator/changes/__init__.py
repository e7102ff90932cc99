"""What a package offers in one value: spelled, parsed, compared, judged, and held against what the changelog says."""
