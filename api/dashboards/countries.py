"""The countries of the map."""

import json
from pathlib import Path

from api.dashboards.selection import PREFIX

MAPS_ADDRESS = f"{PREFIX}assets/"
"""The URL under which Plotly loads its map."""

MAP = Path(__file__).parent / "assets" / "world_110m.json"
"""Plotly requires this file name. TopoJSON of Natural Earth's countries and land at 1:110 million, without Antarctica
(public domain, from the package world-atlas 2.0.2). Ids are the names of countries in gold; ``ct`` is the center of a
country's largest part."""

MAPPED_COUNTRIES = frozenset(
    country["id"] for country in json.loads(MAP.read_text(encoding="utf-8"))["objects"]["countries"]["geometries"]
)
"""Names of the countries on the map."""
