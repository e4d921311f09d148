"""The language T-SQL: tokens, keywords, data types, the syntax tree and its parser.

Start with ``syntax``, which defines the nodes of a batch; ``parser.parse_batch`` makes the tree.
"""
