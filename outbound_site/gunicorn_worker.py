"""Gunicorn's thread worker, with each request received whole before a thread takes it.

Gunicorn 27 reads headers and bodies in the threads that serve requests and sets no limit to the time: as many
slow clients as there are threads stop the server (benoitc/gunicorn#2222). Here the one loop that watches all
connections receives; a client that sends slowly, or stops half-way, costs a connection and no thread.
"""

import errno
import re
import selectors
import socket
import struct
import time
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from gunicorn import http
from gunicorn.errors import ConfigError
from gunicorn.workers.gthread import TConn, ThreadWorker

# For the whole header, from the connection's or the request's beginning.
HEADER_SECONDS = 10
# For the body: so long, and a second more for each BODY_RATE bytes (the defaults of Apache's mod_reqtimeout).
BODY_SECONDS = 20
BODY_RATE = 500
# For each piece of an answer that the client does not take.
SEND_SECONDS = 30
# How long a connection that is being closed is read from: else the client may lose the end of its answer.
LINGER_SECONDS = 2
LOOK_SECONDS = 0.5
MAX_HEADER = 128 * 1024
# What a request takes in memory before it moves to a temporary file.
IN_MEMORY = 64 * 1024
RECEIVE_SIZE = 1024 * 1024

LENGTH = re.compile(rb"^content-length[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
TRANSFER_ENCODING = re.compile(rb"^transfer-encoding[ \t]*:", re.IGNORECASE | re.MULTILINE)
MULTIPART = re.compile(rb"^content-type[ \t]*:[ \t]*multipart/", re.IGNORECASE | re.MULTILINE)
EXPECTS_CONTINUE = re.compile(rb"^expect[ \t]*:[ \t]*100-continue", re.IGNORECASE | re.MULTILINE)


class LengthBody:
    """Finds the end of a body by its declared length."""

    def __init__(self, length: int) -> None:
        self.missing = length

    def end_in(self, data: bytes) -> int | None:
        """Where in this next piece the body ends; None if it goes on."""
        if len(data) < self.missing:
            self.missing -= len(data)
            return None
        end, self.missing = self.missing, 0
        return end


class ChunkedBody:
    """Finds the end of a chunked body (RFC 9112, section 7.1). Gunicorn checks and decodes it later."""

    def __init__(self) -> None:
        self.to_skip = 0
        self.payload = 0
        self.line = b""
        self.in_trailers = False

    def end_in(self, data: bytes) -> int | None:
        position = 0
        while position < len(data):
            if self.to_skip:
                step = min(self.to_skip, len(data) - position)
                self.to_skip -= step
                self.payload += step
                position += step
                continue
            newline = data.find(b"\n", position)
            self.line += data[position : newline + 1 or None]
            if newline < 0:
                return len(data) if len(self.line) > MAX_HEADER else None
            position = newline + 1
            if self.ends_with(self.line.strip()):
                return position
            self.line = b""
        return None

    def ends_with(self, line: bytes) -> bool:
        if self.in_trailers:
            return not line
        size = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
            return True  # Gunicorn refuses it.
        if not int(size, 16):
            self.in_trailers = True
        else:
            self.to_skip = int(size, 16) + 2  # Each chunk is followed by a line end.
            self.payload -= 2
        return False


class Incoming:
    """What has come of one request."""

    def __init__(self) -> None:
        self.began_at = time.monotonic()
        self.deadline = self.began_at + HEADER_SECONDS
        self.header = bytearray()
        self.body: LengthBody | ChunkedBody | None = None
        self.body_size = 0
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115, closed when the request is served
        self.surplus = b""
        self.is_complete = False
        self.expects_continue = False
        # After it nobody can say where the next request begins.
        self.is_last = False

    def add(self, data: bytes) -> None:
        if self.body is not None:
            self.add_body(data)
            return
        searched = max(len(self.header) - 3, 0)
        self.header += data
        end = self.header.find(b"\r\n\r\n", searched) + 4
        if end >= 4:
            rest = bytes(self.header[end:])
            del self.header[end:]
            self.file.write(self.header)
            self.began_at = time.monotonic()
            self.body = self.announced_body()
            self.add_body(rest)

    def announced_body(self) -> LengthBody | ChunkedBody:
        header = bytes(self.header)
        lengths = [value.strip() for value in LENGTH.findall(header)]
        self.expects_continue = bool(EXPECTS_CONTINUE.search(header))
        if TRANSFER_ENCODING.search(header):
            self.is_last = True
            return ChunkedBody()
        if not lengths:
            return LengthBody(0)
        if len(lengths) > 1 or not re.fullmatch(rb"[0-9]{1,15}", lengths[0]):
            self.hand_over_unread()  # Gunicorn refuses it.
        elif int(lengths[0]) > settings.MAX_BODY_BYTES and not MULTIPART.search(header):
            self.hand_over_unread()  # Refused by its length. Only files that people upload may be longer.
        else:
            return LengthBody(int(lengths[0]))
        return LengthBody(0)

    def hand_over_unread(self) -> None:
        self.is_complete = self.is_last = True

    def add_body(self, data: bytes) -> None:
        assert self.body is not None
        end = self.body.end_in(data)
        self.file.write(data[:end])
        self.body_size += len(data[:end])
        self.deadline = self.began_at + BODY_SECONDS + self.body_size / BODY_RATE
        if end is not None:
            self.is_complete, self.surplus = True, data[end:]
        elif isinstance(self.body, ChunkedBody) and (
            self.body.payload > settings.MAX_BODY_BYTES or self.body_size > 10 * settings.MAX_BODY_BYTES
        ):
            self.hand_over_unread()

    def pieces(self) -> Any:
        """The request, for gunicorn's parser."""
        self.file.seek(0)
        return iter(partial(self.file.read, IN_MEMORY), b"")


class Connection(TConn):
    """A connection; its last bytes are waited for by the worker's loop, not in it."""

    incoming: Incoming
    worker: "ReceivingWorker"

    def close(self, graceful: bool = False) -> None:
        if graceful:
            self.worker.linger(self)
        else:
            super().close()


class ReceivingWorker(ThreadWorker):
    """All methods but `handle` and `handle_request` run in the thread of the loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receiving: set[Connection] = set()
        self.lingering: dict[socket.socket, float] = {}
        self.looked_at = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        if cfg.is_ssl:
            raise ConfigError("TLS ends in the proxy (docs/operating.md); this worker speaks HTTP")
        super().check_config(cfg, log)

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            # Without a free descriptor the connection waits until another one is closed.
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE):
                raise
            return
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        connection = Connection(self.cfg, client, address, listener.getsockname())
        connection.worker = self
        self.nr_conns += 1
        self.enqueue_req(connection)

    def enqueue_req(self, conn: Connection) -> None:
        """Receive the next request of a connection, whether new, kept alive or read ahead."""
        conn.incoming = Incoming()
        conn.sock.setblocking(False)
        self.receiving.add(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.receive, conn))
        read_ahead = conn.parser.unreader.take_buffered() if conn.parser else b""
        if read_ahead:
            self.take(conn, read_ahead)
        else:
            self.receive(conn, conn.sock)

    def receive(self, conn: Connection, sock: socket.socket) -> None:
        try:
            data = sock.recv(RECEIVE_SIZE if conn.incoming.body else IN_MEMORY)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.take(conn, data)
        else:
            self.drop(conn)

    def take(self, conn: Connection, data: bytes) -> None:
        incoming = conn.incoming
        try:
            incoming.add(data)
        except OSError as error:  # For example a full disk.
            self.log.error("A request could not be received: %s", error)
            self.refuse(conn, b"507 Insufficient Storage")
            return
        if incoming.is_complete:
            self.stop_receiving(conn)
            conn.parser = http.get_parser(self.cfg, incoming.pieces(), conn.client)
            conn.initialized = True
            super().enqueue_req(conn)
        elif incoming.body is None and len(incoming.header) > MAX_HEADER:
            self.refuse(conn, b"431 Request Header Fields Too Large")
        elif incoming.expects_continue:
            incoming.expects_continue = False
            self.send(conn, b"HTTP/1.1 100 Continue\r\n\r\n")

    def stop_receiving(self, conn: Connection) -> None:
        self.receiving.discard(conn)
        self.poller.unregister(conn.sock)

    def drop(self, conn: Connection) -> None:
        self.stop_receiving(conn)
        conn.incoming.file.close()
        self.nr_conns -= 1
        conn.close()

    def refuse(self, conn: Connection, status: bytes) -> None:
        self.send(conn, b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
        self.stop_receiving(conn)
        conn.incoming.file.close()
        self.nr_conns -= 1
        self.linger(conn)

    def send(self, conn: Connection, line: bytes) -> None:
        """A line that a client with a full buffer misses."""
        try:
            conn.sock.send(line)
        except OSError as error:
            self.log.debug("A client cannot be written to: %s", error)

    def murder_pending(self) -> None:
        """Close what has run out of time. Called after each turn of the loop, also while the server ends."""
        now = time.monotonic()
        if now < self.looked_at + LOOK_SECONDS:
            return
        self.looked_at = now
        for conn in list(self.receiving):
            has_begun = bool(conn.incoming.header)
            if now >= conn.incoming.deadline and has_begun:
                self.refuse(conn, b"408 Request Timeout")
            elif now >= conn.incoming.deadline or not (self.alive or has_begun):
                self.drop(conn)
        for sock, deadline in list(self.lingering.items()):
            if now >= deadline:
                self.end_lingering(sock)

    def linger(self, conn: Connection) -> None:
        """Say that nothing more is sent, and wait for the client to see it (RFC 9112, section 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        conn.sock.setblocking(False)
        self.lingering[conn.sock] = time.monotonic() + LINGER_SECONDS
        self.poller.register(conn.sock, selectors.EVENT_READ, self.discard)

    def discard(self, sock: socket.socket) -> None:
        try:
            more = sock.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self.end_lingering(sock)

    def end_lingering(self, sock: socket.socket) -> None:
        del self.lingering[sock]
        self.poller.unregister(sock)
        sock.close()

    def handle(self, conn: Connection) -> Any:
        try:
            is_kept = super().handle(conn)
            if is_kept:
                # From there the loop takes it for the next request.
                conn.parser.unreader.unread(conn.incoming.surplus)
            return is_kept
        finally:
            conn.incoming.file.close()

    def handle_request(self, req: Any, conn: Connection) -> Any:
        req._expected_100_continue = False  # It was answered when the header had come.
        if conn.incoming.is_last:
            req.force_close()
        return super().handle_request(req, conn)
