"""Passes requests from granian's event loop on to a WSGI application in threads (PEP 3333).

A thread gets a request when all of it has arrived, and is free again when the response is built. So clients that send
or read slowly, or never finish, occupy no thread. granian's own WSGI interface would also read bodies first, but bodies
of any length into memory; here the rest of a body above the limit stays unread, and the application refuses it.
"""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined] # as its documentation says

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

BODY_SECONDS = 30
"""Time for a body to arrive; else 408. Headers have as long, which is granian's default."""

IDLE_SECONDS = 0.5
"""After so long without a request, a thread sees whether the process ends."""

WHOLE_BYTES = 1024 * 1024
"""A longer response is sent in parts, each when the client has taken the one before."""

NOT_ASCII = "\xff"
"""Stands for the value of a header that is not ASCII, which granian does not tell; no valid value of any header."""


@lru_cache(maxsize=1024)
def _key(header: str) -> str:
    """Return the name of a header in the WSGI environment."""
    return "HTTP_" + header.upper().replace("-", "_")


HEADERS_AT_ONCE = {
    name: _key(name)
    for name in (
        *("accept", "accept-encoding", "authorization", "if-none-match", "origin"),
        *("x-api-key", "x-forwarded-for", "x-request-id"),
    )
}

Headers = list[tuple[str, str]]
AtOnce = Callable[["WSGIEnvironment"], tuple[int, Headers, bytes] | None]
Result = TypeVar("Result")
RSGIApplication = Callable[[Scope, HTTPProtocol], Awaitable[None]]


def gateway(application: WSGIApplication, at_once: AtOnce, threads: int, max_body_bytes: int) -> RSGIApplication:
    """Return an application for granian's interface RSGI. Call it in the worker process, which owns the threads.

    ``at_once`` may answer a request in the event loop; it must not wait for anything. It gets the part of the WSGI
    environment that does not depend on a body, with the headers in HEADERS_AT_ONCE, and may add to it.
    """
    run = Threads(threads).run

    async def handle(scope: Scope, protocol: HTTPProtocol) -> None:
        head = _head(scope)
        if answer := at_once(head):
            return protocol.response_bytes(*answer)
        try:
            body = await _body(scope, protocol, max_body_bytes)
        except TimeoutError:
            return protocol.response_empty(HTTPStatus.REQUEST_TIMEOUT, [("Connection", "close")])
        respond = _Exchange(application, _environment(scope, body) | head)
        status, headers, content = await run(respond.start)
        if content is not None:
            return protocol.response_bytes(status, headers, content)
        try:
            transport = protocol.response_stream(status, headers)
            while part := await run(respond.next_part):
                await transport.send_bytes(part)
        except ProtocolClosed:
            pass  # the client has left
        finally:
            await run(respond.close)
        return None

    return handle


class Threads:
    """Threads that run functions for the event loop. An executor, with futures of its own, takes three times as long.

    When the process ends, they finish what they run, such as a sync whose client has left.
    """

    def __init__(self, count: int) -> None:
        self._waiting: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]]] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"request-{number}").start()

    def run(self, function: Callable[[], Result]) -> asyncio.Future[Result]:
        """Run a function in a thread; the future gets what it returns or raises."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.put((function, future))
        return future

    def _work(self) -> None:
        while threading.main_thread().is_alive():
            try:
                _answer(*self._waiting.get(timeout=IDLE_SECONDS))
            except Empty:
                continue


def _answer(function: Callable[[], Any], future: asyncio.Future[Any]) -> None:
    """Run a function in a thread, and end its future in the event loop, unless that has ended."""
    try:
        end, outcome = future.set_result, function()
    except BaseException as error:
        end, outcome = future.set_exception, error
    loop = future.get_loop()
    with suppress(RuntimeError):  # the event loop is closed
        loop.call_soon_threadsafe(lambda: future.done() or end(outcome))


def _head(scope: Scope) -> WSGIEnvironment:
    """Build the part of the WSGI environment that ``at_once`` gets."""
    environment: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
    }
    headers = scope.headers
    for name in headers.keys():  # noqa: SIM118 # granian's headers are no mapping
        if key := HEADERS_AT_ONCE.get(name):
            value = headers.get(name)
            environment[key] = NOT_ASCII if value is None else value
    return environment


async def _body(scope: Scope, protocol: HTTPProtocol, limit: int) -> bytes | None:
    """Read the body; None if it is longer than the limit. Raises TimeoutError."""
    headers = scope.headers
    if "transfer-encoding" not in headers:
        length = headers.get("content-length", "0")
        if length == "0":
            return b""
        if int(length) > limit:
            return None
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        async for part in protocol:
            body += part
            if len(body) > limit:
                return None
    return bytes(body)


def _environment(scope: Scope, body: bytes | None) -> WSGIEnvironment:
    """Build the rest of the WSGI environment. A body that is too long is left out, with a length that is refused."""
    server, _, port = scope.server.rpartition(":")
    environment: WSGIEnvironment = {
        "SCRIPT_NAME": "",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    known = scope.headers.items()
    for name, value in known:
        key = _key(name)
        environment[key] = f"{environment[key]},{value}" if key in environment else value
    for name in set(scope.headers.keys()).difference(name for name, _ in known):
        environment[_key(name)] = NOT_ASCII
    environment.pop("HTTP_TRANSFER_ENCODING", None)
    length = environment.pop("HTTP_CONTENT_LENGTH", "")
    environment["CONTENT_LENGTH"] = str(len(body)) if body is not None else length or str(sys.maxsize)
    environment["CONTENT_TYPE"] = environment.pop("HTTP_CONTENT_TYPE", "")
    return environment


class _Exchange:
    """A request and its response. Its methods run in threads, one after the other."""

    def __init__(self, application: WSGIApplication, environment: WSGIEnvironment) -> None:
        self._application, self._environment = application, environment
        self._status, self._headers = 0, Headers()
        self._parts: Iterable[bytes] = ()

    def start(self) -> tuple[int, Headers, bytes | None]:
        """Run the application; return status, headers and the whole body, or None for a body to be sent in parts."""
        self._parts = self._application(self._environment, self._start_response)
        length = next((int(value) for name, value in self._headers if name.lower() == "content-length"), 0)
        if length > WHOLE_BYTES and self._environment["REQUEST_METHOD"] != "HEAD":
            self._rest = iter(self._parts)
            return self._status, self._headers, None
        try:
            return self._status, self._headers, b"".join(self._parts)
        finally:
            self.close()

    def next_part(self) -> bytes:
        """Return the next part of the body, empty at its end."""
        return next((part for part in self._rest if part), b"")

    def close(self) -> None:
        """Tell the application that the response is finished."""
        if close := getattr(self._parts, "close", None):
            close()

    def _start_response(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
        if exc_info is not None and self._status:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._headers = int(status[:3]), headers
        return self._write

    def _write(self, part: bytes) -> object:
        raise NotImplementedError("The application must return its body, and not write it.")
