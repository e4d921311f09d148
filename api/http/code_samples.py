"""Code samples in the OpenAPI description: each operation with curl, Python and JavaScript.

Their requests are those of the recorded examples; the server is ``SERVER``.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from apispec import BasePlugin

from api.http.examples import RECORDED

SERVER = "https://warehouse.example"
KEY = "swh_…"
ETAG = '"the ETag that you have seen"'


class CodeSamples(BasePlugin):
    """Plugin of apispec that adds x-codeSamples, which Scalar and other tools show beside the operation."""

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any) -> None:
        """Add the samples of each operation of a path."""
        for method, operation in (operations or {}).items():
            operation["x-codeSamples"] = samples(method.upper(), path or "", operation)


def samples(method: str, path: str, operation: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the samples of an operation."""
    recorded = RECORDED["operations"].get(f"{method} {path}", {})
    address = SERVER + _address(path, operation)
    headers = dict(_headers(method, operation))
    request: Mapping[str, Any] = next(iter(recorded.get("request", {}).values()), {})
    body = request.get("example")
    return [
        {"lang": "shell", "label": "curl", "source": _curl(method, address, headers, body)},
        {"lang": "python", "label": "Python", "source": _python(method, address, headers, body)},
        {"lang": "javascript", "label": "JavaScript", "source": _javascript(method, address, headers, body)},
    ]


def _address(path: str, operation: Mapping[str, Any]) -> str:
    """Fill in the parameters of the path, and the first of the query that has an example."""
    for name, value in RECORDED["parameters"].items():
        path = path.replace(f"{{{name}}}", quote(str(value)))
    query: dict[str, Any] = {}
    for parameter in operation.get("parameters", []):
        examples = parameter["schema"].get("examples", []) if parameter["in"] == "query" else []
        if examples and not query and parameter["name"] not in ("limit", "cursor"):
            example = examples[0][0] if isinstance(examples[0], list) else examples[0]
            query[parameter["name"]] = example
    return path + (f"?{urlencode(query)}" if query else "")


def _headers(method: str, operation: Mapping[str, Any]) -> Any:
    needs_key = operation.get("security") and {} not in operation["security"]
    if needs_key:
        yield "X-API-Key", KEY
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header" and parameter.get("required"):
            yield parameter["name"], ETAG
    if method in ("POST", "PUT", "PATCH") and "requestBody" in operation:
        yield "Content-Type", "application/json"


def _curl(method: str, address: str, headers: Mapping[str, str], body: Any) -> str:
    parts = ["curl"] + ([f"-X {method}"] if method != "GET" else [])
    parts.append(f"'{address}'")
    parts += [f"-H '{name}: {value}'" for name, value in headers.items()]
    if body is not None:
        parts.append(f"-d '{_json(body)}'")
    return " \\\n  ".join(parts)


def _python(method: str, address: str, headers: Mapping[str, str], body: Any) -> str:
    arguments = [f"    {address!r},"]
    if headers:
        arguments.append(f"    headers={dict(headers)!r},")
    if body is not None:
        arguments.append(f"    json={body!r},")
    call = "\n".join([f"answer = httpx.{method.lower()}(", *arguments, ")"])
    if method == "DELETE" or "metrics" in address:
        return f"import httpx\n\n{call}\nprint(answer.raise_for_status().text)"
    return f"import httpx\n\n{call}\nprint(answer.raise_for_status().json())"


def _javascript(method: str, address: str, headers: Mapping[str, str], body: Any) -> str:
    options: dict[str, Any] = {} if method == "GET" else {"method": method}
    if headers:
        options["headers"] = dict(headers)
    shown = json.dumps(options, ensure_ascii=False, indent=2) if options else ""
    if body is not None:
        shown = shown.removesuffix("\n}") + f',\n  "body": JSON.stringify({_json(body)})\n}}'
    call = f"const answer = await fetch({', '.join(filter(None, [json.dumps(address), shown]))});"
    return f"{call}\nif (!answer.ok) throw new Error(await answer.text());\nconsole.log(await answer.text());"


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)
