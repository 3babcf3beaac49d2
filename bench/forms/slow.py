# SPDX-License-Identifier: Apache-2.0
"""A thousand forms at 1 KiB/s into `slipway serve`: what they cost it and what others notice."""
import contextlib
import hashlib
from dataclasses import dataclass

from harness import servers
from harness.load import finish_load, start_load, write_lines
from harness.memory_store import MemoryStore
from harness.report import Mark, Report, say
from harness.slow_uploads import SlowUploads, hold, raise_open_files
from harness.store_client import StoreClient, body_options, random_body

import forwarders

KIB = 1024
FILE_BYTES = 20 * KIB
ORDINARY_BYTES = 4 * KIB
ORDINARY_RATE = 100  # a second, of each kind
BOUNDARY = "slipway-bench-boundary"


@dataclass(frozen=True)
class Pace:
    forms: int
    interval_s: float  # between one KiB and the next
    open_seconds: float
    ordinary_seconds: float


PACE = Pace(1000, 1.0, 5.0, 12.0)
QUICK_PACE = Pace(200, 0.2, 1.0, 2.0)


def form(content):
    head = (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; "
            "filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n")
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


class Target:
    """A server, the store where its forms' files end, and the ordinary requests beside them."""

    def __init__(self, server, store, *, embedded):
        self.server, self.store = server, store
        self._rounds = 0
        self._stored = []
        if embedded:
            self._stored = [f"read/{i}" for i in range(100)]
            store.load("storing what is read", store.sign("PUT", self._stored), connections=4,
                       seconds=60, **body_options("PUT", ORDINARY_BYTES))

    def ordinary(self, seconds):
        """p99 in ms of each kind of request, all kinds at once, at a steady rate."""
        self._rounds += 1
        name = f"ordinary{self._rounds}"
        common = {"connections": 4, "seconds": seconds, "rate": ORDINARY_RATE}
        api = self.server.api_port
        running = {
            "form 4 KiB": start_load(
                api, paths=write_lines(["/api/uploads/"]), repeat=True, form_files=1,
                category=name, token=servers.TOKEN, body=random_body(ORDINARY_BYTES), **common),
            "presign": start_load(api, tickets=1, token=servers.TOKEN, prefix=name, **common),
        }
        if self._stored:
            running["GET 4 KiB"] = start_load(
                self.store.server.store_port, repeat=True,
                paths=write_lines(self.store.sign("GET", self._stored)), **common,
                **body_options("GET", ORDINARY_BYTES))
        runs = {kind: finish_load(process, f"{self.server.name}: {kind} beside slow forms")
                for kind, process in running.items()}
        return {kind: run.p99_us / 1000 for kind, run in runs.items()}


def send_slowly(target, pace):
    """What it cost, and how many of the forms' files are not in the store as they were."""
    content = random_body(FILE_BYTES).read_bytes()
    # The category tells them apart, in what is answered and in the store.
    paths = [f"/api/uploads/?file_category=slow-{i:04}" for i in range(pace.forms)]
    slow = SlowUploads(
        target.server.api_port, paths, form(content), method="POST",
        fields={"Authorization": f"Bearer {servers.TOKEN}",
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        interval_s=pace.interval_s, open_seconds=pace.open_seconds)
    held = hold(target.server, slow, pace.forms, lambda: target.ordinary(pace.ordinary_seconds))
    etag = hashlib.md5(content).hexdigest()
    whole = [key for key, one in target.store.list("slow-").items()
             if one.size == FILE_BYTES and one.etag == etag]
    say(f"{target.server.name}: {len(whole):,} of {pace.forms:,} in the store {held.causes or ''}")
    return held, pace.forms - len(whole)


def measure(target, behind, table, pace):
    target.ordinary(2)  # so that what ordinary work needs is in the memory counted as before
    quiet = target.ordinary(pace.ordinary_seconds)
    held, lost = send_slowly(target, pace)
    beside = ", ".join(f"{kind} {held.p99[kind]:.1f} ({quiet[kind]:.1f})" for kind in held.p99)
    table.add(behind, f"{pace.forms:,}", held.open, str(lost), held.kib_each, beside)
    table.notes += [f"{behind}: {number:,} x {cause}" for cause, number in held.causes.items()]
    table.marks += [Mark(f"{behind}: p99 of {kind} beside {pace.forms:,} slow forms, ms", ms, 20,
                         at_most=True) for kind, ms in held.p99.items()]
    table.marks += [
        Mark(f"{behind}: KiB of RSS for each slow form", held.kib_each, 48, at_most=True),
        Mark(f"{behind}: lost of {pace.forms:,}", lost, 0, at_most=True),
    ]
    return lost


def run(options):
    pace = QUICK_PACE if options.quick else PACE
    raise_open_files(pace.forms)
    table = Report("slow_forms", ["behind", "slow forms", "open at once", "lost", "RSS KiB each",
                                  "p99 ms beside them (without them)"])
    lost = 0
    for behind in ("embedded store", "MinIO"):
        with contextlib.ExitStack() as stack:
            if behind == "MinIO":
                store = stack.enter_context(MemoryStore())
                server = forwarders.slipway(store)
            else:
                server = servers.start_slipway()
                store = StoreClient(server)
            stack.callback(server.stop)
            target = Target(server, store, embedded=behind != "MinIO")
            lost += measure(target, behind, table, pace)
    table.notes.append(f"each with a file of {FILE_BYTES // KIB} KiB, 1 KiB every "
                       f"{pace.interval_s} s; RSS is the highest while they were under way; "
                       f"ordinary requests {ORDINARY_RATE} a second of each kind, latency counted "
                       "from when due")
    table.finish(options.json)
    return 1 if lost else 0
