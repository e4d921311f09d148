"""Microsoft's SQL tools service, the server behind Azure Data Studio and mssql-cli: JSON-RPC over its streams."""

from __future__ import annotations

import ctypes.util
import itertools
import json
import os
import queue
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Message = dict[str, Any]

SECONDS = 180
"""How long a test waits for a message before it fails."""


class ToolsService:
    """A running service. Use it as a context manager; its messages are read in a thread of its own.

    ``packages`` is the folder with the wheels of ``tools_service/requirements.txt``, ``folder`` takes its log.
    """

    def __init__(self, packages: Path, folder: Path) -> None:
        program = packages / "mssqlcli" / "mssqltoolsservice" / "bin" / "MicrosoftSqlToolsServiceLayer"
        program.chmod(0o755)  # the wheel lacks the bit
        libraries = folder / "libraries"
        libraries.mkdir()
        for name in ("libssl", "libcrypto"):  # .NET Core 2.2 takes OpenSSL 1.1 alone
            (found,) = packages.glob(f"psycopg2_binary.libs/{name}-*.so.1.1")
            (libraries / f"{name}.so.1.1").symlink_to(found)
            (libraries / found.name).symlink_to(found)
        icu = re.search(r"\d+$", ctypes.util.find_library("icuuc") or "")
        assert icu is not None, "libicu is not installed"
        self._process = subprocess.Popen(
            [program, "--log-file", folder / "tools_service.log", "--locale", "en"],
            env={
                **os.environ,
                "LD_LIBRARY_PATH": str(libraries),
                "CLR_ICU_VERSION_OVERRIDE": f"{icu[0]}.1",
                "HOME": str(folder),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._ids = itertools.count(1)
        self._arrived: queue.Queue[Message] = queue.Queue()
        self._kept: list[Message] = []
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        while line := output.readline():
            length = int(line.split(b":")[1])
            while output.readline().strip():
                pass
            self._arrived.put(json.loads(output.read(length)))

    def _take(self, fits: Callable[[Message], bool], what: str) -> Message:
        for message in self._kept:
            if fits(message):
                self._kept.remove(message)
                return message
        while True:
            try:
                message = self._arrived.get(timeout=SECONDS)
            except queue.Empty:
                raise AssertionError(f"no {what} from the tools service; it sent {self._kept}") from None
            if fits(message):
                return message
            self._kept.append(message)

    def notify(self, method: str, **parameters: Any) -> None:
        """Send a notification, which has no answer."""
        self._send({"method": method, "params": parameters})

    def _send(self, message: Message) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self._process.stdin.flush()

    def request(self, method: str, **parameters: Any) -> Any:
        """Call a method and return its result; an error of the service fails the test."""
        number = str(next(self._ids))
        self._send({"id": number, "method": method, "params": parameters})
        answer = self._take(lambda message: message.get("id") == number, f"answer to {method}")
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def event(self, method: str, **parameters: Any) -> Any:
        """Wait for a notification with these parameters and return all of its parameters."""

        def fits(message: Message) -> bool:
            return message.get("method") == method and all(
                message["params"].get(name) == value for name, value in parameters.items()
            )

        return self._take(fits, method)["params"]
