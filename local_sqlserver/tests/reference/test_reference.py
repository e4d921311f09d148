"""Each case of the reference returns what Microsoft's documentation says (see ``cases``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from local_sqlserver.engine.events import Batch, Columns, Done, Engine, Error, Event, Message, Rows, Session
from local_sqlserver.engine.local_engine import open_engine
from local_sqlserver.types import SqlType
from tests.reference.cases import CASES, CONVERSIONS, README, Case, renewed

OBJECTS = "SELECT RTRIM(type), name FROM sys.objects WHERE schema_id = 1 ORDER BY type DESC"
KINDS = {"V": "VIEW", "U": "TABLE", "P": "PROCEDURE"}
LEFT = """
SELECT name FROM sys.objects
UNION ALL SELECT name FROM sys.schemas WHERE schema_id BETWEEN 5 AND 16383
UNION ALL SELECT name FROM sys.database_principals
WHERE name NOT IN ('dbo', 'guest', 'public', 'sys', 'INFORMATION_SCHEMA') AND name NOT LIKE 'db[_]%'
UNION ALL SELECT name FROM sys.types WHERE is_user_defined = 1
"""
"""What a case created and ``emptied`` does not drop."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("reference")
    running = open_engine(folder, user="sa", password="x", bulk_roots=[folder], server_name="test")
    yield running
    running.close()


@pytest.fixture(scope="module")
def master(engine: Engine) -> Iterator[Session]:
    """A session that makes the databases: Shared for cases that create nothing, Own for the others."""
    session = engine.login("sa", "x", "master", "tests", "here")
    list(session.batch("CREATE DATABASE Shared; CREATE DATABASE Own"))
    yield session
    session.close()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=f"{case.file}:{case.line}",
            marks=[pytest.mark.xfail(reason=case.known, strict=True)] if case.known else [],
        )
        for case in CASES
    ],
)
def test_a_case_of_the_reference(case: Case, engine: Engine, master: Session) -> None:
    session = engine.login("sa", "x", "Own" if case.creates else "Shared", "tests", "here")
    try:
        actual = [line for batch in case.batches for line in lines(session.batch(batch), case)]
    finally:
        session.close()
        if case.creates and not emptied(engine):
            list(master.batch("DROP DATABASE Own; CREATE DATABASE Own"))
    expected = case.expected
    if case.refused:
        actual, expected = actual[:1], [f"> refused: {case.refused}"]
    assert (actual or ["> done"]) == expected, (
        f"{case.file}:{case.line}: {case.source}\n"
        + "\nGO\n".join(case.batches)
        + "\nexpected\n  --"
        + "\n  --".join(expected)
        + "\nactual\n  --"
        + "\n  --".join(actual or ["> done"])
    )


@pytest.mark.parametrize(("source", "target", "mark"), CONVERSIONS)
def test_a_conversion_of_the_chart(source: str, target: str, mark: str, engine: Engine, master: Session) -> None:
    explicit, implicit = {"I": ([], []), "E": ([], [257]), "x": ([529], [206])}[mark]
    # UNIQUEIDENTIFIER needs 36 characters, more than CAST has without a length.
    longer = f"{target}(36)" if "char" in target else target
    session = engine.login("sa", "x", "Shared", "tests", "here")
    try:
        assert numbers(session, f"DECLARE @s {source}; SELECT CAST(@s AS {longer})") in (explicit, [40510]), "CAST"
        assert numbers(session, f"DECLARE @s {source}; DECLARE @t {longer} = @s") in (implicit, [40510]), "assignment"
    finally:
        session.close()


def test_the_readme_shows_the_cases() -> None:
    text = README.read_text(encoding="utf-8")
    assert renewed(text) == text, "run python -m tests.reference.cases"


def emptied(engine: Engine) -> bool:
    """Drop the tables, views and procedures of Own, and return whether nothing else is left.

    Making a database takes as long as ten cases.
    """
    session = engine.login("sa", "x", "Own", "tests", "here")
    try:
        for kind, name in rows(
            session, "SELECT RTRIM(type), name FROM sys.objects WHERE schema_id = 1 ORDER BY type DESC"
        ):
            if kind in KINDS:
                list(session.batch(f"DROP {KINDS[kind]} dbo.[{name}]"))
        return not rows(session, LEFT)
    finally:
        session.close()


def numbers(session: Session, batch: str) -> list[int]:
    return [event.number for event in session.batch(batch) if isinstance(event, Error)]


def rows(session: Session, query: str) -> list[tuple[Any, ...]]:
    return [row for event in session.batch(query) if isinstance(event, Rows | Batch) for row in event.rows]


def lines(events: Iterator[Event], case: Case) -> Iterator[str]:
    """The lines of results that a case expects, as far as events agree with it.

    Types are among them if the case gives types; the text of an error, if the case gives the text.
    """
    typed = any(line.startswith(":") for line in case.expected)
    types: list[SqlType] = []
    results = count = 0
    for event in events:
        match event:
            case Columns():
                if results and not typed:
                    yield "> next result"
                types, count, results = [column.type for column in event.columns], 0, results + 1
                if typed:
                    yield ": " + ", ".join(map(str, types))
            case Rows() | Batch():
                count += len(event.rows)
                for row in event.rows:
                    yield "> " + " | ".join(shown(value, kind) for value, kind in zip(row, types, strict=True))
            case Done():
                if types and not count and not event.error:
                    yield "> no rows"
                types = []
            case Message() | Error():
                yield report(event, case)


def report(event: Message | Error, case: Case) -> str:
    """The line of a message or an error."""
    if isinstance(event, Message):
        return f"> message: {event.text}"
    if event.number == 40510:
        return f"> refused: {event.text.removesuffix(' is not supported by local_sqlserver.')}"
    short = f"> error {event.number}"
    return short if short in case.expected else f"{short}: {event.text}"


def shown(value: Any, kind: SqlType) -> str:
    """A value as a line of results shows it."""
    match value:
        case None:
            return "NULL"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case bytes():
            return "0x" + value.hex().upper()
        case UUID():
            return str(value).upper()
        case float():
            return f"{value:.7g}" if kind.name == "real" else f"{value:.15g}"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return shown_moment(value, kind)
        case date():
            return value.isoformat()
        case time():
            return with_fraction(value.strftime("%H:%M:%S"), value.microsecond, kind.scale)
    return str(value)


def shown_moment(value: datetime, kind: SqlType) -> str:
    """A date with a time, to the digits that the type has."""
    text = f"{value:%Y-%m-%d %H:%M:%S}".zfill(19)
    if kind.name == "smalldatetime":
        return text
    if kind.name == "datetime":
        return f"{text}.{round(value.microsecond / 1000):03}"
    text = with_fraction(text, value.microsecond, kind.scale)
    offset = f"{value:%z}"
    return f"{text} {offset[:3]}:{offset[3:]}" if offset else text


def with_fraction(text: str, microsecond: int, scale: int | None) -> str:
    """A time with the declared decimals of a second."""
    return f"{text}.{microsecond:06}0"[: len(text) + 1 + scale] if scale else text
