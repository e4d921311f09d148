"""Differences between two tables, in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tests.oracle.schema import DATE, DECIMAL, INTEGER

SHOWN = 20
"""Differences of one kind that are spelled out; the rest is counted."""

TOLERANCE = 1e-9
"""Another engine adds decimals in another order; a larger deviation is a difference."""

_OCCURRENCE = "occurrence"


def compare(expected: pd.DataFrame, actual: pd.DataFrame, key: Sequence[str]) -> list[str]:
    """List the differences of ``actual`` from ``expected``; an empty list when they hold the same rows.

    Rows are matched by the columns of ``key``; rows that share a key are matched in the order of their other
    columns. Text is compared exactly, case and trailing blanks included. ``actual`` may hold the
    types of drivers: dates, decimals, booleans and numpy's types are converted to the dtypes of ``expected``. Row
    and column order do not matter.
    """
    columns = [str(name) for name in expected]
    unlike = [f"column {name} is missing" for name in columns if name not in actual]
    unlike += [f"column {name} is not expected" for name in actual if name not in expected]
    if unlike:
        return unlike
    expected, actual = expected.reset_index(drop=True), actual.reset_index(drop=True)
    converted = {}
    for name in columns:
        try:
            converted[name] = _like(expected[name], actual[name])
        except (TypeError, ValueError, OverflowError) as error:
            unlike.append(f"column {name} does not hold {expected[name].dtype}: {error}")
    if unlike:
        return unlike

    by = [*key, _OCCURRENCE]
    left = _numbered(expected, key)
    right = _numbered(pd.DataFrame(converted), key)
    both = left.merge(right, on=by, how="outer", suffixes=("", "\0actual"), indicator="\0side")
    missing = both[both["\0side"] == "left_only"]
    extra = both[both["\0side"] == "right_only"]
    matched = both[both["\0side"] == "both"]
    differences = _shorten([f"missing: {_named(row, key)}" for row in _records(missing, key)], len(missing))
    differences += _shorten([f"not expected: {_named(row, key)}" for row in _records(extra, key)], len(extra))
    for name in columns:
        if name not in key:
            differences += _different_cells(matched, name, key)
    return differences


def _different_cells(matched: pd.DataFrame, name: str, key: Sequence[str]) -> list[str]:
    expected, actual = matched[name], matched[f"{name}\0actual"]
    if expected.dtype == DECIMAL:
        distance = (expected - actual).abs().to_numpy(dtype=float, na_value=np.nan)
        same = pd.Series(distance <= TOLERANCE * np.maximum(1, expected.abs().to_numpy(float, na_value=0)))
        same = same.set_axis(matched.index)
    else:
        same = (expected == actual).astype("boolean").fillna(False).astype(bool)
    different = ~same & ~(expected.isna() & actual.isna())
    rows = matched[different]
    cells = zip(_records(rows, key), rows[name].head(SHOWN), rows[f"{name}\0actual"].head(SHOWN), strict=True)
    return _shorten(
        [f"{_named(row, key)}: {name} is {_shown(got)} instead of {_shown(want)}" for row, want, got in cells],
        len(rows),
    )


def _like(expected: pd.Series, actual: pd.Series) -> pd.Series:
    """Convert ``actual`` to the dtype of ``expected`` without losing anything."""
    if expected.dtype == DATE:
        return pd.to_datetime(actual.astype(object), format="ISO8601").astype(DATE)
    if expected.dtype == INTEGER and pd.api.types.infer_dtype(actual) == "integer":
        return actual.astype(INTEGER)
    if expected.dtype == INTEGER:
        return pd.Series([_whole(value) for value in actual], index=actual.index, dtype=INTEGER)
    if expected.dtype == DECIMAL:
        return pd.to_numeric(actual.astype(object)).astype(DECIMAL)
    if other := [value for value in actual.dropna() if not isinstance(value, str)]:
        raise TypeError(f"{other[0]!r} is no text")
    return actual.astype("str")


def _whole(value: Any) -> int | None:
    if pd.isna(value):
        return None
    if isinstance(value, str) or value != int(value):
        raise ValueError(f"{value!r} is no whole number")
    return int(value)


def _numbered(frame: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Number the rows that share a key, in the order of their other columns; a row alone has 0."""
    occurrence = pd.Series(0, index=frame.index)
    sharing = frame[frame.duplicated(list(key), keep=False)]
    ordered = sharing.sort_values(sorted(str(name) for name in sharing))
    occurrence.update(ordered.groupby(list(key), dropna=False).cumcount())
    return frame.assign(**{_OCCURRENCE: occurrence})


def _records(rows: pd.DataFrame, key: Sequence[str]) -> list[tuple[object, ...]]:
    return list(rows[[*key, _OCCURRENCE]].head(SHOWN).itertuples(index=False, name=None))


def _named(record: tuple[object, ...], key: Sequence[str]) -> str:
    *values, occurrence = record
    name = ", ".join(f"{column} {_shown(value)}" for column, value in zip(key, values, strict=True))
    return f"{name} (row {int(str(occurrence)) + 1} of that key)" if occurrence else name


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "NULL"
    return repr(value) if isinstance(value, str) else str(value).removesuffix(" 00:00:00")


def _shorten(shown: list[str], total: int) -> list[str]:
    return [*shown, f"… and {total - len(shown)} more like the last"] if total > len(shown) else shown
