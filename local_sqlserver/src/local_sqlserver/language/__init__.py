"""The procedural skeleton of T-SQL: tokens, parser and syntax tree. Set-based statements stay text.

Start with ``syntax`` (what a batch consists of), then ``parser.parse_batch``.
"""
