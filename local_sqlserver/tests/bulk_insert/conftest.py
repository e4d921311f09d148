"""A table to load into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bulk_insert.loading import Loading


@pytest.fixture
def loading(tmp_path: Path) -> Loading:
    return Loading(tmp_path)
