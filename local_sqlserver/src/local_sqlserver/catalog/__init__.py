"""The catalog: objects and principals in memory, a copy of them in each database file, and the views of sys.

Start with ``objects``. ``store`` reads and writes the tables. ``view`` gives a session its uncommitted changes as well.
"""
