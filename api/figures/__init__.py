"""The figures: the order lines of the served run in memory, and periods of days."""
