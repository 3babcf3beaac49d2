#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A thousand uploads at 1 KiB/s: what they cost the server and what others notice; then 5,000.

See bench/README.md for how to read the result.
"""
import argparse
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import servers  # noqa: E402
from harness.load import finish_load, start_load, write_lines  # noqa: E402
from harness.processes import end_cleanly_on_signals  # noqa: E402
from harness.report import Mark, Report, say  # noqa: E402
from harness.slow_uploads import SlowUploads, hold, raise_open_files  # noqa: E402
from harness.store_client import StoreClient, body_options, random_body  # noqa: E402

KIB = 1024
BODY_BYTES = 64 * KIB
ORDINARY_BYTES = 4 * KIB
ORDINARY_RATE = 100  # a second, of each kind
STARTERS = {"slipway": servers.start_slipway, "minio": servers.start_minio}


class Target(StoreClient):
    """A server and the ordinary requests that go on beside the slow ones."""

    def __init__(self, server):
        super().__init__(server)
        self._rounds = 0
        self._stored = [f"ordinary/{i}" for i in range(100)]
        self.load("storing what is read", self.sign("PUT", self._stored), connections=4,
                  seconds=60, **body_options("PUT", ORDINARY_BYTES))

    def ordinary(self, seconds):
        """p99 in ms of each kind of request, all kinds at once, at a steady rate."""
        self._rounds += 1
        puts = [f"ordinary-{self._rounds}/{i}" for i in range(int(ORDINARY_RATE * seconds) + 100)]
        common = {"connections": 4, "seconds": seconds, "rate": ORDINARY_RATE}
        store = self.server.store_port
        running = {
            "PUT 4 KiB": start_load(store, paths=write_lines(self.sign("PUT", puts)), **common,
                                    **body_options("PUT", ORDINARY_BYTES)),
            "GET 4 KiB": start_load(store, paths=write_lines(self.sign("GET", self._stored)),
                                    repeat=True, **common, **body_options("GET", ORDINARY_BYTES)),
        }
        if hasattr(self.server, "api_port"):
            running["presign"] = start_load(self.server.api_port, tickets=1, token=servers.TOKEN,
                                            prefix=f"ordinary{self._rounds}", **common)
        runs = {kind: finish_load(process, f"{self.server.name}: {kind} beside slow uploads")
                for kind, process in running.items()}
        return {kind: run.p99_us / 1000 for kind, run in runs.items()}

    def check_stored(self, keys):
        """Every slow upload that was acknowledged is there, byte for byte."""
        run = self.load("reading the slow uploads back", self.sign("GET", keys), connections=8,
                        seconds=120, **body_options("GET", BODY_BYTES))
        if run.requests != len(keys):
            raise RuntimeError(f"read back {run.requests} of {len(keys)} slow uploads")


def upload_slowly(target, name, count, options, *, ordinary_seconds):
    """`count` slow uploads from start to answer, and how many of them were lost."""
    body = random_body(BODY_BYTES).read_bytes()
    keys = [f"{name}/{i}" for i in range(count)]
    paths = target.sign("PUT", keys)
    slow = SlowUploads(target.server.store_port, paths, body,
                       interval_s=options.interval_s, open_seconds=options.open_seconds)
    held = hold(target.server, slow, count,
                (lambda: target.ordinary(ordinary_seconds)) if ordinary_seconds else None)
    etag = hashlib.md5(body).hexdigest()
    good = [key for key, path in zip(keys, paths)
            if " 200" in slow.answered.get(path, "").split("\r\n")[0]
            and etag in slow.answered[path]]
    if good:
        target.check_stored(good)
    say(f"{target.server.name}: {len(good):,} of {count:,} stored and read back "
        f"{held.causes or ''}")
    return held, count - len(good)


def measure(target, table, options):
    name = target.server.name
    target.ordinary(2)  # so that what ordinary work needs is in the memory counted as before
    quiet = target.ordinary(options.ordinary_seconds)
    first, first_lost = upload_slowly(target, "first", options.first, options,
                                      ordinary_seconds=options.ordinary_seconds)
    second, second_lost = upload_slowly(target, "second", options.second, options,
                                        ordinary_seconds=0)
    for count, held, lost in ((options.first, first, first_lost),
                              (options.second, second, second_lost)):
        beside = ", ".join(f"{kind} {held.p99[kind]:.1f} ({quiet[kind]:.1f})" for kind in held.p99)
        table.add(name, f"{count:,}", held.open, str(lost), held.kib_each, beside or "-")
        table.notes += [f"{name}, {count:,}: {number:,} x {cause}"
                        for cause, number in held.causes.items()]
    if name == "slipway":
        table.marks += [Mark(f"p99 of {kind} beside {options.first:,} slow uploads, ms", ms, 20,
                             at_most=True) for kind, ms in first.p99.items()]
        table.marks += [
            Mark("KiB of RSS for each slow upload", first.kib_each, 24, at_most=True),
            Mark(f"lost of {options.first:,}", first_lost, 0, at_most=True),
            Mark(f"lost of {options.second:,}", second_lost, 0, at_most=True),
        ]
        return first_lost + second_lost
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and faster, for sanity")
    parser.add_argument("--servers", default=",".join(STARTERS), help="which of them")
    options = parser.parse_args()
    end_cleanly_on_signals()
    options.first, options.second = (200, 500) if options.quick else (1000, 5000)
    options.interval_s = 0.1 if options.quick else 1.0
    options.open_seconds = 1.0 if options.quick else 5.0
    options.ordinary_seconds = 3 if options.quick else 40
    raise_open_files(options.second)
    servers.install("minio")

    table = Report("slow_clients", ["server", "slow uploads", "open at once", "lost",
                                    "RSS KiB each", "p99 ms beside them (without them)"])
    lost = 0
    for name in options.servers.split(","):
        target = Target(STARTERS[name]())
        lost += measure(target, table, options)
        target.server.stop()
    table.notes.append(f"each {BODY_BYTES // KIB} KiB, 1 KiB every {options.interval_s} s; RSS is "
                       "the highest while they were under way; ordinary requests "
                       f"{ORDINARY_RATE} a second of each kind, latency counted from when due")
    table.finish()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
