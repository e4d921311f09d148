from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.sample import Sample


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    sample = Sample(tmp_path)
    yield sample
    sample.stack.stop_all()
