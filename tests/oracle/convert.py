"""Conversions of source text, column by column (docs/source_data.md, "Types and conversions").

Each gives the converted column and a mask of the rows whose text does not convert. Columns have few
distinct values, so each distinct text is converted once.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.oracle.lines import utf16_length
from tests.oracle.schema import DATE, INTEGER

INT_MIN, INT_MAX = -(2**31), 2**31 - 1

TRIMMED = (
    "\u0020\u0085\u00a0\u00ad\u061c\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c"
    "\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2066\u2067\u2068\u2069\u3000\ufeff"
)
"""The characters that are removed at both ends of a text."""

Mask = npt.NDArray[np.bool_]

_NUMBER = re.compile(r"[+-]?[0-9]+")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def clean(column: pd.Series) -> pd.Series:
    """Trim blanks and invisible characters; empty text becomes None."""
    return _by_value(column, lambda text: text.strip(TRIMMED) or None)


def fold(column: pd.Series) -> pd.Series:
    """Text in capitals, as keys and codes are compared."""
    return _by_value(column, capitals)


def capitals(text: str) -> str:
    """Text in capitals, character by character: a letter without a capital of its own (ß, ı, ſ) stays as it is."""
    return text.upper() if text.isascii() else "".join(map(_capital, text))


def _capital(letter: str) -> str:
    # Letters whose capital in full is two (ᾳ: ΑΙ) have one of one character as title case (ᾼ).
    capital = letter.upper() if len(letter.upper()) == 1 else letter.title()
    returns = len(capital) == 1 and (capital.lower() == letter or letter == "ς")
    return capital if returns else letter


def too_long(column: pd.Series, limit: int) -> Mask:
    """Mark texts of more than ``limit`` characters, counted as NVARCHAR counts them."""
    return _by_value(column, lambda text: utf16_length(text) > limit).eq(True).to_numpy(dtype=bool)


def integers(column: pd.Series) -> tuple[pd.Series, Mask]:
    """Convert to whole numbers in the range of INT; empty is NULL."""
    return _converted(column, _integer, INTEGER)


def iso_dates(column: pd.Series) -> tuple[pd.Series, Mask]:
    """Convert ``yyyy-mm-dd``; empty is NULL."""
    return _converted(column, lambda text: _date(_ISO_DATE, text), DATE)


def compact_dates(column: pd.Series) -> pd.Series:
    """Convert ``yyyymmdd``; any other text is NULL."""
    return _converted(column, lambda text: _date(_COMPACT_DATE, text), DATE)[0]


def _integer(text: str) -> int | None:
    # A longer number is out of INT's range and need not be converted (int() also refuses extreme lengths).
    if not _NUMBER.fullmatch(text) or len(text.lstrip("+-0")) > 10:
        return None
    number = int(text)
    return number if INT_MIN <= number <= INT_MAX else None


def _date(form: re.Pattern[str], text: str) -> date | None:
    found = form.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _converted(
    column: pd.Series, function: Callable[[str], Any], dtype: Literal["Int64", "datetime64[s]"]
) -> tuple[pd.Series, Mask]:
    values = _by_value(column, function)
    failed = (column.notna() & values.isna()).to_numpy(dtype=bool)
    converted: pd.Series = values.astype(dtype)
    return converted, failed


def _by_value(column: pd.Series, function: Callable[[str], Any]) -> pd.Series:
    """Apply ``function`` to every distinct text of an object column; None stays None."""
    codes, texts = pd.factorize(column)
    # One more element for the code -1, which factorize assigns to None.
    values = np.empty(len(texts) + 1, dtype=object)
    values[:-1] = [function(text) for text in texts]
    return pd.Series(values[codes], index=column.index, dtype=object)
