"""The listening socket and its connections, a thread each."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from pathlib import Path

from local_sqlserver.engine.events import Engine
from local_sqlserver.tds.connection import Connection
from local_sqlserver.tds.handshake import TlsContexts

_log = logging.getLogger(__name__)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises OSError (EADDRINUSE) if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


class Server:
    """Accepts TDS connections (3.3) on a listening socket for one engine, which the caller closes.

    Raises ssl.SSLError or OSError if ``certificate`` (PEM with key and chain) cannot be loaded.
    """

    def __init__(self, engine: Engine, listener: socket.socket, certificate: Path) -> None:
        self._engine = engine
        self._tls = TlsContexts.of(certificate)
        self._listener = listener
        self._wake, self._waker = socket.socketpair()
        self._lock = threading.Lock()
        self._connections: dict[Connection, threading.Thread] = {}
        self._acceptor = threading.Thread(target=self._accept, name="tds acceptor")

    @property
    def address(self) -> tuple[str, int]:
        """The host and port of the listening socket."""
        host, port = self._listener.getsockname()[:2]
        return str(host), int(port)

    def start(self) -> None:
        """Start to accept connections."""
        self._acceptor.start()

    def close(self) -> None:
        """Stop accepting, cancel running requests, end every connection and wait for the threads."""
        self._waker.send(b"\0")
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            remaining = dict(self._connections)
        for connection in remaining:
            connection.abort()
        for thread in remaining.values():
            thread.join()
        self._wake.close()
        self._waker.close()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wake in ready:
                    return
                try:
                    client, address = self._listener.accept()
                except OSError as error:
                    _log.warning("accept: %s", error)
                    continue
                self._serve(client, f"{address[0]}:{address[1]}")

    def _serve(self, client: socket.socket, peer: str) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection = Connection(client, peer, self._engine, self._tls)
        thread = threading.Thread(target=self._run, args=(connection,), name=f"tds {peer}")
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _run(self, connection: Connection) -> None:
        try:
            connection.serve()
        finally:
            with self._lock:
                del self._connections[connection]
