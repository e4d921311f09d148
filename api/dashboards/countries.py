"""The countries of the map."""

import json
from pathlib import Path

from api.dashboards.selection import PREFIX

MAP = Path(__file__).parent / "assets" / "world.json"
"""Natural Earth's countries at 1:110 million (public domain, by way of the package world-atlas), as GeoJSON."""

MAP_ADDRESS = f"{PREFIX}assets/{MAP.name}"

ON_THE_MAP = [feature["id"] for feature in json.loads(MAP.read_text(encoding="utf-8"))["features"]]
"""Their names, as gold spells them."""
