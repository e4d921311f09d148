"""Keyset pagination: a page starts after the sort key of the last item of the page before.

So rows that come or go between two requests neither repeat nor skip an item. A cursor is opaque to clients; it holds
the sync run of the list, its sort order and the sort key of the last item. It is not signed: each part is validated.
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

from api.errors import InvalidRequestError, Problem
from api.serving.models import sort_key

MAX_RUN_ID = 2**31 - 1


class CursorError(ValueError):
    """The text is not a cursor."""


class CursorExpiredError(Problem):
    """The rows of the cursor's sync run are not kept."""

    status = 410
    name = "cursor-expired"
    title = "The list of this cursor is no longer kept"

    def __init__(self) -> None:
        super().__init__("The sync run of the list was deleted: start again without `cursor`.")


def other_list_error() -> InvalidRequestError:
    """Return the error about a cursor of another list."""
    detail = "cursor: belongs to another list or sort order; use `next` unchanged."
    return InvalidRequestError({"detail": detail, "parameter": "cursor"})


class Cursor(NamedTuple):
    """A position in a list: the sync run, the name of the sort order, and the sort key of the last item before it.

    Values are texts in the format of Postgres; for NULL, the smallest value of the type.
    """

    run_id: int
    order: str
    values: tuple[str, ...]

    def encode(self) -> str:
        """Encode the cursor as a text that needs no escaping in a URL."""
        document = json.dumps([self.run_id, self.order, *self.values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """Decode the text of a cursor. Raises CursorError."""
        try:
            document = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        except (binascii.Error, ValueError, RecursionError) as error:
            raise CursorError(text) from error
        match document:
            case [int(run_id), str(order), *values] if all(isinstance(value, str) for value in values):
                if not isinstance(run_id, bool) and 0 <= run_id <= MAX_RUN_ID and is_text("".join(values)):
                    return cls(run_id, order, tuple(values))
        raise CursorError(text)


class SortOrder(NamedTuple):
    """The sort order of a list: its columns, which together are unique to each item.

    The name identifies the list and its order.
    """

    name: str
    columns: tuple[ColumnElement[Any], ...]
    descending: bool = False

    def sort_keys(self) -> list[ColumnElement[Any]]:
        """Return the expressions of the sort key."""
        return [sort_key(column) for column in self.columns]

    def order_by(self) -> list[ColumnElement[Any]]:
        """Return the expressions with their direction, for ORDER BY."""
        return [key.desc() if self.descending else key.asc() for key in self.sort_keys()]

    def after_position(self) -> ColumnElement[bool]:
        """Return the condition that an item's sort key comes after the parameters ``position_0`` and so on."""
        positions = [
            cast(bindparam(f"position_{number}", type_=Text), _key_type(column.type))
            for number, column in enumerate(self.columns)
        ]
        key, position = tuple_(*self.sort_keys()), tuple_(*positions)
        return key < position if self.descending else key > position

    def position_parameters(self, cursor: Cursor) -> dict[str, str]:
        """Return the parameters of ``after_position``. Raises InvalidRequestError for a cursor of another list."""
        fits = (
            cursor.order == self.name
            and len(cursor.values) == len(self.columns)
            and all(_is_value(column.type, value) for column, value in zip(self.columns, cursor.values, strict=True))
        )
        if not fits:
            raise other_list_error()
        return {f"position_{number}": value for number, value in enumerate(cursor.values)}

    def cursor_after(self, run_id: int, values: Sequence[Any]) -> Cursor:
        """Return the cursor after the item with these values in the columns of the order."""
        texts = [
            _null_value(column.type) if value is None else str(value)
            for column, value in zip(self.columns, values, strict=True)
        ]
        return Cursor(run_id, self.name, tuple(texts))


def _key_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type of models.sort_key for a column."""
    return BigInteger() if isinstance(kind, Integer) else kind


def _null_value(kind: TypeEngine[Any]) -> str:
    """Return the text of the value that models.sort_key uses for NULL."""
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
    """Whether Postgres can store a text: no NUL character, no half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _is_day(value: str) -> bool:
    if (
        re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None
    ):  # fromisoformat also parses ISO weeks, Postgres does not
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
