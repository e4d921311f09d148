from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compiler.world import World


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.connection.close()


@pytest.fixture(scope="module")
def calculator() -> Iterator[World]:
    """A world for expressions, which change nothing in it."""
    world = World()
    yield world
    world.connection.close()
