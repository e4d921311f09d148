"""When a drop counts as complete, on real folders; the seconds are the tests' own."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.plugins.drops import write_drop
from warehouse.day import now
from warehouse.drop import DropTrigger, Watch
from warehouse.sources import SOURCE_FILES

SETTLE = timedelta(seconds=30)
SALES = "source_crm/sales_details.csv"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    return write_drop(tmp_path / "drop")


def test_a_drop_is_complete_once_its_sizes_have_not_changed_for_a_while(drop: Path) -> None:
    watch = Watch(drop, SETTLE)
    assert [watch.look(seconds) for seconds in (0, 10, 29.9, 30)] == [False, False, False, True]


def test_a_file_that_still_grows_starts_the_time_anew(drop: Path) -> None:
    watch = Watch(drop, SETTLE)
    assert not watch.look(0)
    with (drop / SALES).open("ab") as file:
        file.write(b"\r\n")
    assert [watch.look(seconds) for seconds in (29, 58, 59)] == [False, False, True]


@pytest.mark.parametrize("marker", ["_SUCCESS", "manifest.json", "manifest.csv", "manifest.txt"])
def test_a_marker_makes_a_drop_complete_at_once(drop: Path, marker: str) -> None:
    (drop / marker).touch()
    assert Watch(drop, SETTLE).look(0)


@pytest.mark.parametrize("missing", [source.path for source in SOURCE_FILES])
def test_a_marker_does_not_stand_for_a_missing_file(drop: Path, missing: str) -> None:
    (drop / "_SUCCESS").touch()
    (drop / missing).unlink()
    watch = Watch(drop, SETTLE)
    assert not watch.look(0)
    assert not watch.look(1000)
    assert watch.news == [], "what has been said is said again"
    assert watch.complaint(timedelta(minutes=90)).splitlines() == [
        f"{drop}: not complete after 90 minutes. Missing:",
        f"  {missing}",
        "Deliver the missing files and clear this task, which then waits again.",
    ]


def test_a_folder_in_the_place_of_a_file_is_no_file(drop: Path) -> None:
    (drop / SALES).unlink()
    (drop / SALES).mkdir()
    watch = Watch(drop, SETTLE)
    assert not watch.look(0)
    assert watch.news == [f"{drop}: waiting for {SALES}"]


def test_a_drop_whose_sizes_keep_changing_is_distinguished_from_a_missing_one(drop: Path) -> None:
    watch = Watch(drop, SETTLE)
    watch.look(0)
    assert "still changing after 5 minutes" in watch.complaint(timedelta(minutes=5))


def fire(trigger: DropTrigger, meanwhile: Callable[[], object] = lambda: None) -> str:
    """Run a trigger from its serialized form, as the triggerer does; returns the complaint of its event."""

    async def first() -> str:
        path, arguments = trigger.serialize()
        assert path == "warehouse.drop.DropTrigger"
        events = aiter(DropTrigger(**arguments).run())
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.3)
        meanwhile()
        return str((await waiting).payload["complaint"])

    return asyncio.run(first())


def test_the_trigger_fires_when_the_last_file_has_arrived(drop: Path) -> None:
    content = (drop / SALES).read_bytes()
    (drop / SALES).unlink()
    trigger = DropTrigger(str(drop), settle=0.1, until=now().timestamp() + 60, waited=60)
    assert fire(trigger, lambda: (drop / SALES).write_bytes(content)) == ""


def test_the_trigger_names_missing_files_when_the_time_is_up(tmp_path: Path) -> None:
    trigger = DropTrigger(str(tmp_path / "nowhere"), settle=0.1, until=now().timestamp(), waited=3600)
    complaint = fire(trigger)
    assert complaint.splitlines()[0] == f"{tmp_path / 'nowhere'}: not complete after 60 minutes. Missing:"
    for source in SOURCE_FILES:
        assert source.path in complaint
