"""The marks of each test: whether it needs a server, and whether its run is long."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
UNIT = {"language", "compiler"}
"""Folders whose tests call functions; all others log in to an engine, in this process or over the wire."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test, before -m selects by marks."""
    for item in items:
        item.add_marker("unit" if item.path.relative_to(TESTS).parts[0] in UNIT else "server")
        if item.get_closest_marker("soak"):
            item.add_marker("long")
