"""Lists in parts by keyset: each page starts behind the last item of the one before, wherever that is now.

A cursor says of which run of the sync the list is, how it is sorted and where the page starts. Clients are to
take it as it is. It holds nothing secret and nothing that is trusted: each part is checked before use.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, Self

from sqlalchemy import BigInteger, Date, Integer, Text, bindparam, cast, tuple_
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from api.models import sort_key
from api.problems import InvalidRequestError, Problem

LARGEST_RUN = 2**31 - 1


class CursorError(ValueError):
    """The text is no cursor."""


class CursorExpiredError(Problem):
    """The list that the cursor belongs to is gone."""

    status = 410
    name = "cursor-expired"
    title = "The list has been replaced by a newer one"


class Cursor(NamedTuple):
    """A place in a list: the run it is of, the list's order, and the values of the item before it.

    Values are texts as Postgres reads them, the smallest of their type for NULL.
    """

    run_id: int
    order: str
    values: tuple[str, ...]

    def encode(self) -> str:
        """Write it as a text that needs no escaping in an address."""
        document = json.dumps([self.run_id, self.order, *self.values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what ``encode`` wrote. Raises CursorError."""
        try:
            document = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        except (binascii.Error, ValueError, RecursionError) as error:
            raise CursorError(text) from error
        match document:
            case [int(run_id), str(order), *values] if all(isinstance(value, str) for value in values):
                if not isinstance(run_id, bool) and 0 <= run_id <= LARGEST_RUN and is_text("".join(values)):
                    return cls(run_id, order, tuple(values))
        raise CursorError(text)


class Order(NamedTuple):
    """How a list is sorted: columns of its items, no two of which have the same values in all of them.

    The name tells the list and its order from all others.
    """

    name: str
    columns: tuple[ColumnElement[Any], ...]
    descending: bool = False

    def keys(self) -> list[ColumnElement[Any]]:
        """Return the expressions to sort by."""
        return [sort_key(column) for column in self.columns]

    def by(self) -> list[ColumnElement[Any]]:
        """Return the keys with their direction, for ORDER BY."""
        return [key.desc() if self.descending else key.asc() for key in self.keys()]

    def behind(self) -> ColumnElement[bool]:
        """Return the condition that an item comes after the values bound as ``position_0`` and so on."""
        places = [
            cast(bindparam(f"position_{number}", type_=Text), _kind(column.type))
            for number, column in enumerate(self.columns)
        ]
        own, place = tuple_(*self.keys()), tuple_(*places)
        return own < place if self.descending else own > place

    def position(self, cursor: Cursor) -> dict[str, str]:
        """Return the parameters of ``behind``. Raises InvalidRequestError for a cursor of another list."""
        fits = (
            cursor.order == self.name
            and len(cursor.values) == len(self.columns)
            and all(_is_value(column.type, value) for column, value in zip(self.columns, cursor.values, strict=True))
        )
        if not fits:
            raise InvalidRequestError(
                {
                    "detail": "cursor: belongs to a list in another order; follow `next` without changing it.",
                    "parameter": "cursor",
                }
            )
        return {f"position_{number}": value for number, value in enumerate(cursor.values)}

    def cursor_at(self, run_id: int, values: Sequence[Any]) -> Cursor:
        """Return the cursor behind the item that has these values in the order's columns."""
        texts = [
            _smallest(column.type) if value is None else str(value)
            for column, value in zip(self.columns, values, strict=True)
        ]
        return Cursor(run_id, self.name, tuple(texts))


def _kind(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type of the values of sort_key."""
    return BigInteger() if isinstance(kind, Integer) else kind


def _smallest(kind: TypeEngine[Any]) -> str:
    """Return what sort_key takes for NULL, as a text."""
    if isinstance(kind, Text):
        return ""
    return "-infinity" if isinstance(kind, Date) else "-9223372036854775808"


def _is_value(kind: TypeEngine[Any], value: str) -> bool:
    if isinstance(kind, Text):
        return True
    if isinstance(kind, Date):
        return value == "-infinity" or _is_day(value)
    return re.fullmatch(r"-?[0-9]{1,19}", value) is not None and -(2**63) <= int(value) < 2**63


def is_text(value: str) -> bool:
    """Whether Postgres can hold it: no NUL character, no half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _is_day(value: str) -> bool:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:  # fromisoformat takes weeks too, Postgres does not
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
