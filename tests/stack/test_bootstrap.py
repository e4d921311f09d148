from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from stack import bootstrap
from stack.dotenv import ROOT


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0)])
def test_an_unsupported_python_is_refused_with_the_remedy(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)

    with pytest.raises(bootstrap.BootstrapError, match="make PYTHON="):
        bootstrap.check_python()


def test_an_installed_library_is_found_and_a_missing_one_is_not() -> None:
    assert bootstrap.library_present("libodbc.so.2")
    assert not bootstrap.library_present("libnothing.so.7")


def test_an_installed_program_is_found_and_a_missing_one_is_not() -> None:
    assert bootstrap.program_present("sh")
    assert not bootstrap.program_present("no-such-program")


def test_only_packages_of_missing_libraries_and_programs_are_installed_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "install_packages", installed.append)

    bootstrap.ensure_packages(
        ["libodbc.so.2=there", "libnothing.so.7=tools", "libnothing.so.8=drivers"],
        ["sh=there", "no-such-program=tools"],
    )
    assert installed == [["drivers", "tools"]]

    bootstrap.ensure_packages(["libodbc.so.2=there"], ["sh=there"])
    assert len(installed) == 1


@pytest.mark.parametrize(
    ("libraries", "programs"), [(["libnothing.so.7=unixodbc"], []), ([], ["no-such-program=unixodbc"])]
)
def test_without_a_package_manager_the_command_to_run_by_hand_is_printed(
    libraries: list[str], programs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(bootstrap.BootstrapError, match=r"by hand: .*install .*unixodbc"):
        bootstrap.ensure_packages(libraries, programs)


def test_installed_requirements_are_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    installs: list[object] = []

    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[bytes]:
        installs.append(command)
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(subprocess, "run", run)
    bootstrap.install(Path(sys.executable), requirements)
    first = len(installs)
    bootstrap.install(Path(sys.executable), requirements)
    assert len(installs) == first > 0

    requirements.write_text("# changed\n", encoding="utf-8")
    bootstrap.install(Path(sys.executable), requirements)
    assert len(installs) == 2 * first


def test_a_requirement_that_cannot_be_installed_leaves_no_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("nothing\n", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))

    with pytest.raises(bootstrap.BootstrapError, match=r"requirements\.txt failed"):
        bootstrap.install(Path(sys.executable), requirements)

    assert [path.name for path in tmp_path.iterdir()] == ["requirements.txt"]


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment of its own, where uv is installed already: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "uv.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("wheels") / "locked_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("locked_thing.py", "")
        metadata = {"METADATA": "Metadata-Version: 2.1\nName: locked-thing\nVersion: 1.0\n", "RECORD": ""}
        metadata["WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        for name, text in metadata.items():
            archive.writestr(f"locked_thing-1.0.dist-info/{name}", text)
    return file


@pytest.mark.parametrize("uv_works", [True, False], ids=["by uv", "by pip"])
@pytest.mark.parametrize("lock", ["the file's hash", "another file's hash", "no hash"])
def test_only_files_whose_hash_is_in_the_lock_are_installed(
    lock: str, uv_works: bool, venv: Path, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.sha256(wheel.read_bytes() if lock == "the file's hash" else b"replaced").hexdigest()
    pin = "locked-thing==1.0" if lock == "no hash" else f"locked-thing==1.0 --hash=sha256:{digest}"
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"--no-index\n--find-links {wheel.parent}\n{pin}\n", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "VENV", venv)
    if not uv_works:
        monkeypatch.setattr(bootstrap, "install_uv", lambda _: False)
    python = venv / "bin" / "python"
    for earlier in [*venv.glob("lib/python*/site-packages/locked_thing*"), *venv.glob("installed-*")]:
        shutil.rmtree(earlier) if earlier.is_dir() else earlier.unlink()
    if lock == "the file's hash":
        bootstrap.install(python, requirements)
    else:
        with pytest.raises(bootstrap.BootstrapError, match=r"requirements\.txt failed"):
            bootstrap.install(python, requirements)
    found = subprocess.run([python, "-c", "import locked_thing"], capture_output=True, check=False)
    assert (found.returncode == 0) == (lock == "the file's hash")


def test_the_stand_in_is_installed_once_and_again_when_its_project_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, project = tmp_path / "venv", tmp_path / "local_sqlserver"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    (packages,) = folder.glob("lib/python*/site-packages")
    shutil.copytree(Path(sysconfig.get_path("purelib")) / "flit_core", packages / "flit_core")
    shutil.copytree(ROOT / "local_sqlserver", project, ignore=shutil.ignore_patterns("tests", ".*", "__pycache__"))
    monkeypatch.setattr(bootstrap, "VENV", folder)
    monkeypatch.setattr(bootstrap, "STAND_IN", project)
    told: list[str] = []
    monkeypatch.setattr(bootstrap, "say", told.append)

    bootstrap.install_stand_in(python)
    bootstrap.install_stand_in(python)
    assert told == ["installing local_sqlserver"]
    assert (folder / "bin" / "local-sqlserver").exists()

    pyproject = project / "pyproject.toml"
    pyproject.write_text(re.sub(r'(?m)^version = ".*"', 'version = "99"', pyproject.read_text(encoding="utf-8")))
    bootstrap.install_stand_in(python)
    assert len(told) == 2
    found = "import importlib.metadata, local_sqlserver as m; print(importlib.metadata.version(m.__name__), m.__file__)"
    done = subprocess.run([python, "-P", "-c", found], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["99", str(project / "src" / "local_sqlserver" / "__init__.py")]


def test_the_pinned_uv_comes_with_the_hashes_of_its_files() -> None:
    pin, *hashes = bootstrap.pinned_uv().replace("\\", "").split()
    assert pin.startswith("uv==")
    assert len(hashes) > 5
    assert all(each.startswith("--hash=sha256:") for each in hashes)


def test_the_env_file_can_be_made_with_nothing_installed(tmp_path: Path) -> None:
    # -S: no site-packages, as on a machine before its first `make up`.
    script = (
        "import pathlib, sys; from stack import dotenv; dotenv.ensure(pathlib.Path(sys.argv[1])); "
        "import stack.bootstrap"
    )
    command = [sys.executable, "-S", "-c", script, str(tmp_path / "env")]
    subprocess.run(command, cwd=ROOT, check=True, env={"PATH": os.environ["PATH"]})

    assert (tmp_path / "env").exists()
