# SPDX-License-Identifier: Apache-2.0
"""Many uploads at once over lines that carry a few bytes a second, and what goes on beside them."""
import collections
import heapq
import resource
import select
import socket
import threading
import time
from dataclasses import dataclass

from .report import say

ANSWER_SECONDS_MAX = 60
HEAD_BYTES_MAX = 64 * 1024


def raise_open_files(count):
    """Room for `count` sockets here; servers started later inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < count + 256:
        raise SystemExit(f"{count} connections need `ulimit -n` of {count + 256}; "
                         f"the limit is {hard}")


@dataclass
class Held:
    """What became of a SlowUploads, and of its server meanwhile."""
    open: int
    causes: dict   # of those that were not answered with 200
    p99: dict      # what `beside` returned
    kib_each: float


def hold(server, slow, count, beside=None):
    """Runs `slow` from start to the last answer, and `beside()` while all of them are open.

    KiB each is by how much the server's RSS was higher at most, divided by their number.
    """
    before_kib = server.rss_kib()
    slow.start()
    deadline = time.monotonic() + 60
    while slow.is_alive() and slow.opened < count and time.monotonic() < deadline:
        time.sleep(0.1)
    say(f"{server.name}: {slow.open:,} uploads open at once, RSS "
        f"{before_kib / 1024:,.1f} MiB before, {server.rss_kib() / 1024:,.1f} MiB now")
    most_open, peak_kib = slow.open, server.rss_kib()
    p99 = beside() if beside else {}
    while slow.is_alive():
        peak_kib = max(peak_kib, server.rss_kib())
        time.sleep(0.25)
    if slow.error:
        raise slow.error
    return Held(most_open, slow.lost_by_cause() | slow.refused_by_cause(), p99,
                (peak_kib - before_kib) / count)


class _Upload:
    def __init__(self, path):
        self.path = path
        self.socket = None
        self.sent = 0       # of head and body together
        self.message = b""  # both
        self.answer = b""


class SlowUploads(threading.Thread):
    """PUTs `body` to each of `paths`, `piece` bytes every `interval_s`, from one thread; or another
    `method`, with more header `fields`.

    All are open `open_seconds` after start(). join() waits for the last answer; then `answered`
    has each path with its status line and head, `lost` each path that got none, with the cause.
    """

    def __init__(self, port, paths, body, *, method="PUT", fields=None, piece=1024, interval_s=1.0,
                 open_seconds=5.0):
        super().__init__(daemon=True)
        self._method = method
        self._fields = {"Host": f"127.0.0.1:{port}", "Content-Length": len(body), **(fields or {})}
        self._port, self._paths, self._body = port, list(paths), body
        self._piece, self._interval_s, self._open_seconds = piece, interval_s, open_seconds
        self._poll = select.epoll()
        self._by_descriptor = {}
        self._abandon = threading.Event()
        self.answered, self.lost = {}, {}
        self.opened = 0
        self.error = None

    @property
    def seconds(self):
        """How long they take in all when nothing holds them up."""
        return self._open_seconds + self._interval_s * (len(self._body) / self._piece)

    @property
    def open(self):
        return len(self._by_descriptor)

    def abandon(self):
        """Closes what is not answered yet, in the middle of its body."""
        self._abandon.set()
        self.join()

    def lost_by_cause(self):
        return dict(collections.Counter(self.lost.values()))

    def refused_by_cause(self):
        lines = (head.split("\r\n")[0] for head in self.answered.values())
        return dict(collections.Counter(line for line in lines if " 200" not in line))

    def run(self):
        try:
            self._run()
        except BaseException as error:  # for the thread that joins
            self.error = error
            raise
        finally:
            for upload in self._by_descriptor.values():
                upload.socket.close()
            self._poll.close()

    def _run(self):
        now = time.monotonic()
        step = self._open_seconds / max(len(self._paths), 1)
        due = [(now + i * step, i, _Upload(path)) for i, path in enumerate(self._paths)]
        end = now + self.seconds + ANSWER_SECONDS_MAX
        while (due or self._by_descriptor) and not self._abandon.is_set():
            now = time.monotonic()
            if now > end:
                for upload in list(self._by_descriptor.values()):
                    self._lose(upload, "no answer")
                return
            while due and due[0][0] <= now:
                at, order, upload = heapq.heappop(due)
                if self._send(upload):
                    heapq.heappush(due, (max(at + self._interval_s, now), order, upload))
            wait = min(max(due[0][0] - now, 0), 0.1) if due else 0.1
            for descriptor, _events in self._poll.poll(wait):
                self._receive(self._by_descriptor[descriptor])

    def _send(self, upload):
        """The next piece; whether there is more to come."""
        if upload.path in self.answered or upload.path in self.lost:
            return False
        try:
            if upload.socket is None:
                self._open(upload)
            upload.sent += upload.socket.send(upload.message[upload.sent:upload.sent + self._piece])
        except BlockingIOError:
            pass  # the server takes no more just now
        except OSError as error:
            # An answer that came before the end of the body says more than the broken pipe.
            self._receive(upload, f"send: {error.strerror}")
            return False
        return upload.sent < len(upload.message)

    def _open(self, upload):
        upload.socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        upload.socket.setblocking(False)
        self._by_descriptor[upload.socket.fileno()] = upload
        self._poll.register(upload.socket.fileno(), select.EPOLLIN | select.EPOLLRDHUP)
        self.opened += 1
        fields = "".join(f"{name}: {value}\r\n" for name, value in self._fields.items())
        upload.socket.send(f"{self._method} {upload.path} HTTP/1.1\r\n{fields}\r\n".encode())
        upload.message = self._body

    def _receive(self, upload, cause="closed without an answer"):
        try:
            piece = upload.socket.recv(HEAD_BYTES_MAX) if upload.socket else b""
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(upload, f"receive: {error.strerror}")
            return
        upload.answer += piece
        if not piece:
            self._lose(upload, cause)
        elif b"\r\n\r\n" in upload.answer:
            head = upload.answer.split(b"\r\n\r\n")[0].decode("latin-1")
            if head.split(" ")[1] == "100":
                upload.answer = b""
                return
            self.answered[upload.path] = head
            self._forget(upload)

    def _lose(self, upload, cause):
        self.lost[upload.path] = cause
        self._forget(upload)

    def _forget(self, upload):
        if upload.socket is not None:
            self._by_descriptor.pop(upload.socket.fileno(), None)
            upload.socket.close()
