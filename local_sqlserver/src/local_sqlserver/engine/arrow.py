"""Reads the rows of a DuckDB result as arrays, batch by batch, through Arrow's C stream interface.

DuckDB goes on with a query only as far as its rows are read, so a large result never lies in memory. The structures
are those of Arrow's specification, "The Arrow C data interface" and "The Arrow C stream interface": a few
pointers, for which pyarrow (45 MB) would be a dependency.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import duckdb
import numpy

from local_sqlserver.arrays import Array, Kind, Numbers
from local_sqlserver.errors import SqlError, unsupported

BATCH = 4096
"""Rows of a batch: two of DuckDB's vectors. More would delay the first row, fewer cost more per row."""

LONG_BATCH = 128
"""Rows of a batch with (MAX) values, which may have megabytes; Arrow's places of strings end at 2 GiB."""

_STREAM = struct.Struct("5Q")  # get_schema, get_next, get_last_error, release, private_data
_SCHEMA = struct.Struct("9Q")  # format, name, metadata, flags, n_children, children, dictionary, release, …
_ARRAY = struct.Struct("10q")  # length, null_count, offset, n_buffers, n_children, buffers, children, …, release, …

_POINTERS = [struct.Struct(f"{number}Q") for number in range(32)]

_Fill = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_Text = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)
_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Stream:
    """The open result of a query. Until it is closed, its connection can run no other statement."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any], rows: int = BATCH
    ) -> None:
        """Run a query up to its first rows, of which there are at most ``rows`` in a batch. Raises ``duckdb.Error``.

        The method of DuckDB's own relations is called, because the public ways either bind a query twice or copy the
        whole result.
        """
        connection.complete()  # an earlier result of which only the first row was read
        self._capsule = connection._submit(sql, values or None, "stream", rows).arrow_capsule()  # owns the stream
        self._stream: int | None = _pointer_of(self._capsule, b"arrow_array_stream")
        schema, following, failure, self._release, _ = _STREAM.unpack(ctypes.string_at(self._stream, _STREAM.size))
        self._next, self._failure = _Fill(following), _Text(failure)
        try:
            self._readers = self._columns(_Fill(schema))
        except SqlError:
            self.close()
            raise

    def _columns(self, fill: Callable[..., int]) -> list[_Read]:
        """Return the readers of the columns, by their Arrow types; raises SqlError 40510 for a type without one."""
        space = ctypes.create_string_buffer(_SCHEMA.size)
        if fill(self._stream, space):
            raise self._error()
        fields = _SCHEMA.unpack(space)
        try:
            children = [_SCHEMA.unpack(ctypes.string_at(child, 72)) for child in _addresses(fields[5], fields[4])]
            return [_reader(ctypes.string_at(child[0])) for child in children]
        finally:
            _Release(fields[7])(space)

    def read(self) -> list[Array] | None:
        """Return the columns of the next rows, at least one; None after the last row. Raises ``duckdb.Error``."""
        space = ctypes.create_string_buffer(_ARRAY.size)
        if self._next(self._stream, space):
            raise self._error()
        fields = _ARRAY.unpack(space)
        if not fields[8]:  # no array, the end
            self.close()
            return None
        try:
            columns = _addresses(fields[6], fields[4])
            arrays = [read(_Column(address)) for read, address in zip(self._readers, columns, strict=True)]
        finally:
            _Release(fields[8])(space)
        return arrays if fields[0] else self.read()

    def _error(self) -> duckdb.Error:
        """Return the failure of the stream, and close it: a failed query has ended."""
        text = (self._failure(self._stream) or b"").decode()
        self.close()
        return duckdb.InterruptException(text) if text.startswith("INTERRUPT Error") else duckdb.Error(text)

    def close(self) -> None:
        """End the query, also before its last row; a second call does nothing."""
        if self._stream is not None:
            _Release(self._release)(self._stream)
            self._stream = None


def _addresses(start: int, number: int) -> tuple[int, ...]:
    form = _POINTERS[number] if number < len(_POINTERS) else struct.Struct(f"{number}Q")
    return form.unpack(ctypes.string_at(start, form.size))


class _Column:
    """An ArrowArray; its buffers are copied, because they are DuckDB's."""

    __slots__ = ("_buffers", "_children", "_first", "_nulls", "length")

    def __init__(self, address: int) -> None:
        fields = _ARRAY.unpack(ctypes.string_at(address, 80))
        self.length, self._nulls, self._first = fields[:3]
        self._buffers = _addresses(fields[5], fields[3])
        self._children = (fields[6], fields[4])

    def children(self) -> list[_Column]:
        """Return the fields of a structure."""
        return [_Column(address) for address in _addresses(*self._children)]

    def values(self, dtype: numpy.dtype[Any], *, more: int = 0) -> Numbers:
        """Return the numbers in the buffer of values, and ``more`` after the last row."""
        size = dtype.itemsize
        data = ctypes.string_at(self._buffers[1] + self._first * size, (self.length + more) * size)
        return numpy.frombuffer(data, dtype)

    def bits(self, index: int) -> Numbers:
        """Return a buffer with a bit a row."""
        size = self._first + self.length
        packed = numpy.frombuffer(ctypes.string_at(self._buffers[index], (size + 7) // 8), numpy.uint8)
        return numpy.unpackbits(packed, count=size, bitorder="little")[self._first :]

    def bytes(self, start: int, end: int) -> Numbers:
        """Return bytes of the buffer with the data of all values."""
        return numpy.frombuffer(ctypes.string_at(self._buffers[2] + start, end - start), numpy.uint8)

    def valid(self) -> Numbers | None:
        """Return which rows are not NULL; None if all are not."""
        return self.bits(0).view(numpy.bool_) if self._nulls and self._buffers[0] else None


_Read = Callable[[_Column], Array]


def _numbers(kind: Kind, form: str, factor: int = 1, divisor: int = 1) -> _Read:
    dtype = numpy.dtype(form)

    def read(column: _Column) -> Array:
        values = column.values(dtype)
        if factor != 1 or divisor != 1:
            values = values * factor // divisor
        return Array(kind, values, column.valid())

    return read


def _bits(column: _Column) -> Array:
    return Array("integer", column.bits(1), column.valid())


def _decimal(scale: int) -> _Read:
    words = numpy.dtype(("<u8", 2))

    def read(column: _Column) -> Array:
        return Array("decimal", column.values(words), column.valid(), scale=scale)

    return read


def _strings(kind: Kind, form: str) -> _Read:
    dtype = numpy.dtype(form)

    def read(column: _Column) -> Array:
        if not column.length:
            return Array(kind, numpy.zeros(0, numpy.uint8), None, numpy.zeros(1, numpy.int64))
        places = column.values(dtype, more=1)
        start, end = int(places[0]), int(places[-1])
        return Array(kind, column.bytes(start, end), column.valid(), places.astype(numpy.int64) - start)

    return read


_INT64 = numpy.dtype("<i8")
_INT16 = numpy.dtype("<i2")


def _offset(column: _Column) -> Array:
    """A DATETIMEOFFSET, ``types.OFFSET_TYPE``."""
    utc, minutes = column.children()
    return Array("datetimeoffset", utc.values(_INT64), column.valid(), minutes.values(_INT16))


def _null(column: _Column) -> Array:
    rows = numpy.zeros(column.length, numpy.uint8)
    return Array("null", rows, rows.view(numpy.bool_))


_READERS: dict[bytes, _Read] = {
    b"n": _null,
    b"b": _bits,
    b"c": _numbers("integer", "<i1"),
    b"C": _numbers("integer", "<u1"),
    b"s": _numbers("integer", "<i2"),
    b"S": _numbers("integer", "<u2"),
    b"i": _numbers("integer", "<i4"),
    b"I": _numbers("integer", "<u4"),
    b"l": _numbers("integer", "<i8"),
    b"L": _numbers("integer", "<u8"),
    b"f": _numbers("float", "<f4"),
    b"g": _numbers("float", "<f8"),
    b"tdD": _numbers("date", "<i4"),
    b"ttu": _numbers("time", "<i8"),
    b"tss:": _numbers("datetime", "<i8", factor=1_000_000),
    b"tsm:": _numbers("datetime", "<i8", factor=1_000),
    b"tsu:": _numbers("datetime", "<i8"),
    b"tsn:": _numbers("datetime", "<i8", divisor=1_000),
    b"u": _strings("text", "<i4"),
    b"U": _strings("text", "<i8"),
    b"z": _strings("binary", "<i4"),
    b"Z": _strings("binary", "<i8"),
    b"+s": _offset,
}
"""By the format string of the Arrow type."""


@lru_cache(maxsize=256)
def _reader(form: bytes) -> _Read:
    if form.startswith(b"d:"):  # precision, scale, bits
        return _decimal(int(form.split(b",")[1]))
    if form not in _READERS:
        raise unsupported(f"A result column of Arrow's type {form.decode()}")
    return _READERS[form]
