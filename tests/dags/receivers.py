"""A real mail server and a real HTTP server on loopback, which keep the received messages."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword


@dataclass
class Mailbox:
    """The messages that a mail server accepted, and its successful logins."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def authenticate(self, server: object, session: object, envelope: object, how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"p@ss/word")


@contextmanager
def mail_server(*, login: bool = False) -> Iterator[Mailbox]:
    """Run a mail server; with ``login`` it accepts messages only after a login with the password p@ss/word."""
    with socket.create_server(("127.0.0.1", 0)) as probe:  # the controller needs a fixed port
        mailbox = Mailbox(port=probe.getsockname()[1])
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        authenticator=mailbox.authenticate,
        auth_required=login,
        auth_require_tls=False,
    )
    controller.start()
    yield mailbox
    controller.stop()


@dataclass
class Inbox:
    """The documents that were posted to a webhook; ``status`` is the status of its answers."""

    url: str = ""
    posted: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200


@contextmanager
def webhook() -> Iterator[Inbox]:
    """Run a receiver of webhooks."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            if inbox.status == 200:
                inbox.posted.append(json.loads(body))
            self.send_response(inbox.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        inbox.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield inbox
        server.shutdown()
        thread.join()
