"""Links in Airflow's menu to what the loads are for: the dashboards and the API's documentation.

API_PUBLIC_URL is the address that browsers reach the API by; without it there are no links.
"""

import os
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PAGES = {
    "Sales dashboard": "/dashboards/sales",
    "Customers dashboard": "/dashboards/customers",
    "Sales API": "/docs",
}


def links_to(address: str) -> list[dict[str, Any]]:
    """Return the links; none without an address. They open in a tab of their own: the API's pages refuse frames."""
    views = [
        {"name": name, "href": f"{address.rstrip('/')}{path}", "destination": "nav"} for name, path in PAGES.items()
    ]
    return views if address else []


class SalesLinks(AirflowPlugin):
    """Adds the links."""

    name = "sales_links"
    external_views = links_to(os.environ.get("API_PUBLIC_URL", ""))
