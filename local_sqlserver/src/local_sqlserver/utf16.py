"""Lengths and cuts of text in UTF-16 code units.

NVARCHAR(n) holds n code units under every collation; a character beyond U+FFFF takes two.
"""

from __future__ import annotations


def length(text: str) -> int:
    """Return the number of code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def left(text: str, units: int) -> str:
    """Return the first ``units`` code units, without half a surrogate pair at the end, as under _SC."""
    if text.isascii() or length(text) <= units:
        return text[:units]
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore")
