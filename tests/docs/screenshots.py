"""Takes the pictures of the dashboards in docs/images, from an API that serves the committed drop.

python -m tests.docs.screenshots http://127.0.0.1:8000
"""

import argparse
import shutil
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DESKTOP, PHONE = (1440, 900), (390, 844)
PICTURES: dict[str, tuple[str, tuple[int, int], Literal["light", "dark"]]] = {
    "sales": ("sales", DESKTOP, "light"),
    "customers": ("customers", DESKTOP, "light"),
    "sales-dark": ("sales?period=all&by=month", DESKTOP, "dark"),
    "customers-dark": ("customers?period=all&country=Germany", DESKTOP, "dark"),
    "warehouse": ("warehouse", DESKTOP, "light"),
    "sales-phone": ("sales", PHONE, "light"),
    "customers-phone": ("customers", PHONE, "dark"),
}
"""The pictures: page, width and height, light or dark."""

SETTLED_MS = 1500


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="where the API is, e.g. http://127.0.0.1:8000")
    address = parser.parse_args().address
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (page_name, (width, height), scheme) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(f"{address}/dashboards/{page_name}")
            page.locator(".tile, #load").first.wait_for()
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
