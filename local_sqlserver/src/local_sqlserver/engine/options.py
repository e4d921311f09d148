"""SET options: some have an effect, some accept only the value in force, the others are refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from local_sqlserver.compiler.macros import DATE_ORDERS
from local_sqlserver.engine.events import Event, LanguageChanged, Message
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import message_text, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.syntax import SetOption

_FIXED = {
    "ANSI_NULLS": {"ON"},
    "ANSI_NULL_DFLT_ON": {"ON"},
    "ANSI_NULL_DFLT_OFF": {"OFF"},
    "ANSI_PADDING": {"ON"},
    "ANSI_WARNINGS": {"ON"},
    "ARITHABORT": {"ON", "OFF"},
    "CONCAT_NULL_YIELDS_NULL": {"ON"},
    "CURSOR_CLOSE_ON_COMMIT": {"ON", "OFF"},
    "NUMERIC_ROUNDABORT": {"OFF"},
    "QUOTED_IDENTIFIER": {"ON"},
    "NOEXEC": {"OFF"},
    "PARSEONLY": {"OFF"},
    "FORCEPLAN": {"OFF"},
    "DEADLOCK_PRIORITY": {"LOW", "NORMAL", "HIGH", *(str(number) for number in range(-10, 11))},
    "NO_BROWSETABLE": {"ON", "OFF"},
    "QUERY_GOVERNOR_COST_LIMIT": {"0"},
    "REMOTE_PROC_TRANSACTIONS": {"ON", "OFF"},
    "STATISTICS IO": {"ON", "OFF"},
    "STATISTICS TIME": {"ON", "OFF"},
    "STATISTICS XML": {"OFF"},
    "STATISTICS PROFILE": {"OFF"},
    "SHOWPLAN_TEXT": {"OFF"},
    "SHOWPLAN_ALL": {"OFF"},
    "SHOWPLAN_XML": {"OFF"},
}
"""Options whose listed values have no effect here: they are always in force, or only report costs."""

LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT")
"""The isolation levels by their numbers, from 1, in MS-TDS 2.2.6.9 and sys.dm_exec_sessions."""

_ISOLATION = frozenset({"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SNAPSHOT"})
"""Every transaction has DuckDB's snapshot isolation. Unlike SQL Server's REPEATABLE READ, it allows write skew."""


_LANGUAGES = {
    **dict.fromkeys(("US_ENGLISH", "ENGLISH"), ("us_english", "mdy", 7)),
    **dict.fromkeys(("BRITISH", "BRITISH ENGLISH"), ("British", "dmy", 1)),
}
"""Names and aliases of languages, in capitals: the language, its DATEFORMAT and its DATEFIRST. The names of months and
days, and the messages, are those of us_english. Source: the T-SQL reference, sys.syslanguages."""

_DEFAULT_TEXT_SIZE = 4096
"""Bytes to which SET TEXTSIZE 0 resets the option."""


def check_options(statement: SetOption) -> None:
    """Raise SqlError 40510 for an unsupported value, 102 for one of the wrong kind, 2741 and 2742 for wrong dates."""
    if not statement.value.startswith("@") and statement.options != ("CONTEXT_INFO",):
        deque(set_options(statement, Frame(0, "")), maxlen=0)


def set_options(statement: SetOption, frame: Frame) -> Iterator[Event]:
    """Set one or several options of the frame; raises as ``check_options`` does."""
    for option in statement.options:
        yield from _apply(frame, option, statement.value, statement.line)


def _apply(frame: Frame, option: str, value: str, line: int) -> Iterator[Event]:
    settings = frame.settings
    switches = {
        "NOCOUNT": "nocount",
        "XACT_ABORT": "xact_abort",
        "IMPLICIT_TRANSACTIONS": "implicit_transactions",
        "FMTONLY": "fmtonly",
    }
    if option in switches:
        setattr(settings, switches[option], value == "ON")
    elif option == "TRANSACTION ISOLATION LEVEL":
        if value not in _ISOLATION:
            raise unsupported(f"SET TRANSACTION ISOLATION LEVEL {value}", line)
        settings.isolation = value
    elif option == "LANGUAGE":
        name = value.removeprefix("N").strip("'[]\"")
        if name not in _LANGUAGES:
            raise unsupported(f"SET LANGUAGE {value}", line)
        old = settings.language
        settings.language, settings.date_order, settings.datefirst = _LANGUAGES[name]
        yield LanguageChanged(settings.language, old)
        yield Message(message_text(5703, settings.language), 5703, line=line)
    elif option == "DATEFORMAT":
        order = value.removeprefix("N").strip("'[]\"").lower()
        if order not in DATE_ORDERS:
            raise sql_error(2741, order, line=line)
        settings.date_order = order
    elif option == "DATEFIRST":
        settings.datefirst = _number(value, line)
        if not 1 <= settings.datefirst <= 7:
            raise sql_error(2742, value, line=line)
    elif option == "LOCK_TIMEOUT":
        settings.lock_timeout = _number(value, line)
    elif option == "TEXTSIZE":
        settings.text_size = _number(value, line) or _DEFAULT_TEXT_SIZE
    elif option == "ROWCOUNT":
        settings.row_limit = _number(value, line)
    elif value not in _FIXED.get(option, ()):
        raise unsupported(f"SET {option} {value}", line)


def _number(value: str, line: int) -> int:
    try:
        return int(value.replace(" ", ""))
    except ValueError:
        raise sql_error(102, value, line=line) from None


def limited(statement: syntax.CompiledStatement, limit: int) -> syntax.CompiledStatement:
    """Return a statement with at most as many rows as SET ROWCOUNT says, by a TOP clause."""
    count = syntax.Literal(kind="integer", value=str(limit), line=statement.line)
    top = syntax.Top(count=count, percent=False, ties=False, line=statement.line)
    match statement:
        case syntax.Update(top=None) | syntax.Delete(top=None):
            return replace(statement, top=top)
        case syntax.SelectStatement(query=query) | syntax.Insert(query=syntax.Query() as query):
            body = query.body
            if isinstance(body, syntax.Select) and body.top is None and query.offset is None:
                return replace(statement, query=replace(query, body=replace(body, top=top)))
        case syntax.Insert() if statement.rows is None or len(statement.rows) <= limit:
            return statement
        case _ if not isinstance(statement, syntax.DataStatement):
            return statement
    raise unsupported("SET ROWCOUNT with this statement", statement.line)
