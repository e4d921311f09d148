"""An engine on an empty directory, called without the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local_sqlserver.engine.events import (
    Batch,
    Columns,
    Done,
    Engine,
    Error,
    Event,
    Message,
    ProcedureDone,
    ReturnValue,
    Rows,
    Session,
)
from local_sqlserver.engine.local_engine import open_engine

PASSWORD = "Secret_1"


@dataclass
class Result:
    """The events of one request, by kind."""

    sets: list[list[tuple[Any, ...]]] = field(default_factory=list)
    columns: list[tuple[str, ...]] = field(default_factory=list)
    types: list[tuple[str, ...]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    codes: list[int | None] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of the only result set."""
        assert not self.errors, self.errors
        assert len(self.sets) == 1, self.sets
        return self.sets[0]

    @property
    def value(self) -> Any:
        """The only value of the only row."""
        assert len(self.rows) == 1, self.rows
        assert len(self.rows[0]) == 1, self.rows
        return self.rows[0][0]

    @property
    def numbers(self) -> list[int]:
        """The error numbers, in order."""
        return [error.number for error in self.errors]


def collect(events: Iterator[Event]) -> Result:
    result = Result()
    for event in events:
        if isinstance(event, Columns):
            result.sets.append([])
            result.columns.append(tuple(column.name for column in event.columns))
            result.types.append(tuple(str(column.type) for column in event.columns))
        elif isinstance(event, Rows | Batch):
            result.sets[-1].extend(event.rows)
        elif isinstance(event, Done) and event.row_count is not None:
            result.counts.append(event.row_count)
        elif isinstance(event, Message):
            result.messages.append(event.text)
        elif isinstance(event, Error):
            result.errors.append(event)
        elif isinstance(event, ReturnValue):
            result.outputs[event.name] = event.value
        elif isinstance(event, ProcedureDone):
            result.codes.append(event.return_code)
    return result


class Client:
    """One session with short methods."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __call__(self, text: str) -> Result:
        return collect(self.session.batch(text))

    def good(self, *batches: str) -> None:
        for text in batches:
            result = self(text)
            assert not result.errors, f"{text}: {result.errors}"

    def fails(self, text: str, *expected: int) -> None:
        numbers = self(text).numbers
        assert numbers == [*expected], f"{text}: {numbers}"


def start(directory: Path) -> Engine:
    return open_engine(directory, user="sa", password=PASSWORD, bulk_roots=[directory], server_name="test")


Connect = Callable[..., Client]


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = start(tmp_path_factory.mktemp("engine"))
    yield running
    running.close()


@pytest.fixture
def connect(engine: Engine) -> Iterator[Connect]:
    """Opens sessions on the database D, which is new for each test."""
    clients = []

    def open_session(database: str = "D", user: str = "sa", password: str = PASSWORD) -> Client:
        clients.append(Client(engine.login(user, password, database, "tests", "here")))
        return clients[-1]

    administrator = open_session("master")
    administrator.good("CREATE DATABASE D")
    yield open_session
    for client in clients[1:]:
        client.session.close()
    administrator.good("USE master", "DROP DATABASE IF EXISTS D")
    administrator.session.close()


@pytest.fixture
def sql(connect: Connect) -> Client:
    return connect()
