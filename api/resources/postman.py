"""Converts the OpenAPI description to a Postman collection (format 2.1), which Bruno and Insomnia also import."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
METHODS = ("get", "post", "put", "patch", "delete")


def collection(spec: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Return the collection: a folder a tag, a request an operation, and the variables ``baseUrl`` and ``apiKey``."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                parameters = [*operations.get("parameters", []), *operation.get("parameters", [])]
                folders.setdefault(operation["tags"][0], []).append(_request(path, method, operation, parameters))
    return {
        "info": {"name": spec["info"]["title"], "description": spec["info"]["description"], "schema": SCHEMA},
        "auth": {
            "type": "apikey",
            "apikey": [
                {"key": "key", "value": "X-API-Key"},
                {"key": "value", "value": "{{apiKey}}"},
                {"key": "in", "value": "header"},
            ],
        },
        "variable": [{"key": "baseUrl", "value": base_url}, {"key": "apiKey", "value": ""}],
        "item": [{"name": name, "item": requests} for name, requests in folders.items()],
    }


def _request(path: str, method: str, operation: Mapping[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    own_path = path.replace("{", ":").replace("}", "")
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation.get("description") or operation["summary"],
        "header": list(_values(parameters, "header")),
        "url": {
            "raw": "{{baseUrl}}" + own_path,
            "host": ["{{baseUrl}}"],
            "path": own_path.lstrip("/").split("/"),
            "query": list(_values(parameters, "query")),
            "variable": list(_values(parameters, "path")),
        },
    }
    body = operation.get("requestBody")
    if body:
        content_type, media = next(iter(body["content"].items()))
        request["header"].append({"key": "Content-Type", "value": content_type})
        raw = json.dumps(media["example"], indent=2, ensure_ascii=False)
        request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    return {"name": operation["summary"], "request": request}


def _values(parameters: list[dict[str, Any]], place: str) -> Iterator[dict[str, Any]]:
    """Yield the parameters in a location (query, path, header); optional ones are disabled."""
    for parameter in parameters:
        if parameter["in"] == place:
            examples = parameter["schema"].get("examples", [""])
            example = parameter.get("example", parameter["schema"].get("default", examples[0]))
            one = example[0] if isinstance(example, list) else example  # a parameter that may be repeated
            value = {"key": parameter["name"], "value": str(one), "description": parameter.get("description", "")}
            yield value if parameter.get("required") else value | {"disabled": True}
