"""Links in Airflow's menu to the dashboards and the API's documentation, and the tab *Batch* of a run.

API_PUBLIC_URL is the address that browsers reach the API by; without it there are no links and no tab.
"""

import os
from typing import Any
from urllib.parse import quote

from airflow.plugins_manager import AirflowPlugin

GROUP = "Sales warehouse"
"""The entry of the menu that holds the links."""

PAGES = {
    "Sales": ("/dashboards/sales", "M4 20V10m6 10V4m6 16v-7m4 7H2"),
    "Customers": (
        "/dashboards/customers",
        "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 10a7 7 0 0 1 14 0m0-18a4 4 0 0 1 0 8m2 3a7 7 0 0 1 4 7",
    ),
    "Warehouse": ("/dashboards/warehouse", "M3 9l9-6 9 6v12H3zm4 12v-8h10v8m-10-4h10"),
    "API": ("/docs", "M8 7l-5 5 5 5m8-10l5 5-5 5M14 4l-4 16"),
}
"""Each page with its path and the strokes of its icon, within 24 × 24."""


def icon(strokes: str, colour: str) -> str:
    """Return an icon as a data URI, so that the menu needs no other server."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 24 24" fill="none" '
        f'stroke="{colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="{strokes}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def links_to(address: str) -> list[dict[str, Any]]:
    """Return the links and the tab; none without an address.

    The links open in a new tab of the browser, because most of the API's pages refuse frames. The page of the warehouse
    allows Airflow to frame it. Airflow shows the tab on the runs of every DAG; the page says so if a run has no batch.
    """
    if not address:
        return []
    address = address.rstrip("/")
    tab = {
        "name": "Batch",
        "href": f"{address}/dashboards/warehouse?run={{RUN_ID}}",
        "destination": "dag_run",
        "url_route": "batch",
    }
    return [tab] + [
        {
            "name": name,
            "href": f"{address}{path}",
            "destination": "nav",
            "category": GROUP,
            "icon": icon(strokes, "#1f2937"),
            "icon_dark_mode": icon(strokes, "#e5e7eb"),
        }
        for name, (path, strokes) in PAGES.items()
    ]


class SalesLinks(AirflowPlugin):
    """Adds the links and the tab."""

    name = "sales_links"
    external_views = links_to(os.environ.get("API_PUBLIC_URL", ""))
