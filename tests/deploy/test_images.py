"""The images contain everything that runs in them, and all of it is pinned."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import new_database
from tests.deploy.images import IMAGES, read
from tests.postgres import embedded_postgres
from tests.warehouse import ROOT

DOCKERFILES = ("docker/api/Dockerfile", "docker/airflow/Dockerfile")
LOCKS = sorted(file.name for file in ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_the_base_is_one_exact_version_and_the_user_is_not_root(dockerfile: str) -> None:
    text = (ROOT / dockerfile).read_text(encoding="utf-8")
    (base,) = re.findall(r"^ARG PYTHON_IMAGE=(.*)$", text, re.MULTILINE)
    assert re.fullmatch(r"python:3\.12\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) <= {"${PYTHON_IMAGE}", "airflow"}
    image = read(dockerfile)
    assert image.uid in image.users.values()


def test_the_images_stand_on_the_same_base() -> None:
    bases = {
        re.search(r"^ARG PYTHON_IMAGE=.*$", (ROOT / each).read_text(encoding="utf-8"), re.M) for each in DOCKERFILES
    }
    assert len({base[0] for base in bases if base}) == 1


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_nothing_is_installed_but_files_whose_hash_is_in_a_lock(dockerfile: str) -> None:
    text = (ROOT / dockerfile).read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"(?:pip|uv) install .*", text)
    assert installs
    for install in installs:
        locked = re.search(r" --no-deps .*--require-hashes -r /build/requirements-\w+\.txt", install)
        assert locked or " --no-deps --no-index --no-build-isolation /build/local_sqlserver" in install, install


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_hashes_and_names_no_index(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pins = [line for line in lines if not line.lstrip().startswith("#")]
    assert pins
    for pin in pins:
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", pin), pin[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_update_bot_can_make_a_lock_again(lock: str) -> None:
    command = (ROOT / lock).read_text(encoding="utf-8").splitlines()[1]
    options = r"(--universal|--generate-hashes|--python-version=3\.11|--constraint=requirements\.txt|--output-file=\S+)"
    source = lock.replace(".txt", ".in")
    assert re.fullmatch(rf"#    uv pip compile ({options} )+{re.escape(source)}", command), command


@pytest.mark.parametrize("name", ["api", "airflow", "standin"])
def test_an_images_packages_are_those_of_everything_else(name: str) -> None:
    def pins(file: str) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        return dict(found)

    everything, own = pins("requirements.txt"), pins(f"requirements-{name}.txt")
    assert own
    assert own.items() <= everything.items()


def built(name: str, environments: dict[str, Path], folder: Path) -> Path:
    """Build the contents of an image in a folder: its virtual environment and the copied files."""
    dockerfile, target = IMAGES[name]
    (folder / "venv").symlink_to(environments[name])
    for source, place in read(dockerfile, target).copies.items():
        subprocess.run(["cp", "-r", str(ROOT / source), f"{folder}/{Path(place).name}"], check=True)
    (driver,) = re.findall(r"/opt/(venv/\S+/libmsodbcsql\S+)", (ROOT / dockerfile).read_text(encoding="utf-8"))
    assert len(list(folder.glob(driver))) == 1, "the Dockerfile's pattern is to name one driver"
    return folder


@pytest.fixture
def image_of_the_api(environments: dict[str, Path], tmp_path: Path) -> Path:
    return built("sales-warehouse-api", environments, tmp_path)


@pytest.fixture
def database() -> Iterator[str]:
    with embedded_postgres() as url, new_database(url, "template1") as own:
        yield own


def test_the_api_migrates_and_answers_from_its_image(image_of_the_api: Path, database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"PATH": f"{image_of_the_api}/venv/bin:{os.environ['PATH']}", "SERVING_DATABASE_URL": database}
    environment |= {"WAREHOUSE_ODBC_READER": "DRIVER={none}", "API_SYNC_KEY": "a key"}
    migrate = ["python", "-m", "alembic", "upgrade", "head"]
    subprocess.run(migrate, cwd=image_of_the_api, env=environment, check=True, capture_output=True)
    command = [part.replace("0.0.0.0", "127.0.0.1") for part in read("docker/api/Dockerfile").command]
    command += ["--port", str(port)]
    with subprocess.Popen(command, cwd=image_of_the_api, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            answer = _first_answer(f"http://127.0.0.1:{port}/health/live", server)
            assert answer.json() == {"status": "ok"}
            for page in ("/dashboards/sales", "/docs", "/docs/scalar.standalone.js", "/openapi.json"):
                assert httpx.get(f"http://127.0.0.1:{port}{page}").status_code == 200, page
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def test_airflow_reads_the_dags_in_its_image(environments: dict[str, Path], tmp_path: Path) -> None:
    folder = built("sales-warehouse-airflow", environments, tmp_path)
    places = {"PATH": f"{folder}/venv/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    environment = {
        name: value.replace("/opt/warehouse", str(folder)).replace("/opt/airflow", str(tmp_path / "airflow"))
        for name, value in read("docker/airflow/Dockerfile", "airflow").environment.items()
    }
    bag = (
        "from airflow.dag_processing.dagbag import DagBag; from airflow.plugins_manager import get_import_errors;"
        " bag = DagBag(); print(*sorted(bag.dags), bag.import_errors or '', get_import_errors() or '')"
    )
    done = subprocess.run(
        [str(folder / "venv" / "bin" / "python"), "-c", bag],
        cwd=folder,
        env=environment | places,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].split() == [
        "sales_serving",
        "sales_warehouse",
        "warehouse_maintenance",
        "warehouse_schema",
    ]


def _first_answer(url: str, server: subprocess.Popen[str]) -> httpx.Response:
    for _ in range(300):
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert server.poll() is None, server.stderr.read() if server.stderr else ""
            time.sleep(0.1)
    raise AssertionError("the API does not answer")


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_the_builder_gets_only_the_copied_files(dockerfile: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored, "the builder gets the whole folder, .env and all"
    text = (ROOT / dockerfile).read_text(encoding="utf-8")
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        for source in sources.split():
            allowed = f"!{source}" in ignored or (source.startswith("requirements") and "!requirements*.txt" in ignored)
            assert allowed, f"{source} is kept from the builder"
