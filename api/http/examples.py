"""Examples in the OpenAPI description: recorded responses of the API for the drop in ``data/``.

``python -m tests.docs.record_examples`` records them in ``examples.json``. The tests repeat the requests and compare
the responses.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apispec import BasePlugin

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_bytes())
"""``parameters``: name → value; ``operations``: "GET /path" → ``request`` and, by status, ``responses``, both by
media type; ``shared``: status → problems that are the same for all operations."""

SHARED: dict[str, dict[str, Any]] = RECORDED["shared"]

PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class Examples(BasePlugin):
    """Plugin of apispec that adds the examples to each operation."""

    def path_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        parameters: list[dict[str, Any]] | None = None,
        **_: Any,
    ) -> None:
        """Add examples to the parameters of a path."""
        _fill(parameters or [])

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any) -> None:
        """Add examples to the parameters, request bodies and responses of operations."""
        for method, operation in (operations or {}).items():
            for parameter in operation.get("parameters", []):
                _only_suggest(parameter["schema"])
            _fill(operation.get("parameters", []))
            recorded = RECORDED["operations"].get(f"{method.upper()} {path}")
            if recorded is None:
                continue
            _add(operation.get("requestBody", {}).get("content", {}), recorded.get("request", {}))
            for status, response in operation["responses"].items():
                own = recorded["responses"].get(str(int(status)))
                if own and isinstance(
                    response, str
                ):  # a response shared by reference cannot hold an operation's own example
                    content = {kind: dict(media) for kind, media in PROBLEM_CONTENT.items()}
                    response = {"description": HTTPStatus(int(status)).phrase, "content": content}
                    operation["responses"][status] = response
                if own:
                    _add(response["content"], own)


def _fill(parameters: list[dict[str, Any]]) -> None:
    for parameter in parameters:
        if parameter.get("required") and parameter["name"] in RECORDED["parameters"]:
            parameter["example"] = RECORDED["parameters"][parameter["name"]]


def _add(content: dict[str, Any], recorded: Mapping[str, Mapping[str, Any]]) -> None:
    for kind, example in recorded.items():
        content.setdefault(kind, {}).update(example)


def _only_suggest(schema: dict[str, Any]) -> None:
    """Turn a parameter's ``example`` into JSON Schema's ``examples``, because documentation would send the former."""
    if "example" in schema:
        schema["examples"] = [schema.pop("example")]
