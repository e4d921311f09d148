"""axe-core finds no violation: on both pages, light on a desktop and dark on a phone, with open menus and rows."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.dashboards.conftest import NewScreen
from tests.dashboards.screen import Screen
from tests.dashboards.test_rows import cells

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


def assert_accessible(screen: Screen) -> None:
    """Assert that no rule of axe-core is violated, including best practices."""
    found = Axe().run(screen.page)
    violations = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: "
        + "; ".join(
            f"{node['target']} {node['html'][:160]} {node['failureSummary']}" for node in violation["nodes"][:4]
        )
        for violation in found.response["violations"]
    ]
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize(("scheme", "device"), [("light", {}), ("dark", PHONE)], ids=["light desktop", "dark phone"])
@pytest.mark.parametrize("page", ["sales", "customers"])
def test_axe_finds_nothing(new_screen: NewScreen, page: str, scheme: str, device: dict[str, object]) -> None:
    screen = new_screen(color_scheme=scheme, **device)
    screen.open(f"{page}?country=Germany&country=France&category=Bikes")
    assert_accessible(screen)
    for menu in screen.page.locator("details").all():
        menu.evaluate("(it) => it.open = true")  # one click closes the others
    assert_accessible(screen)


@pytest.mark.parametrize(("page", "scheme"), [("sales", "dark"), ("customers", "light")])
def test_axe_finds_nothing_with_the_rows(new_screen: NewScreen, page: str, scheme: str) -> None:
    screen = new_screen(color_scheme=scheme)
    screen.open(f"{page}?period=all&rows=1")
    cells(screen, 0)
    assert_accessible(screen)


@pytest.mark.parametrize("place", ["sales?from=2020-01-01&to=2020-12-31", "customers?by=decade"])
def test_axe_finds_nothing_on_empty_and_failed_pages(screen: Screen, place: str) -> None:
    screen.open(place)
    assert_accessible(screen)
