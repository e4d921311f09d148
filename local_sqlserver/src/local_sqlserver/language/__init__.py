"""T-SQL as text and as a tree: tokens, keywords, data types, one syntax tree, one parser.

Start with ``syntax``, which says what a batch consists of; ``parser.parse_batch`` makes it.
"""
