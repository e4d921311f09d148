"""Links in Airflow's menu to what the loads are for: the dashboards and the API's documentation.

API_PUBLIC_URL is the address that browsers reach the API by; without it there are no links.
"""

import os
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PAGES = {
    "Sales": "/dashboards/sales",
    "Customers": "/dashboards/customers",
    "API": "/docs",
}


def links_to(address: str) -> list[dict[str, Any]]:
    """Return the links; none without an address. They open in a tab of their own: the API's pages refuse frames."""
    if not address:
        return []
    place = {"destination": "nav", "nav_top_level": True}
    return [{"name": name, "href": f"{address.rstrip('/')}{path}", **place} for name, path in PAGES.items()]


class SalesLinks(AirflowPlugin):
    """Adds the links."""

    name = "sales_links"
    external_views = links_to(os.environ.get("API_PUBLIC_URL", ""))
