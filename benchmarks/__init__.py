"""Measurements: `make bench`. Ratios of two things measured in one run, never a verdict."""
