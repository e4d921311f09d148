"""THROW and RAISERROR: their errors, and the message format of RAISERROR."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from local_sqlserver.engine.state import RaisedError, same_error
from local_sqlserver.errors import SqlError, sql_error

_PLACE = re.compile(
    r"%(?:%|(?P<flags>[-+ 0#]*)(?P<width>\d+|\*)?(?:\.(?P<precision>\d+|\*))?(?:h|l|I64)?(?P<type>[diouxXs]))"
)


def thrown(error: SqlError) -> RaisedError:
    """Return the error that a bare THROW raises again, unchanged."""
    again = same_error(error, RaisedError)
    again.statement = "THROW"
    return again


def raised(text: str, severity: int, state: int, line: int, procedure: str) -> RaisedError:
    """Return the error of RAISERROR with a message text (number 50000)."""
    error = RaisedError(50000, text, severity=severity, state=state, line=line, procedure=procedure)
    error.statement = "RAISERROR"
    return error


def message_of_throw(text: str) -> str:
    """Return the message of THROW, in which a percent sign is doubled; there are no arguments.

    A single percent sign is lost, as in SQL Server: before the letter of a type the whole message becomes a blank; %n
    and %r are line ends (stackoverflow.com/questions/28487296, sqlblog.org/2015/02/13/s1-fun-with-throw; the T-SQL
    reference only requires that it is doubled).
    """
    parts = text.split("%%")
    if any(re.search("%[diosxXu]", part) for part in parts):
        return " "
    return "%".join(re.sub("%(.?)", _lone_percent, part, flags=re.DOTALL) for part in parts)


def _lone_percent(place: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r"}.get(place[1], place[1])


def format_message(text: str, arguments: Sequence[Any]) -> str:
    """Fill in %s, %d … as RAISERROR does; raises SqlError 2786 or 2787 for a mismatch."""
    rest = list(arguments)

    def fill(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        width = rest.pop(0) if match["width"] == "*" and rest else match["width"]
        precision = rest.pop(0) if match["precision"] == "*" and rest else match["precision"]
        if not rest:
            return "(null)"
        value = rest.pop(0)
        form = f"%{match['flags']}{width or ''}{'.' + str(precision) if precision is not None else ''}"
        if match["type"] == "s":
            if value is not None and not isinstance(value, str):
                raise sql_error(2786, len(arguments) - len(rest))
            return str((form + "s") % ("(null)" if value is None else value))
        if value is None:
            return "(null)"
        if not isinstance(value, int):
            raise sql_error(2786, len(arguments) - len(rest))
        kind = match["type"]
        if kind in "ouxX" and value < 0:
            value += 2**32
        return str((form + ("d" if kind in "iu" else kind)) % value)

    return _PLACE.sub(fill, text)
