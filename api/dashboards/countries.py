"""The countries of the map."""

import json
from pathlib import Path

from api.dashboards.selection import PREFIX

MAPS_ADDRESS = f"{PREFIX}assets/"
"""Where Plotly finds its maps."""

MAP = Path(__file__).parent / "assets" / "world_110m.json"
"""By Plotly's name for it: Natural Earth's countries and their land at 1:110 million (public domain, by way of the
package world-atlas 2.0.2), without Antarctica, as TopoJSON. The ids are the countries' names as gold spells them,
``ct`` is the middle of a country's largest part."""

ON_THE_MAP = frozenset(
    country["id"] for country in json.loads(MAP.read_text(encoding="utf-8"))["objects"]["countries"]["geometries"]
)
"""Their names."""
