"""What a Dockerfile puts into an image, as far as this project's Dockerfiles say it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from tests.warehouse import ROOT

IMAGES = {
    "sales-warehouse-airflow": ("docker/airflow/Dockerfile", "airflow"),
    "sales-warehouse-standin": ("docker/airflow/Dockerfile", "standin"),
    "sales-warehouse-api": ("docker/api/Dockerfile", "api"),
}
"""The Dockerfile and the stage of each image that docker-compose.yaml builds."""


@dataclass
class Image:
    """The last state of a stage: copied files (source below the clone → place), environment, users, command, locks.

    ``base`` is the stage or the image that it begins from, whose locks are the first of ``locks``. ``projects`` are the
    folders of the clone that are installed after the locks.
    """

    base: str = ""
    copies: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    folder: str = "/"
    uid: int = 0
    command: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)


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
            image.base = base
            stages[name] = image
        elif keyword == "COPY" and (stage := re.match(r"--from=(\w+) ", rest)):
            image.locks += stages[stage[1]].locks
        else:
            _apply(image, keyword, rest)
    return image


def install_all(folder: Path) -> dict[str, Path]:
    """Make the virtual environment of each image: what its locks name, by hash, its projects, and nothing else.

    Returns them by the image's name. As in Docker, an image begins with all of the image that it is built from.
    """
    made: dict[tuple[str, str], Path] = {}
    for name, source in IMAGES.items():
        image, place = read(*source), folder / name
        below = (source[0], image.base)
        if below in made:
            shutil.copytree(made[below], place, symlinks=True, copy_function=os.link)
            image.locks = image.locks[len(read(*below).locks) :]
        else:
            subprocess.run(
                [sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, str(place)], check=True
            )
        _install(image, place)
        made[source] = place
    return {name: made[source] for name, source in IMAGES.items()}


def _install(image: Image, folder: Path) -> None:
    uv = [sys.executable, "-m", "uv"]
    # Compiled, as pip does in the image: each Airflow process would compile its imports for seconds.
    pip = [*uv, "pip", "install", "--quiet", "--python", str(folder), "--no-deps", "--compile-bytecode"]
    for lock in image.locks:
        subprocess.run([*pip, "--require-hashes", "--requirement", lock], cwd=ROOT, check=True)
    for project in image.projects:  # uv would take a wheel from its cache that is older than the sources
        fresh = ["--no-cache", "--no-index", "--no-build-isolation"]
        subprocess.run([*pip, *fresh, f"./{project}"], cwd=ROOT, check=True)
    subprocess.run([*uv, "pip", "check", "--quiet", "--python", str(folder)], check=True)


def _apply(image: Image, keyword: str, rest: str) -> None:
    if keyword == "COPY":
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
        image.locks += re.findall(r"-r /build/(requirements-\w+\.txt)", rest)
        image.projects += re.findall(r"--no-build-isolation /build/(\w+)", rest)
