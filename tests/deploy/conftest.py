"""The packages of each image in a separate environment, so that a gap in a lock fails here as it would in the image."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploy.images import install_all


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The virtual environment of each image, by the image's name."""
    return install_all(tmp_path_factory.mktemp("environments"))
