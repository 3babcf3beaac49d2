# SPDX-License-Identifier: Apache-2.0
"""An HTTP server in front of a store that passes requests on, and does not when it is told so."""

from __future__ import annotations

import collections
import hashlib
import http.client
import socket
import ssl
import struct
import threading
import urllib.parse

from loopback_server import LoopbackHandler, LoopbackServer

BUSY = (b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code>'
        b"<Message>Please reduce your request rate.</Message></Error>")


class Faults:
    """Which requests fail, and how: "busy" (503 SlowDown) or "reset" (in the middle of the body).

    Each key, and each part of it, has a row of its own, made from the seed: the n-th request for it
    meets the same fault in every run, in whatever order they come and whatever the bucket's name."""

    def __init__(self, seed: int, busy: float = 0.0, reset: float = 0.0):
        self.seed, self.busy, self.reset = seed, busy, reset

    def of(self, path: str, number: int) -> str | None:
        url = urllib.parse.urlsplit(path)
        part = urllib.parse.parse_qs(url.query).get("partNumber")
        text = f"{self.seed} {number} {url.path.split('/', 2)[-1]} {part}".encode()
        drawn = int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / 2**64
        if drawn < self.busy:
            return "busy"
        return "reset" if drawn < self.busy + self.reset else None

    def requests_until_good(self, path: str) -> int:
        number = 1
        while self.of(path, number):
            number += 1
        return number


class Hold:
    """Stops the first request for a path whose body is large, in its middle, until told to go on."""

    def __init__(self, path_end: str):
        self.path_end = path_end
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def takes(self, method: str, path: str) -> bool:
        return (method == "PUT" and not self.reached.is_set()
                and path.partition("?")[0].endswith(self.path_end))


class HttpFront(LoopbackServer):
    """Listens on loopback while it is entered. Signatures stay good: the Host is passed on too."""

    request_queue_size = 512

    def __init__(self, upstream_url: str, faults: Faults | None = None, hold: Hold | None = None,
                 tls: ssl.SSLContext | None = None):
        super().__init__(Passing)
        # So little that most of a large body is still with its sender while it is held.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        upstream = urllib.parse.urlsplit(upstream_url)
        self.upstream = (upstream.hostname, upstream.port)
        self.faults, self.hold, self.tls = faults, hold, tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        self.lock = threading.Lock()
        self.requests: collections.Counter = collections.Counter()  # by method and path
        self.trailers = 0  # requests that announced a checksum after their body
        self.connections = 0

    def finish_request(self, request, client_address):
        """On the connection's own thread: a handshake there keeps nobody waiting."""
        with self.lock:
            self.connections += 1
        if self.tls:
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except OSError:  # a client that does not trust us
                return
        super().finish_request(request, client_address)

    def count(self, method: str, path: str) -> int:
        with self.lock:
            self.requests[method, path] += 1
            return self.requests[method, path]

    def count_trailer(self):
        with self.lock:
            self.trailers += 1

    def sent(self, method: str) -> int:
        return sum(count for (each, _), count in self.requests.items() if each == method)


class Passing(LoopbackHandler):
    """The requests of one connection."""

    server: HttpFront

    def pass_on(self):
        number = self.server.count(self.command, self.path)
        if "x-amz-trailer" in self.headers:
            self.server.count_trailer()
        size = int(self.headers.get("Content-Length", 0))
        faults, hold = self.server.faults, self.server.hold
        fault = faults.of(self.path, number) if faults else None
        if fault == "reset" and size > 0:
            self.rfile.read(size // 2)
            self.reset()
            return
        held = hold is not None and hold.takes(self.command, self.path)
        body = self.rfile.read(min(size, 64 << 10)) if held else b""
        if held:
            hold.reached.set()
            assert hold.go_on.wait(30)
        body += self.rfile.read(size - len(body))
        if len(body) < size:
            self.close_connection = True
        elif fault == "busy":
            self.answer(503, [("Content-Type", "application/xml")], BUSY)
        else:
            self.ask_upstream(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on

    def ask_upstream(self, body: bytes):
        upstream = http.client.HTTPConnection(*self.server.upstream, timeout=30)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("expect", "connection"):
                upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        self.answer(answer.status, answer.getheaders(), answer.read())
        upstream.close()

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes):
        self.send_response_only(status)
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        whole = lengths[0] if self.command == "HEAD" and lengths else str(len(body))
        if status not in (204, 304):
            self.send_header("Content-Length", whole)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def reset(self):
        """Closes with a RST instead of a FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_):
        """Nothing on standard error: the tests look at what came."""
