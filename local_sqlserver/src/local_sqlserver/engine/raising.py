"""THROW and RAISERROR: their errors, and the message of THROW."""

from __future__ import annotations

import re

from local_sqlserver.engine.state import RaisedError, same_error
from local_sqlserver.errors import SqlError


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
