"""Arguments and results of calls, for user procedures, system procedures and RPC."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from local_sqlserver.engine.events import Event
from local_sqlserver.engine.state import Variable
from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType


@dataclass(slots=True)
class ArgumentValue:
    """An evaluated argument; ``variable`` is the caller's variable of an OUTPUT argument."""

    name: str
    value: Any
    type: SqlType
    output: bool = False
    default: bool = False
    variable: Variable | None = None


@dataclass(slots=True)
class CallResult:
    """The return code of a call, and its OUTPUT values by the argument's position.

    A scalar function returns a value of a ``type`` instead of a code. ``mismatch`` is error 266, which is raised after
    the OUTPUT values are assigned.
    """

    code: Any
    outputs: dict[int, tuple[Any, SqlType]]
    type: SqlType | None = None
    mismatch: SqlError | None = None


Call = Generator[Event, None, CallResult]
