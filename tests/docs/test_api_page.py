"""docs/api.md lists every endpoint with its scope and every setting, the guide in the service every kind of error."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from api import create_app
from api.errors import Problem, UnavailableProblem
from api.settings import Settings
from tests.api.conftest import settings_for
from tests.warehouse import ROOT

GUIDE = (ROOT / "api" / "guide.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def kinds(of: type[Problem] = Problem) -> Iterator[type[Problem]]:
    for kind in of.__subclasses__():
        if kind is not UnavailableProblem:
            yield kind
        yield from kinds(kind)


def test_the_page_lists_each_endpoint_with_its_scope() -> None:
    app = create_app(settings_for("postgresql:///"))
    described: dict[str, dict[str, object]] = app.test_client().get("/openapi.json").get_json()["paths"]
    endpoints = {(method.upper(), path) for path, methods in described.items() for method in methods}
    listed = set()
    for method, path, scope in re.findall(r"^\| ([A-Z]+) \| `(\S+)` \| (\S+) \|", PAGE, re.MULTILINE):
        listed.add((method, path))
        address = re.sub(r"{\w+_key}|{run_id}", "1", path).replace("{segment}", "VIP").replace("{order_number}", "SO1")
        endpoint, _ = app.url_map.bind("").match(address, method=method)
        assert getattr(app.view_functions[endpoint], "required_scope", "–") == scope, (method, path)
    assert listed == endpoints - {("PARAMETERS", path) for path in described}


def test_the_guide_lists_each_kind_of_error_with_its_status() -> None:
    in_code = {(str(kind.status), kind.name) for kind in kinds()}
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", GUIDE, re.MULTILINE)
    listed = [(status, name) for status, names in rows for name in re.findall(r"`([\w-]+)`", names)]
    assert sorted(listed) == sorted(in_code)


def test_the_page_lists_each_setting() -> None:
    section = PAGE.split("## Settings")[1].split("## ")[0]
    listed = re.findall(r"^\| `([A-Z_]+)`", section, re.MULTILINE)
    suffixes = {field.name.removeprefix("warehouse_").upper() for field in fields(Settings)}
    assert len(listed) == len(suffixes)
    assert all(any(name.endswith(suffix) for suffix in suffixes) for name in listed)


@pytest.mark.parametrize("page", [ROOT / "docs" / "api.md", ROOT / "docs" / "examples.md"], ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
