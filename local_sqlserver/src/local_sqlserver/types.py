"""T-SQL data types as values: what variables, columns and result sets are declared as.

Rows carry Python values: int (also for BIT: 0 or 1), Decimal, float, str, bytes, date, time, naive datetime,
aware datetime (DATETIMEOFFSET), UUID, None.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX = -1
"""Length of NVARCHAR(MAX), VARCHAR(MAX) and VARBINARY(MAX)."""


@dataclass(frozen=True, slots=True)
class SqlType:
    """A declared type: ``name`` in lower case as in sys.types ('int', 'nvarchar', 'decimal', …).

    ``length`` counts characters for text and bytes for binary, ``MAX`` for (MAX); ``precision`` and
    ``scale`` are set for decimal and numeric, ``scale`` alone for time, datetime2 and datetimeoffset.
    """

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None

    def __str__(self) -> str:
        if self.length is not None:
            return f"{self.name}({'max' if self.length == MAX else self.length})"
        if self.precision is not None:
            return f"{self.name}({self.precision},{self.scale})"
        return f"{self.name}({self.scale})" if self.scale is not None else self.name
