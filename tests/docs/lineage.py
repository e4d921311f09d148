"""Writes docs/lineage.md and plugins/warehouse/lineage.json: which columns each column of the warehouse comes from.

``python -m tests.docs.lineage`` reads include/sql, api/serving/gold.py and the queries of the dashboards with sqlglot,
and the columns of tables and views from docs/catalog.md. A column comes from the columns that its expression reads;
those of joins and conditions do not count.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage

from api.figures.cube_loader import CUSTOMER_COLUMNS, LINES, PRODUCT_COLUMNS
from api.serving.gold import SELECTS
from tests.docs import catalog
from tests.warehouse import ROOT
from warehouse.assets import VIEWS
from warehouse.deploy import SQL_DIR
from warehouse.sources import SOURCE_FILES

FILE = ROOT / "docs" / "lineage.md"
FOR_EVENTS = ROOT / "plugins" / "warehouse" / "lineage.json"
"""The same for the events that the tasks send to OpenLineage."""

HEAD = """\
# Lineage

Which columns each column comes from: file → bronze → silver → gold → served tables → dashboards.
Written by `python -m tests.docs.lineage` from the SQL itself. Columns in joins and conditions do not count, and a count
of rows comes from no column.
"""

_VIEW = re.compile(r"CREATE OR ALTER VIEW (\w+)\.(\w+)\nAS\n(.*?)\nGO", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_STATEMENT = re.compile(r"^\s*((?:WITH|SELECT|INSERT INTO)\b.*)", re.DOTALL | re.MULTILINE)
SHOWN = {asset.name for asset in VIEWS}
"""The views of gold that show a day; the others show how it was loaded."""
UNMOVED = {"silver.trimmed_characters"}
"""Tables that no load changes."""
LOOKUPS = UNMOVED | {"silver.spellings"}
"""Tables that say how to trim and spell a text, and hold none of its content."""
CHECKS = "55_quality"
"""The folder of the views that the quality rules count and take examples from: no column moves through them."""


class Column(NamedTuple):
    """A column of a file, table or view."""

    owner: str
    name: str


Sources = dict[Column, set[Column]]
"""Column → the columns that it comes from directly."""


@cache
def sources() -> Sources:
    """Give the direct sources of each column."""
    found: Sources = {}
    for source in SOURCE_FILES:
        judged, cleansed = (f"silver.{source.table}{suffix}" for suffix in ("_judged", ""))
        for name in source.columns:
            found[Column(f"bronze.{source.table}", name.lower())] = {Column(source.path, name)}
        for name in _columns(cleansed):
            found[Column(cleansed, name)] = {Column(judged, name)} if name in _columns(judged) else set()
    for path in sorted(SQL_DIR.rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for schema, view, query in _VIEW.findall(text) if path.parent.name != CHECKS else ():
            name = f"{schema}.{view}"
            found |= _of_query(name, _COMMENT.sub("", query).strip().rstrip(";"), _columns(name))
        if path.parent.name == "30_silver" and "CREATE OR ALTER PROCEDURE" in text:
            found |= _of_procedure(_COMMENT.sub("", text))
    for table, query in SELECTS.items():
        found |= _of_query(f"serving.{table}", query, _query(query).named_selects)
    return found


@cache
def _schema() -> dict[str, dict[str, dict[str, str]]]:
    """Give the columns with their types: schema → table or view → column → type."""
    schema: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for line in catalog.FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            owner, name = line.removeprefix("### ").split(".")
        elif found := re.match(r"\| (\w+) \| ([A-Z0-9]+)", line):
            schema[owner].setdefault(name, {})[found[1]] = found[2]
    return schema


def _columns(name: str) -> list[str]:
    owner, _, table = name.partition(".")
    return list(_schema()[owner][table])


def _query(text: str, dialect: str = "tsql") -> exp.Query:
    query = sqlglot.parse_one(text, read=dialect)
    assert isinstance(query, exp.Query)
    return query


def _of_query(owner: str, query: str, columns: Iterable[str]) -> Sources:
    """Give the sources of the columns of one SELECT."""
    found: Sources = {}
    nodes = lineage(None, query, schema=_schema(), dialect="tsql")
    assert isinstance(nodes, dict)
    for name in columns:
        reads: set[Column] = set()
        for node in nodes[name].walk():
            if not node.downstream and isinstance(node.expression, exp.Table) and node.expression.db:
                table = f"{node.expression.db}.{node.expression.name}"
                if table not in LOOKUPS:
                    reads.add(Column(table, node.name.rpartition(".")[2].strip('"[]')))
        found[Column(owner, name)] = reads
    return found


def _of_procedure(text: str) -> Sources:
    """Give the sources of the tables that a procedure inserts into, through its temporary tables."""
    found: Sources = {}
    temporary: dict[str, exp.Query] = {}
    for part in text.split(";"):
        begun = _STATEMENT.search(part)
        if not begun or not re.search(r"\bINTO (?:#|silver\.)\w+", begun[1]):
            continue
        statement = sqlglot.parse_one(begun[1], read="tsql")
        if isinstance(statement, exp.Insert):
            target, columns = statement.this.this, [column.name for column in statement.this.expressions]
            query = _named(statement.expression, columns)
            for name, rows in [(table.alias, table.this) for table in statement.ctes] + list(temporary.items()):
                query.with_(name, as_=rows, copy=False)
            found |= _of_query(f"{target.db}.{target.name}", _without_marks(query).sql("tsql"), columns)
        elif isinstance(statement, exp.Query) and (into := statement.find(exp.Into)):
            into.pop()
            temporary[into.this.name.lstrip("#")] = _without_marks(statement)
    return found


def _named(query: exp.Query, columns: list[str]) -> exp.Query:
    """Name the selected expressions as the columns that they are inserted into."""
    query = query.copy()
    for selected, name in zip(list(query.selects), columns, strict=True):
        selected.replace(exp.alias_(selected.unalias(), name))
    return query


def _without_marks(query: exp.Query) -> exp.Query:
    """Call temporary tables as common table expressions are called."""
    query = query.copy()
    for table in query.find_all(exp.Table):
        if table.name.startswith("#"):
            table.set("this", exp.to_identifier(table.name.lstrip("#")))
    return query


def origins(found: Mapping[Column, set[Column]], column: Column) -> set[Column]:
    """Give the columns of files that a column comes from in the end."""
    seen: set[Column] = set()
    pending = [column]
    while pending:
        one = pending.pop()
        if one not in seen:
            seen.add(one)
            pending += found.get(one, ())
    return {one for one in seen if one.owner.endswith(".csv")}


def for_events() -> str:
    """Give the text of ``FOR_EVENTS``: the tables that tasks read and write, without the views between them."""
    found = sources()
    tables: dict[str, list[str]] = defaultdict(list)
    for column, reads in sorted(found.items()):
        if _is_moved(column.owner):
            origins = json.dumps(sorted(_past_views(found, reads)))
            tables[column.owner].append(f"  {json.dumps(column.name)}: {origins}")
    objects = (f'"{name}": {{\n' + ",\n".join(columns) + "\n}" for name, columns in tables.items())
    return "{\n" + ",\n".join(objects) + "\n}\n"


def _is_moved(owner: str) -> bool:
    if owner.startswith("gold."):
        return owner in SHOWN
    return owner not in UNMOVED and not _is_between(owner)


def _is_between(owner: str) -> bool:
    return owner.endswith("_judged") or owner.startswith("silver.joined_")


def _past_views(found: Sources, columns: Iterable[Column]) -> set[Column]:
    """Replace each column of a view between two tables by those that it comes from."""
    past: set[Column] = set()
    for column in columns:
        past |= _past_views(found, found[column]) if _is_between(column.owner) else {column}
    return past


def shown() -> dict[str, set[str]]:
    """Give the columns of the served tables that the dashboards read."""
    lines = LINES.partition("COPY (")[2].rpartition(") TO")[0].format(no_day=0, sales="sales", run=0)
    read = {column.name for column in _query(lines, "postgres").find_all(exp.Column)}
    return {
        "serving.sales": read - {"run_id"},
        "serving.products": set(PRODUCT_COLUMNS),
        "serving.customers": set(CUSTOMER_COLUMNS),
    }


def page() -> str:
    """Give the text of the page."""
    found = sources()
    owners: dict[str, list[Column]] = defaultdict(list)
    for column in found:
        owners[column.owner].append(column)
    parts = [HEAD, "## Tables and views\n", _graph(found)]
    dashboards = shown()
    titles = {"serving": "Served tables", "gold": "Gold", "silver": "Silver"}
    for schema, title in titles.items():
        parts.append(f"## {title}\n")
        for owner in sorted(name for name in owners if name.startswith(f"{schema}.")):
            if any(found[column] for column in owners[owner]):
                parts += [f"### {owner}\n", "\n".join(_rows(found, owners[owner], dashboards.get(owner))) + "\n"]
    return "\n".join(parts)


def _graph(found: Sources) -> str:
    edges = {
        (read.owner, column.owner) for column, reads in found.items() for read in reads if read.owner != column.owner
    }
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"    {_id(a)}[{a}] --> {_id(b)}[{b}]" for a, b in sorted(edges) if not b.startswith("gold.load_")]
    lines += [f"    {_id(name)}[{name}] --> dashboards" for name in sorted(shown())]
    return "\n".join([*lines, "```\n"])


def _id(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _rows(found: Sources, columns: Iterable[Column], in_dashboards: set[str] | None) -> Iterator[str]:
    head, rule = ("", "") if in_dashboards is None else (" dashboards |", "---|")
    yield from (f"| column | from | file |{head}", f"|---|---|---|{rule}")
    for column in columns:
        mark = "" if in_dashboards is None else f" {'yes' if column.name in in_dashboards else ''} |"
        yield f"| {column.name} | {_listed(found[column])} | {_listed(origins(found, column))} |{mark}"


def _listed(columns: Iterable[Column]) -> str:
    by_owner: dict[str, list[str]] = defaultdict(list)
    for column in sorted(columns):
        by_owner[column.owner.rpartition("/")[2]].append(column.name)
    return "; ".join(f"{owner}: {', '.join(names)}" for owner, names in by_owner.items())


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
    FOR_EVENTS.write_text(for_events(), encoding="utf-8")
