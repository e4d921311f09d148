"""Figures of a table that the warehouse and Postgres each compute in their own SQL; a sync needs them equal.

A table's checksum: its rows; the sum of every whole-number column (keys, money, quantities) and of its dates
as day numbers; how many texts and decimals are filled. A lost, doubled or shifted row changes some of them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Date, Integer, Table, text

from api.gold import Gold, synced_columns

Checksum = dict[str, int | None]
"""Figure by name; None where there was nothing to sum."""


class Measure(NamedTuple):
    """One figure: its name, and how T-SQL and Postgres compute it."""

    name: str
    tsql: str
    postgres: str


def measures(table: Table) -> list[Measure]:
    """List the figures that make up the checksum of a table."""
    return [Measure("rows", "COUNT_BIG(*)", "count(*)")] + [
        _measure(table.columns[name]) for name in synced_columns(table)
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
    """Let the warehouse compute the checksum of a serving table."""
    figures = measures(table)
    return _named(figures, gold.aggregate(table, [figure.tsql for figure in figures]))


def of_run(connection: Connection, table: Table, run_id: int) -> Checksum:
    """Let Postgres compute the checksum of the rows that arrived under a run."""
    figures = measures(table)
    expressions = ", ".join(figure.postgres for figure in figures)
    rows = text(f"SELECT {expressions} FROM {table.fullname} WHERE run_id = :run_id")  # noqa: S608 - our own names
    return _named(figures, connection.execute(rows, {"run_id": run_id}).one())


def _named(figures: Sequence[Measure], values: Sequence[int | None]) -> Checksum:
    return {figure.name: value for figure, value in zip(figures, values, strict=True)}
