"""What the databases hold: objects and principals in memory, the same facts in tables, the views of sys over them.

Start with ``objects``; ``store`` writes and reads them, ``view`` shows them to a session with its uncommitted changes.
"""
