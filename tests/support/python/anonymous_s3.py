# SPDX-License-Identifier: Apache-2.0
"""A small S3 with public buckets: it takes anonymous requests, and no others."""

from __future__ import annotations

import hashlib
import urllib.parse
from email.utils import formatdate
from xml.sax.saxutils import escape

from loopback_server import LoopbackHandler, LoopbackServer

SIGNS = ("authorization", "x-amz-security-token")


class AnonymousS3(LoopbackServer):
    """Runs while it is entered; any bucket is there. `signed` lists the requests that had a
    signature or a token: each was answered by 403."""

    def __init__(self):
        super().__init__(Anonymous)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.objects: dict[str, bytes] = {}  # "/bucket/key"
        self.asked: list[str] = []
        self.signed: list[str] = []


class Anonymous(LoopbackHandler):
    server: AnonymousS3

    def handle_any(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        if any(name in self.headers for name in SIGNS) or "X-Amz-Signature" in query:
            self.server.signed.append(f"{self.command} {self.path}")
            self.answer(403, b"<Error><Code>AccessDenied</Code><Message>signed</Message></Error>")
            return
        path = urllib.parse.unquote(url.path)
        if self.command == "PUT":
            self.server.objects[path] = body
            self.answer(200, b"", body)
        elif "list-type" in query:
            self.answer(200, self.listing(path, query.get("prefix", "")))
        elif path in self.server.objects:
            self.answer(200, self.server.objects[path], self.server.objects[path])
        else:
            self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")

    do_GET = do_HEAD = do_PUT = handle_any

    def listing(self, bucket: str, prefix: str) -> bytes:
        start = bucket.rstrip("/") + "/"
        keys = sorted(path.removeprefix(start) for path in self.server.objects
                      if path.startswith(start + prefix))
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.server.objects[start + key])}</Size>"
            "<LastModified>2026-11-21T12:00:00.000Z</LastModified>"
            "<StorageClass>STANDARD</StorageClass></Contents>" for key in keys)
        return (f"<ListBucketResult><KeyCount>{len(keys)}</KeyCount><IsTruncated>false</IsTruncated>"
                f"{entries}</ListBucketResult>").encode()

    def answer(self, status: int, body: bytes, entity: bytes | None = None):
        self.send_response(status)
        if entity is not None:
            self.send_header("ETag", f'"{hashlib.md5(entity).hexdigest()}"')
            self.send_header("Last-Modified", formatdate(usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        """Nothing on standard error: the tests look at what was asked."""
