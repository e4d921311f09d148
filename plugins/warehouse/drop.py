"""A drop that is still arriving: whether it is complete, and the sensor that waits for it without holding a worker."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.triggers.base import BaseTrigger, TriggerEvent

from warehouse import failures, settings
from warehouse.day import Day, now
from warehouse.sources import SOURCE_FILES

MARKERS = ("_SUCCESS", "manifest.json", "manifest.csv", "manifest.txt")
"""Marker files of a complete drop; one of them in the drop's folder is enough."""

POLL = timedelta(seconds=10)
"""Pause between two looks of the triggerer; shorter if WAREHOUSE_DROP_SETTLE_SECONDS is shorter."""


@dataclass(frozen=True)
class Arrival:
    """The arrived part of a drop: size in bytes by path, None for a missing file, and the marker."""

    sizes: dict[str, int | None]
    marker: str | None

    @classmethod
    def look(cls, folder: Path) -> "Arrival":
        """Look at a folder, which need not exist."""
        sizes = {source.path: _size(folder / source.path) for source in SOURCE_FILES}
        return cls(sizes, next((name for name in MARKERS if (folder / name).is_file()), None))

    @property
    def missing(self) -> list[str]:
        """The paths of missing files."""
        return [path for path, size in self.sizes.items() if size is None]


@dataclass
class Watch:
    """Judges by repeated looks whether a drop is complete: all files, and a marker or unchanged sizes."""

    folder: Path
    settle: timedelta
    seen: Arrival | None = None
    since: float = 0.0
    news: list[str] = field(default_factory=list)
    """Changes at the last look, as lines for the log."""

    def look(self, seconds: float) -> bool:
        """Look at the folder; returns whether the drop is complete. ``seconds`` is the time of a monotonic clock."""
        arrival = Arrival.look(self.folder)
        self.news = []
        if arrival != self.seen:
            self.news.append(self._state_of(arrival))
            self.seen, self.since = arrival, seconds
        if arrival.missing:
            return False
        return arrival.marker is not None or seconds - self.since >= self.settle.total_seconds()

    def _state_of(self, arrival: Arrival) -> str:
        if arrival.missing:
            return f"{self.folder}: waiting for {', '.join(arrival.missing)}"
        total = sum(size or 0 for size in arrival.sizes.values())
        if arrival.marker:
            return f"{self.folder}: complete, {total:,} bytes; {arrival.marker} says so"
        settled = f"complete if they stay so for {self.settle.total_seconds():g} s"
        return f"{self.folder}: {len(SOURCE_FILES)} files, {total:,} bytes; {settled}"

    def complaint(self, waited: timedelta) -> str:
        """Return the message for a drop that is incomplete when the time is up."""
        arrival = self.seen or Arrival.look(self.folder)
        minutes = f"{waited.total_seconds() / 60:g} minutes"
        if arrival.missing:
            lines = [f"{self.folder}: not complete after {minutes}. Missing:"]
            lines += [f"  {path}" for path in arrival.missing]
        else:
            lines = [f"{self.folder}: the sizes of its files were still changing after {minutes}."]
        return "\n".join([*lines, "Deliver the missing files and clear this task, which then waits again."])


class DropTrigger(BaseTrigger):
    """Fires when a drop is complete, or at ``until`` (seconds since the epoch) with a complaint."""

    def __init__(self, folder: str, settle: float, until: float, waited: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        self.settle = settle
        self.until = until
        self.waited = waited

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the path of the class and its arguments, from which a triggerer creates it again."""
        arguments = {"folder": self.folder, "settle": self.settle, "until": self.until, "waited": self.waited}
        return f"{DropTrigger.__module__}.{DropTrigger.__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event: {"complaint": message, empty if the drop is complete}."""
        loop = asyncio.get_running_loop()
        watch = Watch(Path(self.folder), timedelta(seconds=self.settle))
        pause = max(0.2, min(POLL.total_seconds(), self.settle / 2))
        while True:
            # In a thread, because a network folder may block, and all triggers share one loop.
            complete = await asyncio.to_thread(watch.look, loop.time())
            for line in watch.news:
                self.log.info("%s", line)
            if complete:
                yield _event(complaint="")
                return
            if now().timestamp() >= self.until:
                yield _event(complaint=watch.complaint(timedelta(seconds=self.waited)))
                return
            await asyncio.sleep(pause)


class WaitForDropOperator(BaseOperator):
    """Waits until the run's drop is complete; succeeds at once in a run that does not wait."""

    ui_color = "#fdf3e0"

    def execute(self, context: Context) -> None:
        """Succeed if a marker shows that the drop is complete; else defer to the triggerer."""
        day = Day.of(context)
        self.log.info("Business date %s, drop %s", day.business_date, day.source_dir)
        if not day.wait:
            self.log.info("This run does not wait; `stage` reports missing files.")
            return
        watch = Watch(day.source_dir, settings.drop_settle())
        if watch.look(0.0):
            failures.log_lines(self.log, logging.INFO, "\n".join(watch.news))
            return
        wait = day.wait.total_seconds()
        trigger = DropTrigger(
            folder=str(day.source_dir),
            settle=watch.settle.total_seconds(),
            until=now().timestamp() + wait,
            waited=wait,
        )
        self.defer(trigger=trigger, method_name="arrived")

    def arrived(self, context: Context, event: dict[str, Any]) -> None:
        """Succeed, or raise AirflowFailException with the complaint if the time was up."""
        if event["complaint"]:
            raise failures.final(event["complaint"], self.log)
        self.log.info("The drop is complete.")


def _event(complaint: str) -> TriggerEvent:
    return TriggerEvent({"complaint": complaint})  # type: ignore[no-untyped-call]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:  # a share that is not mounted right now, or a folder that may not be entered
        return None
