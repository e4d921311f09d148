"""Examples in the API's description: what it really answered on the drop in ``data/``.

``examples.json`` holds them; ``python -m tests.docs.record_examples`` records them, and the tests ask the API
again and compare.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apispec import BasePlugin

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_bytes())
"""``parameters``: name → value; ``operations``: "GET /path" → ``request`` and, by status, ``responses``, both by
media type; ``shared``: status → problems that are the same whatever the operation."""

SHARED: dict[str, dict[str, Any]] = RECORDED["shared"]

PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class Examples(BasePlugin):
    """Adds the examples to each operation as apispec documents it."""

    def path_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        parameters: list[dict[str, Any]] | None = None,
        **_: Any,
    ) -> None:
        """Give the parameters of a path their examples."""
        _fill(parameters or [])

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any) -> None:
        """Give operations the examples of their bodies, and answers with them."""
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
                if own and isinstance(response, str):  # what all operations share has no place for one's own
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
    """Turn a parameter's ``example`` into JSON Schema's ``examples``: Swagger UI would send the former by itself."""
    if "example" in schema:
        schema["examples"] = [schema.pop("example")]
