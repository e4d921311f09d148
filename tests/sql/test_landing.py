"""Only files that staging wrote are loaded: a changed landing copy is refused, and nothing changes."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pyodbc
import pytest

from tests.days import handmade
from tests.days.drop import write_drop
from tests.days.successive import DAYS
from tests.sql.comparison import differences
from tests.sql.steps import messages, open_batch, refusal, snapshot
from tests.warehouse import Warehouse
from warehouse.sources import SOURCE_FILES, SourceFile
from warehouse.staging import stage

LINE_END = "\n".encode("utf-16-le")
CHANGES: dict[str, Callable[[bytes, bytes], bytes | None]] = {
    "a byte changed": lambda data, other: data[:-4] + bytes([data[-4] ^ 1]) + data[-3:],
    "truncated in a line": lambda data, other: data[:-6],
    "truncated at a line": lambda data, other: data[: data.rindex(LINE_END, 0, -2) + 2],
    "a row appended": lambda data, other: data + data[data.rindex(LINE_END, 0, -2) + 2 :],
    "two lines swapped": lambda data, other: _swapped(data),
    "replaced by another day's": lambda data, other: other,
    "a header alone": lambda data, other: data[: data.index(LINE_END) + 2],
    "empty": lambda data, other: b"",
    "missing": lambda data, other: None,
}
"""The change of a file → its new content, from its old content and another day's; None: the file is removed."""

DAMAGED = "The landing copy is damaged: run staging again."


def _swapped(data: bytes) -> bytes:
    header, *lines = data[2:].decode("utf-16-le").splitlines(keepends=True)
    return codecs.BOM_UTF16_LE + "".join([header, *reversed(lines)]).encode("utf-16-le")


def change(file: Path, what: str, other: Path) -> None:
    content = CHANGES[what](file.read_bytes(), other.read_bytes())
    assert content != file.read_bytes(), "nothing was changed"
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)


@pytest.fixture(scope="module")
def landing(shared_warehouse: Warehouse) -> str:
    """The landing folder of batch 1, registered and loaded, as the server sees it."""
    folder = shared_warehouse.stage(handmade.HANDMADE_DAY)
    assert open_batch(shared_warehouse, "landing", handmade.BUSINESS_DATE)["batch_id"] == 1
    shared_warehouse.execute("EXEC etl.register_landing 1, ?", folder)
    for source in SOURCE_FILES:
        shared_warehouse.execute("EXEC bronze.load_table 1, ?", source.table)
    return folder


@pytest.fixture
def local(shared_warehouse: Warehouse, landing: str) -> Path:
    """The same folder as staging sees it, freshly staged."""
    folder = shared_warehouse.server.landing / Path(landing).name
    stage(handmade.HANDMADE_DAY, folder)
    return folder


@pytest.fixture(scope="module")
def other_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landing folder of another day."""
    folder = tmp_path_factory.mktemp("other")
    write_drop(folder / "drop", DAYS[0].lines)
    stage(folder / "drop", folder / "landing")
    return folder / "landing"


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("source", SOURCE_FILES, ids=lambda source: source.table)
def test_a_file_that_changed_after_staging_is_refused_and_bronze_keeps_its_rows(
    shared_warehouse: Warehouse, landing: str, local: Path, other_day: Path, source: SourceFile, what: str
) -> None:
    table, path = source.table, source.landing_path
    before = snapshot(shared_warehouse, [f"bronze.{table}"])
    assert before[f"bronze.{table}"]
    change(local / path, what, other_day / path)

    error = refusal(shared_warehouse, "EXEC bronze.load_table 1, ?", table)

    first, way_out = error.message.split("\n")
    assert error.number == 50009
    assert first.startswith(f"{landing}/{path} ")
    assert ("is not what staging wrote: its SHA-256 is " in first) == (what != "missing")
    assert ("Error 4860: " in first) == (what == "missing")
    assert way_out.startswith(DAMAGED)
    assert snapshot(shared_warehouse, [f"bronze.{table}"]) == before
    (step,) = shared_warehouse.execute("SELECT TOP (1) * FROM gold.load_steps ORDER BY started_at DESC, ended_at DESC")
    assert (step["status"], step["error_number"], step["error_message"]) == ("failed", 50009, error.message)
    stage(handmade.HANDMADE_DAY, local)
    shared_warehouse.execute("EXEC bronze.load_table 1, ?", table)
    assert snapshot(shared_warehouse, [f"bronze.{table}"]) == before


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("name", ["manifest.txt", "rejected.txt"])
def test_a_changed_manifest_or_list_of_rejects_is_refused_before_anything_is_registered(
    shared_warehouse: Warehouse, landing: str, local: Path, other_day: Path, name: str, what: str
) -> None:
    registered = ["etl.manifest", "etl.rejected_row", "bronze.landing_manifest", "bronze.landing_rejected"]
    before = snapshot(shared_warehouse, registered)
    change(local / name, what, other_day / name)

    error = refusal(shared_warehouse, "EXEC etl.register_landing 1, ?", landing)

    assert error.number in (50007, 50009)
    assert error.message.startswith(landing)
    assert f"\n{DAMAGED}" in error.message
    assert snapshot(shared_warehouse, registered) == before


@pytest.mark.parametrize("what", [what for what in CHANGES if what != "two lines swapped"])
def test_a_changed_list_of_checksums_is_refused(
    shared_warehouse: Warehouse, landing: str, local: Path, other_day: Path, what: str
) -> None:
    change(local / "checksums.txt", what, other_day / "checksums.txt")
    error = refusal(shared_warehouse, "EXEC etl.register_landing 1, ?", landing)
    assert error.number in (50007, 50009)
    assert f"\n{DAMAGED}" in error.message


def test_a_file_without_rows_is_compared_and_not_bulk_loaded(emptied: Warehouse, tmp_path: Path) -> None:
    for source in SOURCE_FILES:
        path = tmp_path / source.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(",".join(source.columns) + "\n")
    open_batch(emptied, "empty", handmade.BUSINESS_DATE)
    landing = emptied.stage(tmp_path)
    said = messages(emptied, "EXEC etl.register_landing 1, ?", landing)
    assert any(text.startswith("BULK INSERT bronze.landing_manifest from ") for text in said)
    assert f"No rows for bronze.landing_rejected in {landing}/rejected.txt" in said
    for source in SOURCE_FILES:
        said = messages(emptied, "EXEC bronze.load_table 1, ?", source.table)
        assert f"No rows for bronze.[{source.table}] in {landing}/{source.landing_path}" in said
        assert not any(text.startswith("BULK INSERT") for text in said)
        assert emptied.value(f"SELECT COUNT(*) FROM bronze.{source.table}") == 0
    copy = emptied.server.landing / Path(landing).name / "source_erp" / "LOC_A101.txt"
    copy.write_bytes(copy.read_bytes() + "AW1\tDE\t2\n".encode("utf-16-le"))
    assert refusal(emptied, "EXEC bronze.load_table 1, N'erp_loc_a101'").number == 50009


def test_of_a_file_above_2_gb_only_the_rows_are_counted_with_a_warning(emptied: Warehouse) -> None:
    open_batch(emptied, "large", handmade.BUSINESS_DATE)
    landing = emptied.stage(handmade.HANDMADE_DAY)
    emptied.execute("EXEC etl.register_landing 1, ?", landing)
    emptied.execute("UPDATE etl.manifest SET landing_bytes = 2147483648, landing_sha256 = REPLICATE(N'0', 64)")
    said = messages(emptied, "EXEC bronze.load_table 1, N'erp_loc_a101'")
    assert any(text.startswith(f"Warning: {landing}/source_erp/LOC_A101.txt is larger than 2 GB") for text in said)
    copy = emptied.server.landing / Path(landing).name / "source_erp" / "LOC_A101.txt"
    copy.write_bytes(CHANGES["truncated at a line"](copy.read_bytes(), b"") or b"")
    error = refusal(emptied, "EXEC bronze.load_table 1, N'erp_loc_a101'")
    assert (error.number, "its manifest says" in error.message) == (50009, True)


def test_a_batch_of_a_version_without_checksums_is_staged_again(emptied: Warehouse) -> None:
    open_batch(emptied, "old", handmade.BUSINESS_DATE)
    emptied.execute("EXEC etl.register_landing 1, ?", emptied.stage(handmade.HANDMADE_DAY))
    emptied.execute("UPDATE etl.manifest SET landing_bytes = NULL, landing_sha256 = NULL")
    error = refusal(emptied, "EXEC bronze.load_table 1, N'crm_cust_info'")
    assert (error.number, error.message.split("\n")[1]) == (50008, "Run staging and etl.register_landing first.")


def test_a_day_whose_copy_was_changed_is_not_loaded_by_hand_either(emptied: Warehouse) -> None:
    emptied.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    landing = emptied.stage(handmade.HANDMADE_DAY)
    copy = emptied.server.landing / Path(landing).name / "source_crm" / "sales_details.txt"
    copy.write_bytes(CHANGES["a byte changed"](copy.read_bytes(), b"") or b"")
    with pytest.raises(pyodbc.Error, match=r"sales_details\.txt is not what staging wrote.*\(50009\)"):
        emptied.execute(
            "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @run_id = N'test changed', @reject_limit = 1,"
            " @today = ?",
            handmade.BUSINESS_DATE,
            landing,
            handmade.BUSINESS_DATE,
        )
    assert emptied.value("SELECT status FROM gold.load_batches WHERE batch_id = 2") == "failed"
    assert differences(emptied, handmade.expected) == {}
