"""Checksums of a table, computed in the warehouse and in Postgres by their own SQL. A sync requires them to be equal.

The checksum of a table consists of: the number of rows, the sum of each integer column (keys, amounts, quantities),
the sum of each date column as day numbers, the number of values in each text and decimal column, and the number of
distinct order numbers and of distinct values of the texts that figures are grouped by. A lost or duplicated row, or
values in a wrong column, change some of them. A text in two spellings that the warehouse holds for equal and Postgres
does not changes the last ones.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Date, Integer, Table, text

from api.serving.gold import Gold, synced_columns

GROUPED = frozenset({"order_number", "country", "category", "subcategory", "maintenance"})
"""Text columns whose distinct values are counted, each by the collation of its server."""

Checksum = dict[str, int | None]
"""Name of a measure → its value; None for a sum over no values."""


class Measure(NamedTuple):
    """A part of a checksum: its name, and its expressions in T-SQL and Postgres."""

    name: str
    tsql: str
    postgres: str


def measures(table: Table) -> list[Measure]:
    """List the measures of a table's checksum."""
    names = synced_columns(table)
    return [
        Measure("rows", "COUNT_BIG(*)", "count(*)"),
        *(_measure(table.columns[name]) for name in names),
        *(
            Measure(f"distinct {name}", f"COUNT_BIG(DISTINCT {name})", f"count(DISTINCT {name})")
            for name in names
            if name in GROUPED
        ),
    ]


def _measure(column: Column[Any]) -> Measure:
    name = column.name
    match column.type:
        case Integer():
            return Measure(f"sum {name}", f"SUM(CAST({name} AS BIGINT))", f"sum({name})::bigint")
        case Boolean():
            return Measure(f"true {name}", f"SUM(CAST({name} AS BIGINT))", f"sum({name}::integer)")
        case Date():
            days = f"CAST(DATEDIFF(DAY, CAST('1900-01-01' AS DATE), {name}) AS BIGINT)"
            return Measure(f"days {name}", f"SUM({days})", f"sum({name} - DATE '1900-01-01')")
        case _:
            return Measure(f"filled {name}", f"COUNT_BIG({name})", f"count({name})")


def of_gold(gold: Gold, table: Table) -> Checksum:
    """Compute the checksum of a serving table in the warehouse."""
    figures = measures(table)
    return _named(figures, gold.aggregate(table, [figure.tsql for figure in figures]))


def of_run(connection: Connection, table: Table, run_id: int) -> Checksum:
    """Compute the checksum of a run's rows in Postgres."""
    figures = measures(table)
    expressions = ", ".join(figure.postgres for figure in figures)
    rows = text(f"SELECT {expressions} FROM {table.fullname} WHERE run_id = :run_id")  # noqa: S608 - our own names
    return _named(figures, connection.execute(rows, {"run_id": run_id}).one())


def _named(figures: Sequence[Measure], values: Sequence[int | None]) -> Checksum:
    return {figure.name: value for figure, value in zip(figures, values, strict=True)}
