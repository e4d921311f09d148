"""`make sql`: a small SQL client for a statement, a file on stdin, or a prompt. `make analysis`: ready queries."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import closing, suppress

import pyodbc

from stack.console import Progress
from stack.dotenv import ROOT
from stack.services import StackError
from stack.settings import Settings

LOGINS = {"owner": "WAREHOUSE_ODBC", "loader": "WAREHOUSE_ODBC_LOADER", "reader": "WAREHOUSE_ODBC_READER"}
"""The values of `AS=`, and the setting with that login's connection string."""

MOST_ROWS = 1000
"""Number of rows of a result that are printed."""

ANALYSIS = ROOT / "include" / "sql" / "70_analysis"

_GO = re.compile(r"^\s*GO\s*$", re.IGNORECASE)


def run(settings: Settings, login: str, statement: str | None) -> None:
    """Run a statement and print its results; without one, read statements until the end of the input."""
    progress = Progress()
    with closing(pyodbc.connect(settings.contract[LOGINS[login]], timeout=10, autocommit=True)) as warehouse:
        if statement is not None:
            _execute(warehouse, statement, progress)
            return
        typed = sys.stdin.isatty()
        if typed:
            with suppress(ImportError):
                import readline  # noqa: F401  (gives input() a history)
            progress.text(f"As {login}. A statement ends with ; or with GO on a line of its own, Ctrl-D leaves.")
        for batch in _batches(prompt=f"{login}> " if typed else ""):
            try:
                _execute(warehouse, batch, progress)
            except pyodbc.Error as error:
                if not typed:
                    raise
                progress.text(message(error))


def analyse(settings: Settings, words: str) -> None:
    """Print the answer of each query of 70_analysis whose file or question contains ``words``, as the reader."""
    progress = Progress()
    texts = {file: file.read_text(encoding="utf-8") for file in sorted(ANALYSIS.glob("*.sql"))}
    asked = [text for file, text in texts.items() if words.lower() in f"{file.stem} {_question(text)}".lower()]
    if not asked:
        names = "".join(f"\n  {file.stem:24} {_question(text)}" for file, text in texts.items())
        raise StackError(f"No query of {ANALYSIS} has {words!r} in its name or question. There are:{names}")
    with closing(pyodbc.connect(settings.contract[LOGINS["reader"]], timeout=10, autocommit=True)) as warehouse:
        for text in asked:
            progress.text(f"\n{_question(text)}")
            _execute(warehouse, text, progress)


def _question(text: str) -> str:
    """Return the question that a query answers: its first line."""
    return text.partition("\n")[0].removeprefix("-- ")


def message(error: pyodbc.Error) -> str:
    """Return the server's message after its number, without the names of driver and function."""
    text = _without_origin(re.sub(r"^\[\w{5}\] ", "", str(error.args[-1])))
    said = re.match(r"(.*?) \((-?\d+)\) \(SQL\w+\)", text, re.DOTALL)
    return f"{said[2]}: {said[1]}" if said else text


def _without_origin(text: str) -> str:
    """Remove the names in brackets that the driver puts before the server's text."""
    return re.sub(r"^(\[[^\]]*\])+", "", text)


def _batches(prompt: str) -> Iterator[str]:
    """Yield statements as they are entered. In a file only GO ends one, because a procedure's body has semicolons."""
    lines: list[str] = []
    while True:
        try:
            line = input("   ... " if lines and prompt else prompt)
        except EOFError:
            break
        is_end = bool(_GO.match(line))
        if not is_end:
            lines.append(line)
        if is_end or (prompt and line.rstrip().endswith(";")):
            if any(each.strip() for each in lines):
                yield "\n".join(lines)
            lines.clear()
    if any(line.strip() for line in lines):
        yield "\n".join(lines)


def _execute(warehouse: pyodbc.Connection, statement: str, progress: Progress) -> None:
    cursor = warehouse.execute(statement)
    while True:
        for _, text in cursor.messages or []:
            progress.text(_without_origin(text))
        if cursor.description:
            rows = cursor.fetchmany(MOST_ROWS)
            progress.table([column[0] for column in cursor.description], [list(row) for row in rows])
            more = ", the first of more" if cursor.fetchone() else ""
            progress.text(f"({len(rows)} row{'' if len(rows) == 1 else 's'}{more})")
        elif cursor.rowcount >= 0:
            progress.text(f"({cursor.rowcount} rows affected)")
        if not cursor.nextset():
            return
