"""The source drop and the program that wrote it."""
