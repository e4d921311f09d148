"""T-SQL's behaviour as data: cases with their source in Microsoft's reference, in ``cases/``, and their test."""
