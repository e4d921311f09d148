"""What a Dockerfile puts into an image, as far as this project's Dockerfiles say it."""

from __future__ import annotations

import json
import re
import shlex
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from tests.warehouse import ROOT


@dataclass
class Image:
    """The last state of a stage: copied files (source below the clone → place), environment, users, commands."""

    copies: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    folder: str = "/"
    uid: int = 0
    command: list[str] = field(default_factory=list)


def read(dockerfile: str, target: str | None = None) -> Image:
    """Read a stage of a Dockerfile, the last one unless ``target`` names another."""
    text = (ROOT / dockerfile).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    instructions = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    stages: dict[str, Image] = {}
    name, image = "", Image()
    for instruction in instructions:
        keyword, _, rest = instruction.partition(" ")
        if keyword == "FROM":
            if name == target:
                break
            base, _, name = rest.partition(" AS ")
            image = deepcopy(stages.get(base, Image()))
            stages[name] = image
        else:
            _apply(image, keyword, rest)
    return image


def _apply(image: Image, keyword: str, rest: str) -> None:
    if keyword == "COPY" and not rest.startswith("--from"):
        *sources, place = rest.split()
        for source in sources:
            into = str(Path(image.folder) / place)
            image.copies[source] = into if not place.endswith("/") else f"{into}/{Path(source).name}"
    elif keyword == "ENV":
        image.environment |= dict(part.split("=", 1) for part in shlex.split(rest))
    elif keyword == "WORKDIR":
        image.folder = rest
    elif keyword == "USER":
        image.uid = int(rest)
    elif keyword == "CMD":
        image.command = [str(part) for part in json.loads(rest)]
    elif keyword == "RUN":
        for number, user in re.findall(r"useradd --uid (\d+) --gid 0 (?:--create-home )?(\w+)", rest):
            image.users[user] = int(number)
