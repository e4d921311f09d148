"""The one exception that carries a SQL Server error from any layer to the client."""

from __future__ import annotations


class SqlError(Exception):
    """A SQL Server error: what ERROR_NUMBER(), ERROR_SEVERITY() … report and the TDS ERROR token carries.

    Numbers, severities and texts follow sys.messages. ``line`` is 1-based within the batch or
    procedure; ``procedure`` is empty outside procedures. Severity 20 and up closes the connection.
    """

    def __init__(
        self,
        number: int,
        message: str,
        *,
        severity: int = 16,
        state: int = 1,
        line: int = 0,
        procedure: str = "",
    ) -> None:
        super().__init__(message)
        self.number = number
        self.message = message
        self.severity = severity
        self.state = state
        self.line = line
        self.procedure = procedure

    def __str__(self) -> str:
        where = f", procedure {self.procedure}" if self.procedure else ""
        return f"Msg {self.number}, level {self.severity}, state {self.state}{where}, line {self.line}: {self.message}"


def unsupported(construct: str, line: int = 0) -> SqlError:
    """The refusal of a construct that SQL Server has and the stand-in has not (number 40510, as Azure SQL uses)."""
    return SqlError(40510, f"{construct} is not supported by local_sqlserver.", line=line)
