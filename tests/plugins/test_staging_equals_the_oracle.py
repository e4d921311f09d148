"""Staging and the oracle's own reader must return the same rows and the same rejects for any text."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import SOAK
from tests.oracle.lines import read_lines
from tests.plugins.drops import LOCATIONS, read_landing, write_drop
from warehouse.staging import stage

PIECES = st.sampled_from(
    [",", '"', '""', "\n", "\r\n", "\r", "\t", " ", "a", "é", "😀", "\u2028", "\x85", "x" * 1999, "😀" * 2000]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.soak
@settings(max_examples=400 * SOAK, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(PIECES, max_size=40))
def test_any_text_gives_the_same_rows_and_rejects(folder: Path, pieces: list[str]) -> None:
    source = write_drop(folder / "drop", erp_loc_a101=("CID,CNTRY\n" + "".join(pieces)).encode())
    stage(source, folder / "landing")
    expected = read_lines(source / LOCATIONS, "CID,CNTRY")
    _, *rows = read_landing(folder / "landing/source_erp/LOC_A101.txt")
    _, *rejects = read_landing(folder / "landing/rejected.txt")
    assert rows == expected.rows.astype(str).to_numpy().tolist()
    assert [(int(line), column or None) for _, _, line, column, _, _ in rejects] == expected.broken
