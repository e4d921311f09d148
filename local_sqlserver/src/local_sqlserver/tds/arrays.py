"""ROW tokens of many rows at a time, from the arrays of their columns: the same bytes as ``columns`` makes by value.

The places of all values in the output are computed first; then each column writes its values there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy

from local_sqlserver.arrays import DAY, EPOCH, Array, Numbers
from local_sqlserver.tds.columns import Codec
from local_sqlserver.types import MAX, TYPES, UNICODE, SqlType, decimal_bytes, digits, storage_bytes, time_bytes

_ROW = 0xD1
_DAYS_TO_1970 = EPOCH.toordinal() - 1
_DAYS_1900_TO_1970 = 25_567
_LAST_DAY = 3_652_058
"""9999-12-31, in days since 0001-01-01."""
_LONG = 64
"""Bytes: longer strings are copied one by one, which takes less memory and, at that length, no more time."""


class _Field(Protocol):
    """The values of a column as they stand in the rows, with their length prefixes."""

    @property
    def widths(self) -> Any:
        """The bytes of each value: an array, or a number if all are equal."""

    def write(self, out: Numbers, at: Numbers) -> None:
        """Write the values to places of the output, which is filled with zeros."""


def rows_of_arrays(
    types: Sequence[SqlType], codecs: Sequence[Codec], columns: Sequence[Array | Sequence[Any]]
) -> bytes:
    """ROW tokens (2.2.7.20) of at least one row.

    Raises OverflowError, FloatingPointError or ValueError for values outside the type of their column, and for a
    column of values what its codec raises.
    """
    fields = [
        _field(declared, column) if isinstance(column, Array) else _Encoded(form.encode(column))
        for declared, form, column in zip(types, codecs, columns, strict=True)
    ]
    size = numpy.zeros(len(columns[0]), numpy.int64)
    size += 1
    for field in fields:
        size += field.widths
    ends = numpy.cumsum(size)
    at = ends - size
    out = numpy.zeros(int(ends[-1]), numpy.uint8)
    out[at] = _ROW
    at += 1
    for field in fields:
        field.write(out, at)
        at += field.widths
    return out.tobytes()


def _field(declared: SqlType, array: Array) -> _Field:
    row = TYPES[declared.name]
    if row.family in ("text", "binary"):
        return _string(declared, array)
    make = _FORMS.get(declared.name) or _FORMS[row.family]
    return _Fixed(make(declared, array), array.valid)


def _put(out: Numbers, at: Numbers, values: Numbers) -> None:
    """Write the items of an array, of any size, to places of the output."""
    if not len(at):
        return
    size = values.dtype.itemsize
    places = numpy.ndarray((out.size - size + 1,), f"V{size}", out, strides=(1,))
    places[at] = values.view(f"V{size}")


def _strings(out: Numbers, at: Numbers, units: Numbers, counts: Numbers) -> None:
    """Write strings to places of the output; ``units`` are those of all strings, ``counts`` the number in each."""
    size = units.dtype.itemsize
    total = len(units)
    if not total:
        return
    ends = numpy.cumsum(counts)
    if total * size > _LONG * len(counts):
        data = units.view(numpy.uint8)
        for start, (first, end) in zip(at.tolist(), pairwise([0, *(ends * size).tolist()]), strict=True):
            out[start : start + end - first] = data[first:end]
        return
    places = numpy.repeat(at - (ends - counts) * size, counts)
    places += numpy.arange(0, total * size, size)
    _put(out, places, units)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Values of one size; NULL is a zero."""

    items: Numbers
    valid: Numbers | None

    @property
    def widths(self) -> Any:
        size = self.items.dtype.itemsize
        return size if self.valid is None else numpy.where(self.valid, size, 1)

    def write(self, out: Numbers, at: Numbers) -> None:
        if self.valid is None:
            _put(out, at, self.items)
        else:
            _put(out, at[self.valid], self.items[self.valid])


class _Short:
    """Strings with their length in two bytes; NULL is 0xFFFF."""

    def __init__(self, units: Numbers, counts: Numbers, valid: Numbers | None, limit: int) -> None:
        sizes = counts * units.dtype.itemsize
        if sizes.max() > limit:
            raise ValueError(f"a string of more than {limit} bytes in a column of {limit}")
        self._units, self._counts = units, counts
        self._lengths = (sizes if valid is None else numpy.where(valid, sizes, 0xFFFF)).astype("<u2")
        self.widths = sizes + 2

    def write(self, out: Numbers, at: Numbers) -> None:
        _put(out, at, self._lengths)
        _strings(out, at + 2, self._units, self._counts)


class _Long:
    """Partially length-prefixed strings (2.2.5.2.3): the total, one chunk unless it is empty, the terminator."""

    def __init__(self, units: Numbers, counts: Numbers, valid: Numbers | None) -> None:
        self._units, self._counts = units, counts
        self._sizes = counts * units.dtype.itemsize
        self._known = numpy.ones(len(counts), numpy.bool_) if valid is None else valid
        self.widths = numpy.where(self._known, numpy.where(self._sizes > 0, self._sizes + 16, 12), 8)

    def write(self, out: Numbers, at: Numbers) -> None:
        _put(out, at, numpy.where(self._known, self._sizes, -1).astype("<i8"))
        _put(out, at[self._known] + 8, self._sizes[self._known].astype("<u4"))
        _strings(out, at + 12, self._units, self._counts)


class _Encoded:
    """Values that their codec has encoded."""

    def __init__(self, values: Sequence[bytes]) -> None:
        self.widths = numpy.fromiter(map(len, values), numpy.int64, len(values))
        self._data = numpy.frombuffer(b"".join(values), numpy.uint8)

    def write(self, out: Numbers, at: Numbers) -> None:
        _strings(out, at, self._data, self.widths)


def _string(declared: SqlType, array: Array) -> _Field:
    assert array.more is not None
    data, counts = array.values, numpy.diff(array.more)
    unit = 2 if declared.name in UNICODE else 1
    if array.kind == "text" and len(data) and data.max() >= 0x80:
        data, counts = _characters(data, array.more, unit)
    elif unit == 2:
        data = data.astype("<u2")
    if declared.length is None or declared.length == MAX:
        return _Long(data, counts, array.valid)
    return _Short(data, counts, array.valid, declared.length * unit)


def _characters(data: Numbers, places: Numbers, unit: int) -> tuple[Numbers, Numbers]:
    """Return UTF-8 text as code units of UTF-16 or, if a ``unit`` has one byte, of code page 1252, and their number.

    A character begins with any byte but 0x80 to 0xBF, and one that takes two units of UTF-16 with 0xF0 or more.
    """
    text = data.tobytes().decode()
    begins = ((data & 0xC0) != 0x80).astype(numpy.int64)
    if unit == 2:
        begins += data >= 0xF0
        units = numpy.frombuffer(text.encode("utf-16-le"), "<u2")
    else:
        units = numpy.frombuffer(text.encode("cp1252", "replace"), numpy.uint8)
    before = numpy.zeros(len(data) + 1, numpy.int64)
    numpy.cumsum(begins, out=before[1:])
    return units, numpy.diff(before[places])


# --- values of one size, each with a byte that is its length


def _check(array: Array, values: Numbers, low: int, high: int) -> None:
    """Raise OverflowError for a value outside a range."""
    known = values if array.valid is None else values[array.valid]
    if len(known) and (known.min() < low or known.max() > high):
        raise OverflowError(f"a value of a column outside {low} to {high}")


def _sized(size: int, parts: Sequence[tuple[str, Numbers]]) -> Numbers:
    """Return items that begin with their ``size``; the parts are the numbers after it, by type."""
    items = numpy.empty(len(parts[0][1]), [("size", "u1"), *((str(n), form) for n, (form, _) in enumerate(parts))])
    items["size"] = size
    for n, (_, values) in enumerate(parts):
        items[str(n)] = values
    return items


def _low_bytes(values: Numbers, size: int) -> Numbers:
    """Return the lowest bytes of 64-bit integers."""
    return _bytes(values.astype("<u8").view(numpy.uint8).reshape(-1, 8)[:, :size])


def _bytes(rows: Numbers) -> Numbers:
    """Return rows of bytes as items."""
    return numpy.ascontiguousarray(rows).view(f"V{rows.shape[1]}").ravel()


def _integer(declared: SqlType, array: Array) -> Numbers:
    size = TYPES[declared.name].size
    form = numpy.dtype("u1" if size == 1 else f"<i{size}")  # TINYINT and BIT have no sign
    if not numpy.can_cast(array.values.dtype, form):
        _check(array, array.values, int(numpy.iinfo(form).min), int(numpy.iinfo(form).max))
    return _sized(size, [(form.str, array.values)])


def _float(declared: SqlType, array: Array) -> Numbers:
    size = TYPES[declared.name].size
    with numpy.errstate(over="raise"):
        return _sized(size, [(f"<f{size}", array.values)])


def _signed(array: Array, size: int) -> Numbers:
    """Return the integers of a 'decimal' array that have ``size`` bytes, at most 8."""
    low = array.values[:, 0].view(numpy.int64)
    high = array.values[:, 1].view(numpy.int64)
    fits = high == low >> 63
    if not (fits if array.valid is None else fits | ~array.valid).all():
        raise OverflowError("a value of a column that 8 bytes do not hold")
    _check(array, low, -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1)
    return low


def _decimal(declared: SqlType, array: Array) -> Numbers:
    """A sign and the absolute value."""
    size = decimal_bytes(digits(declared)[0])
    low, high = array.values[:, 0], array.values[:, 1]
    negative = high >> 63 != 0
    below = numpy.where(negative, -low, low)
    above = numpy.where(negative, ~high + (low == 0), high)
    most = 2 ** (8 * size - 72) - 1 if size > 9 else 0
    if size < 17:
        _check(array, above, 0, most)
    if size == 5:
        _check(array, below, 0, 2**32 - 1)
    parts = [("u1", ~negative), ("<u4" if size == 5 else "<u8", below)]
    return _sized(size, parts if size <= 9 else [*parts, (f"<u{size - 9}", above)])


def _money(declared: SqlType, array: Array) -> Numbers:
    """MONEY has its upper half first."""
    values = _signed(array, TYPES[declared.name].size)
    if declared.name == "smallmoney":
        return _sized(4, [("<i4", values)])
    return _sized(8, [("<i4", values >> 32), ("<u4", values & 0xFFFFFFFF)])


def _days(array: Array, days: Numbers) -> Numbers:
    """Return days since 0001-01-01, of days since 1970."""
    since = days.astype(numpy.int64) + _DAYS_TO_1970
    _check(array, since, 0, _LAST_DAY)
    return since


def _date(_declared: SqlType, array: Array) -> Numbers:
    return _sized(3, [("V3", _low_bytes(_days(array, array.values), 3))])


def _fraction(microseconds: Numbers, scale: int) -> tuple[str, Numbers]:
    """Return the time of day in units of 10^-scale s; microseconds are cut, not rounded."""
    units = microseconds * 10 ** (scale - 6) if scale > 6 else microseconds // 10 ** (6 - scale)
    size = time_bytes(scale)
    return f"V{size}", _low_bytes(units, size)


def _time(declared: SqlType, array: Array) -> Numbers:
    _check(array, array.values, 0, DAY - 1)
    return _sized(storage_bytes(declared), [_fraction(array.values, digits(declared)[1])])


def _datetime2(declared: SqlType, array: Array) -> Numbers:
    days, time = numpy.divmod(array.values, DAY)
    date = ("V3", _low_bytes(_days(array, days), 3))
    return _sized(storage_bytes(declared), [_fraction(time, digits(declared)[1]), date])


def _datetimeoffset(declared: SqlType, array: Array) -> Numbers:
    assert array.more is not None
    days, time = numpy.divmod(array.values, DAY)
    date = ("V3", _low_bytes(_days(array, days), 3))
    return _sized(storage_bytes(declared), [_fraction(time, digits(declared)[1]), date, ("<i2", array.more)])


def _datetime(_declared: SqlType, array: Array) -> Numbers:
    """DATETIME: days since 1900 and 1/300 s since midnight, rounded to the nearest (2.2.5.5.1.9)."""
    days, time = numpy.divmod(array.values, DAY)
    _days(array, days)
    ticks = (time // 1_000_000) * 300 + (time % 1_000_000 * 3 + 5_000) // 10_000
    later, ticks = numpy.divmod(ticks, 300 * 86_400)
    return _sized(8, [("<i4", days + _DAYS_1900_TO_1970 + later), ("<u4", ticks)])


def _smalldatetime(_declared: SqlType, array: Array) -> Numbers:
    days, time = numpy.divmod(array.values, DAY)
    days = days + _DAYS_1900_TO_1970
    _check(array, days, 0, 0xFFFF)
    return _sized(4, [("<u2", days), ("<u2", time // 60_000_000)])


_GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]


def _guid(_declared: SqlType, array: Array) -> Numbers:
    return _sized(16, [("V16", _bytes(array.values[:, _GUID_ORDER]))])


_FORMS: dict[str, Callable[[SqlType, Array], Numbers]] = {
    "bit": _integer,
    "integer": _integer,
    "approximate": _float,
    "decimal": _decimal,
    "money": _money,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "smalldatetime": _smalldatetime,
    "datetime2": _datetime2,
    "datetimeoffset": _datetimeoffset,
    "uniqueidentifier": _guid,
}
"""By name of the type, or by its family; "numeric" and "smallmoney" are found by family."""
