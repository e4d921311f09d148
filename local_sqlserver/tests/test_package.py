"""The package as it is installed: a wheel with a command and a plugin of pytest, and a README whose example runs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from flit_core import buildapi
from packaging.requirements import Requirement

from local_sqlserver.pytest_plugin import SqlServerError, StartSqlServer

ROOT = Path(__file__).parents[1]


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)


def test_the_first_example_of_the_readme_passes(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "test_example.py").write_text(example[1], encoding="utf-8")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py", folder=tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_imports_nothing_of_the_server(tmp_path: Path) -> None:
    script = "import sys, local_sqlserver.pytest_plugin; print(*[name for name in sys.modules if name in {wanted}])"
    wanted = "('duckdb', 'cryptography') or name.startswith('local_sqlserver.')"
    done = run("-c", script.replace("{wanted}", wanted), folder=tmp_path)
    assert done.stdout.split() == ["local_sqlserver.pytest_plugin"], done.stderr


def test_the_error_of_a_failed_start_gives_the_reason(tmp_path: Path, start_sqlserver: StartSqlServer) -> None:
    with (
        pytest.raises(SqlServerError, match="invalid choice: 'LOUD'"),
        start_sqlserver(tmp_path, "--log-level", "LOUD"),
    ):
        pass


def test_the_wheel_brings_the_command_the_plugin_the_types_and_the_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path))) as wheel:
        names = wheel.namelist()
        (file,) = [name for name in names if name.endswith("/entry_points.txt")]
        entries = ConfigParser()
        entries.read_string(wheel.read(file).decode())
    assert entries["console_scripts"]["local-sqlserver"] == "local_sqlserver.__main__:main"
    assert entries["pytest11"]["local_sqlserver"] == "local_sqlserver.pytest_plugin"
    assert {"local_sqlserver/py.typed", "local_sqlserver/__main__.py"} <= set(names)
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    assert [name for name in names if name.startswith("tests")] == []


def test_the_server_needs_no_packages_except_its_dependencies(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(each) for each in project["dependencies"]]
    while wanted:
        requirement = wanted.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = distribution(requirement.name)
        assert found.version in requirement.specifier
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (packages / name).exists():
                (packages / name).symlink_to(str(found.locate_file(name)))
        wanted += [Requirement(each) for each in found.requires or ()]
    script = (
        "import pathlib, sys; sys.path[:0] = sys.argv[1:]; from local_sqlserver.engine.local_engine import open_engine;"
        " import local_sqlserver.__main__;"
        " open_engine(pathlib.Path(), user='sa', password='x', bulk_roots=[], server_name='x').close()"
    )
    done = run("-I", "-S", "-c", script, str(packages), str(ROOT / "src"), folder=tmp_path)  # -S: no site-packages
    assert done.returncode == 0, done.stderr
