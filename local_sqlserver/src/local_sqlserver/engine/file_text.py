"""Text that DuckDB reads by a path, like a file, though it is in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FileText:
    """A named parameter of a statement whose value is the path of a file with this content."""

    content: bytes


@contextmanager
def opened(parameters: Any) -> Iterator[Any]:
    """Yield the parameters with a path in the place of each ``FileText``, which is valid inside the block."""
    if not isinstance(parameters, dict) or not any(isinstance(value, FileText) for value in parameters.values()):
        yield parameters
        return
    files: dict[str, int] = {}
    try:
        for name, value in parameters.items():
            if isinstance(value, FileText):
                files[name] = os.memfd_create(name)
                _write(files[name], value.content)
        yield {**parameters, **{name: f"/proc/self/fd/{descriptor}" for name, descriptor in files.items()}}
    finally:
        for descriptor in files.values():
            os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:  # one call may write less than is left
        left = left[os.write(descriptor, left) :]
