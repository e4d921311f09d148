"""How many requests the API answers, against the same endpoints written with FastAPI and with Flask and SQLAlchemy.

    python -m benchmarks.api --rounds 5 --seconds 4

On loopback, with wrk (one thread, connections kept open). All servers have two worker processes, the same cores, the
same Postgres and the same data: a generated drop, loaded by the warehouse and synced by the API. They answer the same
bytes, which is checked first; ``benchmarks.peers`` says what the peers do and what they leave out. One server at a
time gets requests: in each round each line is measured on each server, one after the other; the table has medians of
the rounds, and the ratio is the median of the rounds' ratios.

- API: the project's, as ``make up`` runs it.
- FastAPI: with asyncpg, under uvicorn with uvloop and httptools.
- Flask: with SQLAlchemy and psycopg, under gunicorn with as many threads as the API.

All of them are measured twice: each with the API's cache of answers, and each without.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.peers.contract import CACHED
from data.generate import BUSINESS_DATE, generate
from tests.postgres import as_login, embedded_postgres, prepare
from tests.warehouse import Warehouse, local_server

ROOT = Path(__file__).parents[1]
SCRIPT = Path(__file__).with_name("requests.lua")
SYNC_KEY = "the-key-of-the-measurement"
NO_LIMIT = 2**31 - 2
WORKERS, THREADS = 2, 4
SECONDS_TO_START = 30
LONGEST_SHOWN = 2000
PAGE = "/api/customers?limit=50"
MONTHS = "/api/sales?group_by=month"
DEEP = "50 customers, deep"
OWN_HEADERS = {"connection", "content-length", "date", "ratelimit", "server", "x-request-id"}
"""What may differ from server to server."""

REFUSED = {
    "/api/products/2147483646": 404,
    "/api/products/99999999999": 404,
    f"{PAGE}&limits=1": 422,
    "/api/customers?limit=0": 422,
    "/api/customers?limit=1001": 422,
    "/api/customers?limit=ten": 422,
    f"{PAGE}&cursor=none": 422,
}
"""Requests that every server has to refuse, and how."""


@dataclass(frozen=True)
class Server:
    """A server under measurement: its name and the command that runs it on a port."""

    name: str
    command: Sequence[str]
    port: int
    cached: bool

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Request(NamedTuple):
    """A GET, with an ETag for If-None-Match or without."""

    path: str
    tag: str = ""


class Figures(NamedTuple):
    """One measurement: requests a second, and the milliseconds that half and 99 of 100 stayed below."""

    rate: float
    p50: float
    p99: float


def servers() -> list[Server]:
    """List the servers, the API first, with the cache and then without."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--log-level", "warning", "--no-control-socket", "--bind"]
    threaded = ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    threaded += ["--keep-alive", "75", "--reuse-port", "--preload"]
    uvicorn = ["--log-level", "warning", "--no-access-log", "--workers", str(WORKERS)]
    uvicorn += ["--loop", "uvloop", "--http", "httptools"]
    commands = {
        "API": [sys.executable, "-m", "api.server", "--port", "PORT"],
        "FastAPI": [sys.executable, "-m", "uvicorn", *uvicorn, "--port", "PORT", "benchmarks.peers.with_fastapi:app"],
        "Flask": [*gunicorn, "127.0.0.1:PORT", *threaded, "benchmarks.peers.with_flask:app"],
    }
    ports = iter(free_ports(2 * len(commands)))
    return [
        Server(name, [part.replace("PORT", str(port)) for part in command], port, cached)
        for cached in (True, False)
        for (name, command), port in zip(commands.items(), ports, strict=False)
    ]


def free_ports(count: int) -> list[int]:
    """Find ports of loopback that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def running(server: Server, settings: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Run a server until the block ends. Raises RuntimeError with its log if it does not start."""
    path = folder / f"{server.port}.log"
    with path.open("wb") as log:
        cache = {CACHED: "true"} if server.cached else {"API_CACHE_MB": "0"}
        environment = {**os.environ, **settings, **cache}
        process = subprocess.Popen(server.command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while not answers(server):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{server.name} did not start:\n{path.read_text()}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def answers(server: Server) -> bool:
    """Whether a server takes connections and answers."""
    try:
        get(server, Request("/"))
    except OSError:
        return False
    return True


def get(server: Server, request: Request) -> Answer:
    """Send a request, once."""
    headers = {"If-None-Match": request.tag} if request.tag else {}
    return send(urllib.request.Request(server.url + request.path, headers=headers))


def send(request: urllib.request.Request) -> Answer:
    """Send a request past any proxy; an error is an answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=300) as answer:
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


def sync(api: Server) -> None:
    """Have the API copy what the warehouse has published."""
    request = urllib.request.Request(api.url + "/api/sync", method="POST", headers={"X-API-Key": SYNC_KEY})
    answer = send(request)
    if answer.status != 201:
        raise RuntimeError(f"The sync failed: {answer.body.decode()}")


def lines(api: Server, owner_url: str) -> dict[str, list[Request]]:
    """List the requests of each line of the table; they are sent in random order."""
    with psycopg.connect(owner_url) as connection:
        keys = [key for (key,) in connection.execute("SELECT product_key FROM serving.products ORDER BY 1")]
    products = [f"/api/products/{key}" for key in keys]
    deep = deep_page(api)
    return {
        "one product": [Request(path) for path in products],
        "50 customers": [Request(PAGE)],
        DEEP: [Request(deep)],
        "sales by month": [Request(MONTHS)],
        "304, one product": [Request(path, tag_of(api, path)) for path in products],
        "304, 50 customers": [Request(PAGE, tag_of(api, PAGE))],
    }


def deep_page(api: Server) -> str:
    """Return the address of a page near the end of the customers."""
    deep = following = "/api/customers?limit=1000"
    while following:
        deep, following = following, json.loads(get(api, Request(following)).body)["next"]
    return deep.replace("limit=1000", "limit=50")


def of_unknown_run(deep: str) -> str:
    """Return a cursor like that of an address, of a run that there is not."""
    text = deep.partition("cursor=")[2]
    _, *place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return base64.urlsafe_b64encode(json.dumps([2**31 - 1, *place]).encode()).rstrip(b"=").decode()


def tag_of(api: Server, path: str) -> str:
    """Return the current ETag of an address."""
    return get(api, Request(path)).headers["etag"]


def compare(api: Server, others: Sequence[Server], asked: Sequence[Request]) -> None:
    """Require the same answers of all servers: status, headers, bytes. Raises RuntimeError."""
    for request in asked:
        expected = comparable(get(api, request))
        for other in others:
            found = comparable(get(other, request))
            if found != expected:
                raise RuntimeError(
                    f"{other.name} answers {request} with\n{str(found)[:LONGEST_SHOWN]}\n"
                    f"and {api.name} with\n{str(expected)[:LONGEST_SHOWN]}"
                )


def comparable(answer: Answer) -> Answer:
    """Leave out of an answer what may differ."""
    own = OWN_HEADERS | ({"content-security-policy"} if answer.status == 304 else set())
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    if "vary" in headers:
        headers["vary"] = ", ".join(sorted(re.split(r",\s*", headers["vary"])))
    return Answer(answer.status, headers, answer.body)


def require_refusals(all_servers: Sequence[Server], refused: Mapping[str, int]) -> None:
    """Require of every server that it refuses what the contract says. Raises RuntimeError."""
    for server in all_servers:
        for path, status in refused.items():
            answer = get(server, Request(path))
            if (answer.status, answer.headers["content-type"]) != (status, "application/problem+json"):
                raise RuntimeError(f"{server.name} answers {path} with {answer}, and not with {status}")


def measure(server: Server, requests: Path, seconds: int, connections: int) -> Figures:
    """Run wrk once. Raises RuntimeError when an answer was an error or a connection broke."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT), server.url, "--", str(requests)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.endswith("}\n"):
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    if found["bad_status"] or found["bad_connection"] or not found["requests"]:
        raise RuntimeError(f"{server.name}: {found}")
    return Figures(found["requests"] / found["microseconds"] * 1e6, found["p50"] / 1e3, found["p99"] / 1e3)


def wait_until_idle(connection: psycopg.Connection[tuple[int]]) -> None:
    """Wait until Postgres runs no statement: a server ends those whose client has left, beside the next one's."""
    active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
    while any(count for (count,) in connection.execute(active)):
        time.sleep(0.1)


def show(console: Console, title: str, found: Mapping[str, Mapping[str, Sequence[Figures]]]) -> None:
    """Print the table: line → server → the rounds' figures."""
    table = Table(title=title)
    for heading in ("line", "server", "requests/s", "lowest–highest", "p50 ms", "p99 ms", "API ÷ server"):
        table.add_column(heading, justify="left" if heading in ("line", "server") else "right")
    for line, by_server in found.items():
        ours = next(iter(by_server.values()))
        for number, (name, rounds) in enumerate(by_server.items()):
            rates = [figures.rate for figures in rounds]
            ratio = statistics.median(mine.rate / its.rate for mine, its in zip(ours, rounds, strict=True))
            table.add_row(
                line if number == 0 else "",
                name,
                f"{statistics.median(rates):,.0f}",
                f"{min(rates):,.0f}–{max(rates):,.0f}",
                f"{statistics.median(figures.p50 for figures in rounds):.2f}",
                f"{statistics.median(figures.p99 for figures in rounds):.2f}",
                f"{ratio:.2f}" if number else "",
                end_section=number == len(by_server) - 1,
            )
    console.print(table)


@contextmanager
def prepared(folder: Path, scale: float, all_servers: Sequence[Server], console: Console) -> Iterator[str]:
    """Run Postgres and the servers on a synced day until the block ends; gives the owner's URL."""
    with ExitStack() as stack:
        url = stack.enter_context(embedded_postgres())
        prepare(url)
        settings = {
            "SERVING_DATABASE_URL": url,
            "SERVING_DATABASE_URL_LOADER": as_login(url, "loader"),
            "SERVING_DATABASE_URL_API": as_login(url, "api"),
        }
        with local_server(folder) as warehouse_server:
            settings |= {
                "WAREHOUSE_ODBC_READER": warehouse_server.odbc,
                "API_SYNC_KEY": SYNC_KEY,
                "API_RATE_LIMIT": str(NO_LIMIT),
            }
            for server in all_servers:
                stack.enter_context(running(server, settings, folder))
            require_refusals(all_servers, dict.fromkeys(["/api/products/1", PAGE, MONTHS], 503))
            console.print(f"loading and syncing a drop of scale {scale:g}")
            generate(folder / "drop", scale=scale, seed=1, as_of=BUSINESS_DATE)
            warehouse = Warehouse(warehouse_server)
            warehouse.rebuild()
            warehouse.load(folder / "drop", BUSINESS_DATE)
            sync(all_servers[0])
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # as autovacuum would within a minute, but not while measuring
        yield url


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1, help="size of the drop (default: 1)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement (default: 4)")
    parser.add_argument("--connections", type=int, default=16, help="default: 16")
    options = parser.parse_args()
    console = Console()
    api, *others = all_servers = servers()
    with (
        tempfile.TemporaryDirectory(prefix="bench-api-") as name,
        prepared(Path(name), options.scale, all_servers, console) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        asked = lines(api, url)
        compare(api, others, [request for requests in asked.values() for request in requests])
        unknown = of_unknown_run(asked[DEEP][0].path)
        require_refusals(all_servers, {**REFUSED, f"{PAGE}&cursor={unknown}": 410, f"{MONTHS}&cursor={unknown}": 422})
        files = {line: Path(name) / f"requests-{number}" for number, line in enumerate(asked)}
        for line, file in files.items():
            file.write_text("".join(f"{request.path}\t{request.tag}\n" for request in asked[line]))
        found: dict[bool, dict[str, dict[str, list[Figures]]]] = {
            cached: {line: {each.name: [] for each in all_servers if each.cached == cached} for line in asked}
            for cached in (True, False)
        }
        for number in range(options.rounds + 1):
            console.print(f"round {number} of {options.rounds}" if number else "warming up")
            for line, file in files.items():
                for server in all_servers:
                    seconds = options.seconds if number else min(options.seconds, 2)
                    wait_until_idle(connection)
                    figures = measure(server, file, seconds, options.connections)
                    if number:
                        found[server.cached][line][server.name].append(figures)
    title = (
        f"wrk -t1 -c{options.connections}, {os.cpu_count()} cores, {WORKERS} workers each,"
        f" median of {options.rounds} rounds of {options.seconds} s"
    )
    for cached, by_line in found.items():
        show(console, f"{'with' if cached else 'without'} kept answers: {title}", by_line)


if __name__ == "__main__":
    main()
