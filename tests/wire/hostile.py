# SPDX-License-Identifier: Apache-2.0
"""Sends hostile requests to a store over many connections and says what came of them.

    python tests/wire/hostile.py [--requests N] [--seed TEXT] [--only I]

SLIPWAY_BIN names the program (a sanitizer's build, say). A finding is: status 500 or the like, no
answer in time, an answer that is no HTTP or no XML, a process that is gone or complains at its end.
Each request is decided by the seed and its number; what was sent is printed with the finding.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import pathlib
import re
import socket
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support/python")]

import boto3  # noqa: E402
from hostile_requests import Hostility  # noqa: E402
from slipway_process import StoreProcess  # noqa: E402

ANSWER_SECONDS_MAX = 20
CONNECTIONS = 12
FINDINGS_MAX = 20
# XML has no control characters, names may: S3 writes them by number all the same.
CONTROL = re.compile(rb"&#x?[0-9A-Fa-f]+;")
CODE = re.compile(rb"<Code>([^<]+)</Code>")
UPLOAD_ID = re.compile(rb"<UploadId>([^<]+)</UploadId>")


class NoAnswer(Exception):
    """The connection ended, or the time, before an answer was whole."""


class Connection:
    def __init__(self, host: str, port: int):
        self.socket = socket.create_connection((host, port), timeout=ANSWER_SECONDS_MAX)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def receive(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise NoAnswer("closed")
        self.pending += data

    def take(self, size: int) -> bytes:
        while len(self.pending) < size:
            self.receive()
        taken, self.pending = self.pending[:size], self.pending[size:]
        return taken

    def take_line(self, end: bytes) -> bytes:
        while end not in self.pending:
            self.receive()
        line, _, self.pending = self.pending.partition(end)
        return line

    def answer(self, method: bytes) -> tuple[int, dict[str, str], bytes]:
        status = 100
        while status == 100:
            first, *lines = self.take_line(b"\r\n\r\n").split(b"\r\n")
            version, word = first.split(b" ")[:2]
            if not version.startswith(b"HTTP/1."):
                raise ValueError(f"no status line: {first!r}")
            status = int(word)
        headers = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not re.fullmatch(rb"[!-9;-~]+", name):
                raise ValueError(f"no header: {line!r}")
            headers[name.decode().lower()] = value.strip().decode("latin-1")
        if method == b"HEAD" or status in (204, 304):
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.take_line(b"\r\n"), 16):
                body += self.take(size + 2)[:-2]
            self.take_line(b"\r\n")
            return status, headers, body
        return status, headers, self.take(int(headers["content-length"]))


class Attack:
    """A share of the requests in each of some threads; `findings` is what must not be."""

    def __init__(self, store: StoreProcess, seed: str, numbers: range):
        host, _, port = store.store_url.removeprefix("http://").partition(":")
        self.host, self.port, self.seed, self.numbers = host, int(port), seed, numbers
        self.store = store
        self.client = boto3.client("s3", endpoint_url=store.store_url, region_name="us-east-1",
                                   aws_access_key_id=store.access_key,
                                   aws_secret_access_key=store.secret_key)
        self.bucket = "hostile-bucket"
        self.client.create_bucket(Bucket=self.bucket)
        self.make = Hostility(f"{host}:{port}", store.access_key, store.secret_key, self.bucket)
        self.findings: list[str] = []
        self.statuses: collections.Counter = collections.Counter()

    def run(self) -> None:
        threads = [threading.Thread(target=self.share, args=(i,)) for i in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.check_that_it_works()

    def share(self, first: int) -> None:
        connection = None
        for number in self.numbers[first::CONNECTIONS]:
            if len(self.findings) >= FINDINGS_MAX:
                return
            wire, whole = self.make.make(f"{self.seed}/{number}")
            try:
                connection = connection or Connection(self.host, self.port)
                ended = self.exchange(connection, wire, whole)
            except (NoAnswer, ConnectionError, TimeoutError) as problem:
                # A refusal may come, and the connection end, before all was sent.
                ended = True
                self.statuses["cut off"] += 1
                if self.store.process.poll() is not None:
                    self.found(number, "the process is gone", wire)
                elif isinstance(problem, TimeoutError) or (whole and isinstance(problem, NoAnswer)):
                    self.found(number, f"no answer: {problem or 'in time'}", wire)
            except (ValueError, KeyError, ElementTree.ParseError) as problem:
                ended = True
                self.found(number, f"{type(problem).__name__}: {problem}", wire)
            if ended and connection:
                connection.socket.close()
                connection = None

    def exchange(self, connection: Connection, wire: bytes, whole: bool) -> bool:
        """Sends one and looks at its answer; whether the connection is used up."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.socket.sendall(wire)
            if not whole:
                connection.socket.shutdown(socket.SHUT_WR)
        status, headers, body = connection.answer(wire.split(b" ", 1)[0])
        code = CODE.search(body[:500])
        self.statuses[f"{status} {code[1].decode()}" if code else str(status)] += 1
        if status in (500, 502, 503, 504) or not 200 <= status < 600:
            raise ValueError(f"status {status}: {body[:500]!r}")
        if headers.get("content-type") == "application/xml" and body:
            ElementTree.fromstring(CONTROL.sub(b"", body))
            if match := UPLOAD_ID.search(body):
                self.make.upload_ids[len(self.make.upload_ids) > 20:] = [match[1].decode()]
        return not whole or headers.get("connection", "").lower() == "close"

    def found(self, number: int, what: str, wire: bytes) -> None:
        self.findings.append(f"request {self.seed}/{number}: {what}\n  sent: {wire[:3000]!r}")

    def check_that_it_works(self) -> None:
        if self.store.process.poll() is not None:
            self.findings.append(f"the process ended: {self.store.log.read_text()[-4000:]}")
            return
        self.client.create_bucket(Bucket="after-all")
        self.client.put_object(Bucket="after-all", Key="a", Body=b"hello")
        assert self.client.get_object(Bucket="after-all", Key="a")["Body"].read() == b"hello"


def attack(folder: pathlib.Path, seed: str, numbers: range) -> Attack:
    """Starts a store, attacks it and ends it; a sanitizer's complaint is a finding, too."""
    store = StoreProcess(folder, "--log-level", "error")
    store.start()
    try:
        made = Attack(store, seed, numbers)
        made.run()
    finally:
        status = store.terminate() if store.process.poll() is None else store.process.returncode
    if status != 0:
        made.findings.append(f"the process ended with {status}: {store.log.read_text()[-8000:]}")
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--only", type=int, help="the number of one request, to send it again")
    options = parser.parse_args()
    numbers = range(options.requests) if options.only is None else (
        range(options.only, options.only + 1))
    print(f"seed {options.seed}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        made = attack(pathlib.Path(folder), options.seed, numbers)
    for status, count in sorted(made.statuses.items()):
        print(f"{count:7} {status}")
    print("\n".join(made.findings))
    print(f"{len(numbers)} requests in {time.monotonic() - started:.0f} s, "
          f"{len(made.findings)} findings")
    return int(bool(made.findings))


if __name__ == "__main__":
    sys.exit(main())
