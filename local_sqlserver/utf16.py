"""Lengths and cuts of text in UTF-16 code units.

SQL Server's collations without supplementary characters (this stand-in's SQL_Latin1_General_CP1_CI_AS) count code
units: a character beyond U+FFFF is two.
"""

from __future__ import annotations


def length(text: str) -> int:
    """Return the number of code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def left(text: str, units: int) -> str:
    """Return the first ``units`` code units; half a character at the cut becomes U+FFFD."""
    if text.isascii() or length(text) <= units:
        return text[:units]
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "replace")
