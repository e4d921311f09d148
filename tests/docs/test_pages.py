"""The pages for browsers load files only from this API, and all of these exist."""

import re

import pytest

from api import create_app
from tests.api.conftest import settings_for


@pytest.mark.parametrize("address", ["/", "/docs"])
def test_a_page_links_to_nothing_but_this_api(address: str) -> None:
    client = create_app(settings_for("postgresql://127.0.0.1:1/nowhere")).test_client()
    page = client.get(address, headers={"Accept": "text/html"}).text
    targets = re.findall(r'(?:src|href|data-url)="([^"]*)"', page)
    assert targets
    assert [target for target in targets if not target.startswith(("/", "data:")) or target.startswith("//")] == []
    loaded = re.findall(r'(?:src="|rel="stylesheet" href=")([^"]*)"', page)
    assert {target: client.get(target).status_code for target in loaded} == dict.fromkeys(loaded, 200)


@pytest.mark.parametrize("name", ["start.css", "docs.css"])
def test_a_style_sheet_loads_nothing(name: str) -> None:
    client = create_app(settings_for("postgresql:///")).test_client()
    assert not re.search(r"url\(|@import", client.get(f"/static/{name}").text)
