"""A scripted engine: the other side of the contract, for tests of the wire alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy

from local_sqlserver.engine.events import (
    Column,
    Columns,
    ColumnValues,
    Done,
    Event,
    Parameter,
    ProcedureDone,
    ReturnValue,
    Rows,
    TransactionChanged,
    TransactionRequest,
)
from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType

Script = Callable[["ScriptedSession"], Iterator[Event]]


class ScriptedSession:
    """Plays the engine's script for a batch's text and echoes the parameters of a prepared statement."""

    def __init__(self, engine: ScriptedEngine, spid: int, database: str) -> None:
        self.spid = spid
        self.database = database
        self.cancelled = threading.Event()
        self.resets = 0
        self._engine = engine
        self._descriptor = 0
        self._prepared = ""

    def batch(self, text: str) -> Iterator[Event]:
        self._engine.batches.append(text)
        self.cancelled.clear()
        script = self._engine.scripts.get(text)
        if text.startswith("sp_datatype_info_100"):
            yield from _type_info(int(text.split()[1].split(",")[0]))
        elif script is None:
            yield Done()
        else:
            yield from script(self)

    def procedure(self, name: str, parameters: Sequence[Parameter]) -> Iterator[Event]:
        self._engine.calls.append((name, tuple(parameters)))
        self.cancelled.clear()
        match name:
            case "sp_prepexec":
                yield from self._run(parameters[2].value, parameters[3:])
                yield ReturnValue(0, "@handle", SqlType("int"), 1)
            case "sp_executesql":
                yield from self._run(parameters[0].value, parameters[2:])
            case "sp_prepare":
                self._prepared = parameters[2].value
                yield ReturnValue(0, "@handle", SqlType("int"), 1)
            case "sp_execute":
                yield from self._run(self._prepared, parameters[1:])
            case "[sys].sp_datatype_info_100":
                yield from _type_info(parameters[0].value)
            case _:
                for ordinal, parameter in enumerate(parameters):
                    if parameter.output:
                        yield ReturnValue(ordinal, parameter.name, parameter.type, parameter.value)
        yield ProcedureDone(0)

    def bulk_load(self, columns: Sequence[Column], values: Sequence[ColumnValues]) -> Iterator[Event]:
        self._engine.loads.append((tuple(columns), [_values(column) for column in values]))
        yield Done(len(values[0]) if values else 0)

    def _run(self, text: str, parameters: Sequence[Parameter]) -> Iterator[Event]:
        if text.lower().startswith("insert"):
            yield Done(1, 0xC3, in_procedure=True)
        else:
            yield Columns(tuple(Column(f"p{i}", p.type) for i, p in enumerate(parameters)))
            yield Rows([tuple(p.value for p in parameters)])
            yield Done(1, 0xC1, in_procedure=True)

    def transaction(self, request: TransactionRequest) -> Iterator[Event]:
        self._engine.transactions.append(request)
        if request.kind == "begin":
            self._descriptor += 1
            yield TransactionChanged(8, self._descriptor)
        elif request.kind in ("commit", "rollback"):
            yield TransactionChanged(9 if request.kind == "commit" else 10, self._descriptor)
        yield Done()

    def reset(self) -> None:
        self.resets += 1

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self._engine.closed.append(self.spid)


def _values(column: ColumnValues) -> list[Any]:
    """The values of a column, None where an array has none."""
    return list(column.tolist() if isinstance(column, numpy.ndarray) else column)


class ScriptedEngine:
    """Has one login (sa, Secret_1) and the databases master and DataWarehouse; records its calls."""

    server_name = "scripted"

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.batches: list[str] = []
        self.calls: list[tuple[str, tuple[Parameter, ...]]] = []
        self.loads: list[tuple[tuple[Column, ...], list[list[Any]]]] = []
        self.transactions: list[TransactionRequest] = []
        self.sessions: list[ScriptedSession] = []
        self.closed: list[int] = []

    def login(self, user: str, password: str, database: str, application: str, host: str) -> ScriptedSession:
        if (user, password) != ("sa", "Secret_1"):
            raise SqlError(18456, f"Login failed for user '{user}'.", severity=14)
        if database not in ("", "master", "DataWarehouse"):
            raise SqlError(
                4060,
                f'Cannot open database "{database}" requested by the login. The login failed.',
                severity=11,
            )
        session = ScriptedSession(self, 51 + len(self.sessions), database or "master")
        self.sessions.append(session)
        return session

    def close(self) -> None:
        """Nothing to close."""


def _type_info(odbc_type: int) -> Iterator[Event]:
    """The response to pyodbc's first request: the third column is the largest size of a parameter of that type."""
    names = ("TYPE_NAME", "DATA_TYPE", "PRECISION")
    types = (SqlType("nvarchar", 128), SqlType("smallint"), SqlType("int"))
    yield Columns(tuple(map(Column, names, types)))
    yield Rows([("a type", odbc_type, {-9: 4000, 93: 27}.get(odbc_type, 8000))])
    yield Done(1, 0xC1, in_procedure=True)


def script(*events: Event) -> Script:
    """A script that plays these events."""
    return lambda _session: iter(events)
