from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from data.generate import BUSINESS_DATE
from stack import drops
from stack.drops import DropError
from stack.settings import COMMITTED

CUSTOMERS = "source_crm/cust_info.csv"
CATEGORIES = "source_erp/PX_CAT_G1V2.csv"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    for folder in ("source_crm", "source_erp"):
        shutil.copytree(COMMITTED / folder, tmp_path / "drop" / folder)
    return tmp_path / "drop"


def remove(path: Path) -> None:
    path.unlink()


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def rename_column(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"cst_key", b"customer_key", 1))


def save_as_utf16(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")


def open_quote(path: Path) -> None:
    path.write_bytes(b'"' + path.read_bytes())


def test_the_committed_drop_passes(drop: Path) -> None:
    drops.check(drop)


def test_a_byte_order_mark_before_the_header_is_fine(drop: Path) -> None:
    path = drop / CUSTOMERS
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    drops.check(drop)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DropError, match="no such folder"):
        drops.check(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (remove, "missing"),
        (make_empty, "empty; its first line must be cst_id,cst_key"),
        (make_folder, "not a file"),
        (rename_column, "the header is cst_id,customer_key"),
        (save_as_utf16, "the first line is not CSV in UTF-8"),
        (open_quote, "the first line is not CSV in UTF-8"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(drop: Path, damage: Callable[[Path], None], complaint: str) -> None:
    damage(drop / CUSTOMERS)

    with pytest.raises(DropError) as caught:
        drops.check(drop)

    assert f"{CUSTOMERS}: {complaint}" in str(caught.value)


def test_all_faults_are_reported_together(drop: Path) -> None:
    remove(drop / CUSTOMERS)
    make_empty(drop / CATEGORIES)

    with pytest.raises(DropError) as caught:
        drops.check(drop)

    assert CUSTOMERS in str(caught.value)
    assert CATEGORIES in str(caught.value)


def test_a_dated_folder_is_found_by_its_template() -> None:
    day = date(2026, 2, 3)

    assert drops.folder_of("/drops/{{ ds }}", day) == drops.folder_of("/drops/{{ds}}", day) == Path("/drops/2026-02-03")
    assert drops.folder_of("/drops/today", day) == Path("/drops/today")


@pytest.mark.parametrize("template", ["/drops/{{ dss }}", "/drops/{{ ds", "/drops/{{ ds + 1 }}", "drops/{{ ds }}", ""])
def test_a_template_that_names_no_folder_is_refused_with_the_remedy(template: str) -> None:
    with pytest.raises(DropError, match="source_dir is ") as refused:
        drops.folder_of(template, date(2026, 2, 3))

    assert len(str(refused.value).splitlines()) == 2


def test_only_a_drop_that_the_generator_wrote_for_that_day_counts_as_generated(tmp_path: Path) -> None:
    day = date(2026, 2, 5)

    assert drops.is_generated(str(COMMITTED), BUSINESS_DATE, tmp_path)
    assert drops.is_generated(str(tmp_path / "2026-02-05"), day, tmp_path)
    assert not drops.is_generated(str(COMMITTED), day, tmp_path)
    assert not drops.is_generated(str(tmp_path / "2026-02-04"), day, tmp_path)
    assert not drops.is_generated("/srv/drops/2026-02-05", day, tmp_path)
    assert not drops.is_generated("by hand, {{ no template", day, tmp_path)
    assert not drops.is_generated(None, day, tmp_path)


def test_a_generated_drop_is_complete_and_replaces_an_earlier_folder(tmp_path: Path) -> None:
    leftover = tmp_path / "2026-02-02" / "old.csv"
    leftover.parent.mkdir()
    leftover.touch()

    folder = drops.generate_drop(tmp_path, date(2026, 2, 2))

    drops.check(folder)
    assert folder == tmp_path / "2026-02-02"
    assert [path.name for path in tmp_path.iterdir()] == ["2026-02-02"]
    assert not leftover.exists()
