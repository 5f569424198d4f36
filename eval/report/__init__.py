"""Reports: pure functions of results. Nothing here computes a score."""
