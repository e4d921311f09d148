"""The output of the commands: a line for each finished step, and on a terminal a spinner for the running one."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from queue import Queue
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Step(Protocol):
    """A running step."""

    def now(self, text: str) -> None:
        """Show the current state, on a terminal only."""

    def line(self, text: str) -> None:
        """Print a line that is not overwritten."""


class _Step:
    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self.status = console.status(escape(title)) if console.is_terminal else None

    def now(self, text: str) -> None:
        if self.status:
            self.status.update(f"{escape(self._title)} [dim]{escape(text)}[/dim]")

    def line(self, text: str) -> None:
        self._console.print(f"      {text}", markup=False, highlight=False)


class Progress:
    """Prints to stdout."""

    def __init__(self) -> None:
        # A log file has no width, so lines are not folded there.
        self.console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a running step; print a line with its seconds if it succeeds, and none if it fails."""
        begun = time.monotonic()
        step = _Step(self.console, title)
        if step.status:
            with step.status:
                yield step
        else:
            yield step
        self._done(title, begun)

    def together(self, lanes: Mapping[str, Callable[[], None]]) -> None:
        """Run several steps in parallel; print a line with its seconds for each success. Raises the first failure.

        After a failure or Ctrl-C the other steps are not awaited; they end with the process.
        """
        begun = time.monotonic()
        ended: Queue[tuple[str, BaseException | None]] = Queue()

        def run(title: str, lane: Callable[[], None]) -> None:
            try:
                lane()
            except BaseException as error:
                ended.put((title, error))
            else:
                ended.put((title, None))

        for title, lane in lanes.items():
            threading.Thread(target=run, args=(title, lane), daemon=True).start()
        pending = list(lanes)
        status = self.console.status("") if self.console.is_terminal else nullcontext()
        with status as shown:
            while pending:
                if shown:
                    shown.update(escape("; ".join(pending)))
                title, error = ended.get()
                if error:
                    raise error
                pending.remove(title)
                self._done(title, begun)

    def _done(self, title: str, begun: float) -> None:
        self.console.print(f"  [green]ok[/green]  {escape(title)} [dim]{time.monotonic() - begun:.1f} s[/dim]")

    def heading(self, text: str) -> None:
        """Print a heading."""
        self.console.print(f"\n[bold]{escape(text)}[/bold]")

    def text(self, text: str) -> None:
        """Print text as it is."""
        self.console.print(text, markup=False)

    def table(self, columns: list[str], rows: list[list[object]]) -> None:
        """Print a table; numbers are grouped in thousands and stand to the right."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for index, column in enumerate(columns):
            numbers = bool(rows) and all(isinstance(row[index], (int, float)) for row in rows)
            table.add_column(column, justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
        for row in rows:
            table.add_row(*[escape(_cell(value)) for value in row])
        self.console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
