"""One client from login to logout: it passes requests to the engine and sends events as tokens (3.3.5)."""

from __future__ import annotations

import logging
import queue
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

from local_sqlserver.engine.events import Engine, Error, Event, Session
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.tds.buffer import ProtocolError
from local_sqlserver.tds.bulk import parse_bulk_load
from local_sqlserver.tds.handshake import Negotiated, TlsContexts, negotiate
from local_sqlserver.tds.login import TDS_7_3, TDS_7_4, TDS_8_0, Feature, Login
from local_sqlserver.tds.packets import MAX_MESSAGE, Message, PacketReader, PacketType, PacketWriter, Status
from local_sqlserver.tds.requests import parse_batch, parse_rpc, parse_transaction
from local_sqlserver.tds.tls import PeerGone
from local_sqlserver.tds.token_stream import (
    DoneStatus,
    EnvChange,
    ResponseEncoder,
    Token,
    done,
    environment_bytes,
    environment_text,
    login_response,
)

LOGIN_TIMEOUT = 30
"""Seconds after which a silent client that is not logged in is disconnected."""

_log = logging.getLogger(__name__)


class Connection:
    """Serves one client in the thread that calls ``serve``; any other thread may call ``abort``."""

    def __init__(self, connection: socket.socket, peer: str, engine: Engine, tls: TlsContexts) -> None:
        self._connection = connection
        self._peer = peer
        self._engine = engine
        self._tls = tls

    def serve(self) -> None:
        """Serve the client until it disconnects, breaks the protocol or gets a fatal error."""
        try:
            self._connection.settimeout(LOGIN_TIMEOUT)
            client = negotiate(self._connection, self._tls)
            if client is not None and (session := self._log_in(client)) is not None:
                self._connection.settimeout(None)
                try:
                    self._converse(client, session)
                finally:
                    session.close()
        except ProtocolError as error:
            _log.warning("%s: connection closed: %s", self._peer, error)
        except PeerGone:
            _log.info("%s: client disconnected during a response", self._peer)
        except Exception:
            _log.exception("%s: connection closed by an internal error", self._peer)
        finally:
            self._connection.close()

    def abort(self) -> None:
        """End the connection from another thread; the client sees the end of the stream."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            _log.debug("%s: already closed", self._peer)

    def _log_in(self, client: Negotiated) -> Session | None:
        """Answer LOGIN7 (3.3.5.3): LOGINACK and the session's environment, or the error that refuses it."""
        login, writer = client.login, client.writer
        try:
            _check(login)
            session = self._engine.login(login.user, login.password, login.database, login.application, login.host)
        except SqlError as refusal:
            _log.warning("%s: login of %r failed: %s", self._peer, login.user, refusal)
            for piece in ResponseEncoder(self._engine.server_name).encode([_error(refusal)], Token.DONE):
                writer.write(piece)
            writer.finish()
            return None
        writer.spid = session.spid & 0xFFFF
        writer.write(
            login_response(
                database=session.database,
                packet_size=login.packet_size,
                tds_version=TDS_8_0 if login.tds_version == TDS_8_0 else min(login.tds_version, TDS_7_4),
                features=login.features,
                server_name=self._engine.server_name,
            )
        )
        writer.finish()
        writer.packet_size = login.packet_size
        _log.info(
            "%s: login of %r to %r, application %r on %r, encryption %s, session %d",
            *(self._peer, login.user, session.database, login.application, login.host),
            *(client.encryption, session.spid),
        )
        return session

    def _converse(self, client: Negotiated, session: Session) -> None:
        client.reader.max_message = MAX_MESSAGE
        receiver = Receiver(client.reader, session, self._peer)
        receiver.start()
        try:
            Responder(session, client.writer, receiver, self._engine.server_name, self._peer).run()
        finally:
            self.abort()
            receiver.join()


class Receiver:
    """The receiving side: a thread that reads messages, so that an Attention arrives while a request runs.

    It queues at most one message, because a client sends no other before it has the response (3.3.5.9).
    """

    def __init__(self, reader: PacketReader, session: Session, peer: str) -> None:
        self._reader = reader
        self._session = session
        self._peer = peer
        self._messages: queue.Queue[Message | None] = queue.Queue(maxsize=1)
        self._lock = threading.Lock()
        self._running = False
        self._ended = False
        self._attention = False
        self._thread = threading.Thread(target=self._receive, name=f"tds receiver {peer}")

    def start(self) -> None:
        """Start to read."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the thread after the socket was shut down; a queued message is dropped."""
        while not self._ended:
            self.next()
        self._thread.join()

    def next(self) -> Message | None:
        """Wait for the next message; None after the last."""
        message = self._messages.get()
        self._ended = message is None
        return message

    @contextmanager
    def cancelling(self) -> Iterator[bool]:
        """In this block, an Attention cancels the session's request; yields False if one is already waiting."""
        with self._lock:
            self._running = not self._attention
        try:
            yield self._running
        finally:
            with self._lock:
                self._running = False

    @property
    def attention(self) -> bool:
        """Whether an Attention waits for its acknowledgment."""
        return self._attention

    def acknowledge(self) -> bool:
        """Take the waiting Attention; False if it was already taken."""
        with self._lock:
            waiting, self._attention = self._attention, False
        return waiting

    def _receive(self) -> None:
        try:
            while (message := self._reader.read_message()) is not None:
                if message.type is PacketType.ATTENTION:
                    self._cancel(attention=True)
                self._messages.put(message)
        except ProtocolError as error:
            _log.warning("%s: connection closed: %s", self._peer, error)
        except Exception:
            _log.exception("%s: connection closed by an internal error", self._peer)
        finally:
            self._cancel(attention=False)
            self._messages.put(None)

    def _cancel(self, *, attention: bool) -> None:
        with self._lock:
            self._attention = self._attention or attention
            if self._running:
                self._session.cancel()


class Responder:
    """The responding side: runs one request after the other and sends its tokens."""

    def __init__(self, session: Session, writer: PacketWriter, receiver: Receiver, server_name: str, peer: str) -> None:
        self._session = session
        self._writer = writer
        self._receiver = receiver
        self._server_name = server_name
        self._peer = peer

    def run(self) -> None:
        """Respond to requests until the client disconnects or an error of severity 20 or more ends the connection."""
        while (message := self._receiver.next()) is not None:
            if message.type is PacketType.ATTENTION:
                self._acknowledge_attention()
            elif message.status & Status.IGNORE:
                self._send(done(Token.DONE, DoneStatus.ERROR))  # 2.2.1.7: cancelled by the client while it was sent
            elif not self._answer(message):
                return

    def _acknowledge_attention(self) -> None:
        """Acknowledge an Attention after the response to its request (3.3.5.9)."""
        if self._receiver.acknowledge():
            self._send(done(Token.DONE, DoneStatus.ATTENTION))

    def _send(self, tokens: bytes) -> None:
        self._writer.write(tokens)
        self._writer.finish()

    def _answer(self, message: Message) -> bool:
        """Run one request and send its tokens; False if the connection must end."""
        encoder = ResponseEncoder(self._server_name)
        try:
            self._stream(self._tokens(message, encoder), encoder)
        except (ProtocolError, PeerGone):
            raise
        except SqlError as refusal:
            self._stream(encoder.encode([_error(refusal)], _last_token(message)), encoder)
        except Exception as failure:
            _log.exception("%s: internal error, session %d", self._peer, self._session.spid)
            text = f"Internal error of local_sqlserver, see its log: {type(failure).__name__}: {failure}"
            self._stream(encoder.encode([Error(3624, text, severity=20)], _last_token(message)), encoder)
        self._writer.finish()
        return not encoder.fatal

    def _stream(self, pieces: Generator[bytes, None, None], encoder: ResponseEncoder) -> None:
        """Send pieces of whole tokens; an Attention ends them early with a DONE.

        The acknowledgment is a message of its own, because a client may wait for the end of the response first.
        """
        with closing(pieces):
            while not self._receiver.attention:
                piece = next(pieces, None)
                if piece is None:
                    return
                self._writer.write(piece)
        if not encoder.ended:
            self._writer.write(done(Token.DONE, DoneStatus.ERROR))

    def _tokens(self, message: Message, encoder: ResponseEncoder) -> Generator[bytes, None, None]:
        yield from self._reset(message.status)
        match message.type:
            case PacketType.SQL_BATCH:
                yield from self._run(self._session.batch(parse_batch(message.data)), encoder, Token.DONE)
            case PacketType.RPC:
                yield from self._calls(message.data, encoder)
            case PacketType.TRANSACTION_MANAGER:
                events = self._session.transaction(parse_transaction(message.data))
                yield from self._run(events, encoder, Token.DONE)
            case PacketType.BULK_LOAD:
                events = self._session.bulk_load(*parse_bulk_load(message.data))
                yield from self._run(events, encoder, Token.DONE)
            case _:
                raise ProtocolError(f"{message.type.name} message after login")

    def _calls(self, data: bytes, encoder: ResponseEncoder) -> Iterator[bytes]:
        calls = parse_rpc(data)
        call = next(calls, None)
        if call is None:
            raise ProtocolError("RPC request without a call")
        while call is not None and not encoder.fatal:
            following = next(calls, None)
            events = self._session.procedure(call.name, call.parameters)
            yield from self._run(events, encoder, Token.DONEPROC, more=following is not None)
            call = following

    def _run(
        self, events: Iterator[Event], encoder: ResponseEncoder, last: Token, *, more: bool = False
    ) -> Iterator[bytes]:
        """Encode the events of one call; if the caller stops early, the engine's generator is closed at once."""
        try:
            with self._receiver.cancelling() as running:
                if running:
                    yield from encoder.encode(events, last, more=more)
                else:
                    yield b""  # the caller checks for an Attention after each piece
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()

    def _reset(self, status: Status) -> Iterator[bytes]:
        """Reset the session before the request runs (RESETCONNECTION, 2.2.3.1.2); ENVCHANGE 18 acknowledges it."""
        if status & Status.RESET_CONNECTION_KEEP_TRANSACTION:
            raise unsupported("RESETCONNECTIONSKIPTRAN")
        if not status & Status.RESET_CONNECTION:
            return
        before = self._session.database
        self._session.reset()
        yield environment_bytes(EnvChange.RESET_ACKNOWLEDGED, b"", b"")
        if self._session.database != before:
            yield environment_text(EnvChange.DATABASE, self._session.database, before)


def _error(refusal: SqlError) -> Error:
    return Error(refusal.number, refusal.message, refusal.severity, refusal.state, refusal.line, refusal.procedure)


def _last_token(message: Message) -> Token:
    return Token.DONEPROC if message.type is PacketType.RPC else Token.DONE


def _check(login: Login) -> None:
    """Refuse kinds of login that this server does not support (2.2.6.4)."""
    if login.tds_version != TDS_8_0 and login.tds_version < TDS_7_3:
        raise unsupported(f"TDS before 7.3 (the client uses 0x{login.tds_version:08X})")
    if login.integrated:
        raise sql_error(18452, " Integrated authentication is not supported by local_sqlserver: use a SQL login.")
    if Feature.FEDERATED_AUTHENTICATION in login.features:
        raise sql_error(
            18456, login.user, " Federated authentication is not supported by local_sqlserver: use a SQL Server login."
        )
    if login.changes_password:
        raise unsupported("A change of password at login")
