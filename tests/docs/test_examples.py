"""docs/examples.md is true: its code runs against a real server and prints the outputs on the page.

With RECORD_EXAMPLES=1 an output that differs is written into the page, to be shortened by hand.
"""

import contextlib
import io
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

import httpx
import pytest

from api import create_app
from api.http import rate_limit
from tests.api.conftest import SYNC_KEY, environment_of, new_database, settings_for
from tests.api.server import running_api
from tests.docs.page import Block, blocks, matches
from tests.warehouse import ROOT, Warehouse

PAGE = ROOT / "docs" / "examples.md"
BLOCKS = blocks(PAGE)
END = "end of the block, exit code "
WIDTH = 112


class Shell:
    """A bash that runs block after block, as a reader's does."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.stdin, self.stdout = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)

    def run(self, code: str) -> str:
        """Run code; returns its output, errors included."""
        self.stdin.write(f'{code}\necho\necho "{END}$?"\n')
        self.stdin.flush()
        lines: list[str] = []
        for line in self.stdout:
            if line.startswith(END):
                return "".join(lines).removesuffix("\n")
            lines.append(line)
        raise RuntimeError("".join(lines))

    def close(self) -> None:
        self.stdin.close()
        self.process.wait(30)


@pytest.fixture(scope="module")
def printed(
    committed_drop: Warehouse, postgres: str, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """The output of each block of the page, in a folder like the clone."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("api", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    with new_database(postgres, migrated) as url:
        settings = settings_for(url, committed_drop.server.odbc, rate_limit=1200)
        with running_api(settings) as address, pytest.MonkeyPatch.context() as environment:
            environment.chdir(folder)
            shell = Shell(folder, {**environment_of(settings), "API_URL": address, "NO_COLOR": "1"})
            names: dict[str, Any] = {}
            outputs = []
            for block in BLOCKS:
                if block.language == "sh":
                    outputs.append(shell.run(block.code))
                    for name in ("API_URL", "API_KEY"):
                        environment.setenv(name, shell.run(f'printf %s "${name}"'))
                else:
                    outputs.append(run_python(block.code, names))
            shell.close()
            names["api"].close()
    if os.environ.get("RECORD_EXAMPLES"):
        record(outputs)
    return outputs


def run_python(code: str, names: dict[str, Any]) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, str(PAGE), "exec"), names)
    return output.getvalue()


def as_shown(block: Block, output: str) -> str:
    """Format an output as on the page: JSON indented, no trailing blanks."""
    if block.output_language == "json":
        output = indented(json.loads(output))
    return "\n".join(line.rstrip() for line in output.strip("\n").splitlines())


def indented(value: Any, depth: int = 0) -> str:
    """Format JSON; a value that fits stands in one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + depth <= WIDTH or not isinstance(value, dict | list):
        return line
    inner, outer = " " * (depth + 2), " " * depth
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(name)}: {indented(part, depth + 2)}" for name, part in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + indented(part, depth + 2) for part in value) + f"\n{outer}]"


def record(outputs: list[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for block, output in zip(BLOCKS, outputs, strict=True):
        if block.output_language and not matches(block.output, as_shown(block, output)):
            shown = f"```{block.language}\n{block.code}```\n```{block.output_language}\n"
            assert shown in text
            text = text.replace(f"{shown}{block.output}", f"{shown}{as_shown(block, output)}\n")
    PAGE.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("number", range(len(BLOCKS)), ids=[block.name for block in BLOCKS])
def test_the_code_prints_what_the_page_shows(number: int, printed: list[str]) -> None:
    block, output = blocks(PAGE)[number], printed[number]
    if not block.output_language:
        assert output.strip() == ""
        return
    shown = as_shown(block, output)
    assert matches(block.output, shown), f"It prints:\n{shown}\n\nThe page shows:\n{block.output}"


def test_the_page_waits_as_long_as_the_api_says(
    committed_drop: Warehouse, postgres: str, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real refusal, on a clock that the helper's sleep moves on."""
    clock = [1_000_020.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr("api.http.rate_limit.time.time", lambda: clock[0])
    with new_database(postgres, migrated) as url:
        app = create_app(settings_for(url, committed_drop.server.odbc, rate_limit=1))
        with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://api") as api:
            assert api.post("/api/sync", headers={"X-API-Key": SYNC_KEY}).status_code == 201
            assert api.get("/api/kpis").status_code == 200
            assert api.get("/api/kpis").status_code == 429
            (code,) = (block.code for block in BLOCKS if "def patiently" in block.code)
            names = {"api": api, "time": type("Clock", (), {"sleep": staticmethod(sleep)})}
            output = run_python(code.replace("import time\n", ""), names)
        app.extensions["writer_engine"].dispose()
        app.extensions["loader_engine"].dispose()
    assert (output, len(slept)) == ('"requests";q=1;w=60\n', 1)
    assert 0 < slept[0] <= rate_limit.WINDOW_SECONDS + 1
