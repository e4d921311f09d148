"""Arguments of a call and what comes back: shared by user procedures, system procedures and RPC."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from local_sqlserver.engine.events import Event
from local_sqlserver.engine.state import Variable
from local_sqlserver.types import SqlType


@dataclass(slots=True)
class Bound:
    """An argument with its value; ``variable`` is the caller's, for OUTPUT."""

    name: str
    value: Any
    type: SqlType
    output: bool = False
    default: bool = False
    variable: Variable | None = None


@dataclass(slots=True)
class Outcome:
    """What a call gave back: ``outputs`` by the argument's position."""

    code: int
    outputs: dict[int, tuple[Any, SqlType]]


Call = Generator[Event, None, Outcome]
