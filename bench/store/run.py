#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Durable PUT and GET of small and large objects: Slipway's store and its peers.

Same disk, same requests; versitygw does not sync what it stores, the others do.

See bench/README.md for how to read the result.
"""
import argparse
import os
import pathlib
import sys
import time
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import servers  # noqa: E402
from harness.processes import end_cleanly_on_signals  # noqa: E402
from harness.report import Mark, Report, median_of, say, spread  # noqa: E402
from harness.store_client import StoreClient, body_options  # noqa: E402

KIB, MIB = 1024, 1024 * 1024
STARTERS = {"slipway": servers.start_slipway, "minio": servers.start_minio,
            "versitygw": servers.start_versitygw}


@dataclass(frozen=True)
class Case:
    name: str
    method: str
    size: int
    connections: int
    requests_max: int  # of one run: bounds the disk that a fast server fills
    objects: int       # GET: how many different ones


CASES = [
    Case("PUT 4 KiB", "PUT", 4 * KIB, 16, 100_000, 0),
    Case("GET 4 KiB", "GET", 4 * KIB, 16, 1_000_000, 2_000),
    Case("PUT 1 MiB", "PUT", MIB, 8, 1_000, 0),
    Case("GET 1 MiB", "GET", MIB, 8, 100_000, 200),
]


class Store(StoreClient):
    """One server under test, what it took when idle, and keys that were never used."""

    def __init__(self, server):
        self.idle_kib = server.rss_kib()
        self._made = 0
        super().__init__(server)

    def new_keys(self, count):
        """In a thousand folders, as people's files are."""
        first, self._made = self._made, self._made + count
        return [f"bench/{i % 1000:03}/{i:09}" for i in range(first, first + count)]


def check_refusals(store):
    """A server that takes any signature would be measured doing less than the other."""
    path = store.sign("PUT", ["must-not-be"])[0]
    wrong = path[:-4] + ("0000" if path[-4:] != "0000" else "1111")
    status, _headers, _text = servers.request(store.server.store_port, "PUT", wrong, b"x")
    if status != 403:
        raise RuntimeError(f"{store.server.name}: a wrong signature answered {status}, not 403")


def seed(store, case):
    keys = store.new_keys(case.objects)
    store.load(f"{case.name}: storing {case.objects} objects", store.sign("PUT", keys),
               connections=case.connections, seconds=600, **body_options("PUT", case.size))
    return keys


def measure(stores, case, repeats, seconds):
    """Rounds in turn after a warm-up; the disk settles (sync) between runs."""
    runs = {store.server.name: [] for store in stores}
    gets = {store.server.name: store.sign("GET", seed(store, case)) for store in stores
            if case.method == "GET"}
    supply = {store.server.name: min(case.requests_max, 20_000) for store in stores}
    for repeat in range(-1, repeats):
        for store in stores:
            name = store.server.name
            paths = gets.get(name) or store.sign("PUT", store.new_keys(supply[name]))
            os.sync()
            run = store.load(case.name, paths, connections=case.connections, seconds=seconds,
                             requests=case.requests_max, repeat=case.method == "GET",
                             **body_options(case.method, case.size))
            supply[name] = min(case.requests_max,
                               int(run.per_second(run.requests) * seconds * 2) + 1000)
            if repeat >= 0:
                runs[name].append(run)
                say(f"{name}, {case.name}: {run.per_second(run.requests):,.0f}/s, "
                    f"{run.server_cpu_us / run.requests:,.0f} us CPU each")
    return runs


def add_rows(table, case, runs):
    figures = {}
    for name, its in runs.items():
        rates = [run.per_second(run.requests) for run in its]
        cpu = median_of(run.server_cpu_us / run.requests for run in its)
        figures[name] = {"rate": median_of(rates), "cpu_us": cpu}
        table.add(f"{case.name}, {case.connections} connections", name, figures[name]["rate"],
                  median_of(run.per_second(run.bytes) / 1e6 for run in its), cpu,
                  median_of(run.client_cpu_us / run.requests for run in its),
                  median_of(run.p50_us / 1000 for run in its),
                  median_of(run.p99_us / 1000 for run in its), f"{spread(rates):.0%}")
    return figures


def add_marks(table, figures, slipway):
    def ratio(case, figure, peer="minio"):
        return figures[case]["slipway"][figure] / figures[case][peer][figure]
    if "minio" in figures["PUT 4 KiB"]:
        table.marks += [
            Mark("PUT 4 KiB: rate, times MinIO", ratio("PUT 4 KiB", "rate"), 3),
            Mark("PUT 4 KiB: server CPU, share of MinIO's", ratio("PUT 4 KiB", "cpu_us"), 0.25,
                 at_most=True),
            Mark("GET 4 KiB: rate, times MinIO", ratio("GET 4 KiB", "rate"), 1),
            Mark("PUT 1 MiB: rate, times MinIO", ratio("PUT 1 MiB", "rate"), 1),
            Mark("GET 1 MiB: rate, times MinIO", ratio("GET 1 MiB", "rate"), 1),
        ]
    if "versitygw" in figures["PUT 4 KiB"]:
        table.marks += [
            Mark("PUT 4 KiB: rate, times versitygw without sync",
                 ratio("PUT 4 KiB", "rate", "versitygw"), 1),
            Mark("GET 4 KiB: rate, times versitygw", ratio("GET 4 KiB", "rate", "versitygw"), 4),
            Mark("PUT 1 MiB: rate, times versitygw without sync",
                 ratio("PUT 1 MiB", "rate", "versitygw"), 1),
            Mark("GET 1 MiB: rate, times versitygw", ratio("GET 1 MiB", "rate", "versitygw"), 1),
        ]
    table.marks += [
        Mark("RSS idle, MiB", slipway.idle_kib / KIB, 20, at_most=True),
        Mark("RSS peak of all of it, MiB", slipway.server.peak_rss_kib() / KIB, 64, at_most=True),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short run of each, for sanity")
    parser.add_argument("--servers", default=",".join(STARTERS), help="which of them")
    options = parser.parse_args()
    end_cleanly_on_signals()
    repeats, seconds = (1, 1) if options.quick else (5, 4)
    servers.install("minio", "versitygw")

    started = [STARTERS[name]() for name in options.servers.split(",")]
    time.sleep(2)  # idle is after start-up's own work
    stores = [Store(server) for server in started]
    for store in stores:
        check_refusals(store)

    table = Report("store", ["case", "server", "ops/s", "MB/s", "server CPU us/op",
                             "client CPU us/op", "p50 ms", "p99 ms", "spread"])
    figures = {}
    for case in CASES:
        runs = measure(stores, case, repeats, seconds)
        figures[case.name] = add_rows(table, case, runs)
    for store in stores:
        table.notes.append(
            f"{store.server.name}: ready in {store.server.ready_ms:,.0f} ms, RSS idle "
            f"{store.idle_kib / KIB:,.1f} MiB, peak during all of it "
            f"{store.server.peak_rss_kib() / KIB:,.1f} MiB")
        if store.server.name == "slipway":
            add_marks(table, figures, store)
    table.notes.append(f"median of {repeats}, {seconds} s or so many requests at most each: "
                       + ", ".join(f"{case.name} {case.requests_max:,}" for case in CASES)
                       + "; data of all servers on one file system")
    table.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
