# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy on loopback: CONNECT for https://, absolute-form requests for http://."""

from __future__ import annotations

import base64
import http.client
import selectors
import socket
import urllib.parse

from loopback_server import LoopbackHandler, LoopbackServer


class HttpProxy(LoopbackServer):
    """Runs while it is entered. `login` is "user:password" that it asks for; `refusal` the status
    that it answers to everything. A name in `hosts` is reached at that port of loopback."""

    def __init__(self, login: str | None = None, refusal: int | None = None,
                 hosts: dict[str, int] | None = None):
        super().__init__(Proxying)
        self.login, self.refusal, self.hosts = login, refusal, hosts or {}
        self.asked: list[str] = []  # "CONNECT 127.0.0.1:443", "PUT http://127.0.0.1:80/bucket/key"

    def url(self, login: str = "") -> str:
        return f"http://{login + '@' if login else ''}127.0.0.1:{self.server_port}"


class Proxying(LoopbackHandler):
    server: HttpProxy

    def refused(self) -> bool:
        self.server.asked.append(f"{self.command} {self.path}")
        login = self.server.login
        wanted = login and "Basic " + base64.b64encode(login.encode()).decode()
        status = self.server.refusal
        if status is None and wanted and self.headers.get("Proxy-Authorization") != wanted:
            status = 407
        if status is None:
            return False
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        if status == 407:
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        words = b"<html>The proxy says no.</html>"
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(words)
        return True

    def address(self, host: str, port: int) -> tuple[str, int]:
        there = self.server.hosts.get(host)
        return (host, port) if there is None else ("127.0.0.1", there)

    def do_CONNECT(self):
        if self.refused():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection(self.address(host, int(port)), timeout=30) as there:
            self.send_response(200)
            self.end_headers()
            self.copy_both_ways(there)
        self.close_connection = True

    def copy_both_ways(self, there: socket.socket):
        here = self.connection
        with selectors.DefaultSelector() as selector:
            selector.register(here, selectors.EVENT_READ, there)
            selector.register(there, selectors.EVENT_READ, here)
            while True:
                for key, _ in selector.select():
                    piece = key.fileobj.recv(1 << 16)
                    if not piece:
                        return
                    key.data.sendall(piece)

    def pass_on(self):
        if self.refused():
            return
        url = urllib.parse.urlsplit(self.path)
        if url.scheme != "http":
            self.send_error(400, "not in absolute form")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        there = http.client.HTTPConnection(*self.address(url.hostname, url.port or 80), timeout=30)
        target = (url.path or "/") + ("?" + url.query if url.query else "")
        there.putrequest(self.command, target, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if not name.lower().startswith("proxy-") and name.lower() != "connection":
                there.putheader(name, value)
        there.endheaders(body)
        answer = there.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        whole = answer.getheader("Content-Length")
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if answer.status not in (204, 304):
            size = whole if self.command == "HEAD" and whole else str(len(content))
            self.send_header("Content-Length", size)
        self.end_headers()
        self.wfile.write(content)
        there.close()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on

    def log_message(self, *_):
        """Nothing on standard error: the tests look at what was asked."""
