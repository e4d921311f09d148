"""Drops to load in tests: the hand-made day, nasty ones, bad ones and days in succession."""
