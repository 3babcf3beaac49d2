#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Durable PUT, GET, DELETE and listings: Slipway's store and its peers; memory; a million objects.

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
from harness.slow_uploads import SlowUploads, hold, raise_open_files  # noqa: E402
from harness.store_client import StoreClient, body_options, random_body  # noqa: E402
from harness.watch import Watch  # noqa: E402
from million import measure_million  # noqa: E402

KIB, MIB = 1024, 1024 * 1024
PAGE_KEYS = 1000
SLOW_BYTES = 32 * KIB  # more than the store keeps in its index


@dataclass(frozen=True)
class Case:
    name: str
    method: str
    size: int
    connections: int
    requests_max: int  # of one run: bounds the disk that a fast server fills
    objects: int       # GET, LIST: how many different ones


CASES = [
    Case("PUT 4 KiB", "PUT", 4 * KIB, 16, 100_000, 0),
    Case("GET 4 KiB", "GET", 4 * KIB, 16, 1_000_000, 2_000),
    Case("DELETE 4 KiB", "DELETE", 4 * KIB, 16, 5_000, 0),
    Case("LIST 1,000", "LIST", KIB, 4, 10_000, 10_000),
    Case("PUT 1 MiB", "PUT", MIB, 8, 1_000, 0),
    Case("GET 1 MiB", "GET", MIB, 8, 100_000, 200),
]


class Store(StoreClient):
    """One server under test, what it took when idle, and keys that were never used."""

    def __init__(self, server):
        self.idle_kib = server.rss_kib()
        self.slow_peak_kib = 0
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


def fill(store, case, keys):
    store.load(f"{case.name}: storing {len(keys)} objects", store.sign("PUT", keys),
               connections=16, seconds=600, **body_options("PUT", case.size))


def repeated_paths(store, case):
    """What is asked for again and again: objects, or the pages of a listing."""
    if case.method == "GET":
        keys = store.new_keys(case.objects)
        fill(store, case, keys)
        return store.sign("GET", keys)
    if case.method == "LIST":
        keys = [f"listed/{i:06}" for i in range(case.objects)]
        fill(store, case, keys)
        return [store.sign_list("listed/", after)
                for after in ["", *keys[PAGE_KEYS - 1:-1:PAGE_KEYS]]]
    return None


def run_once(store, case, paths, seconds, requests):
    """`paths` are those of repeated_paths(), or nothing: then each request has a key of its own."""
    options = {"connections": case.connections, "seconds": seconds, "requests": case.requests_max}
    if case.method == "LIST":
        options |= {"method": "GET", "repeat": True, "keys": PAGE_KEYS}
    elif case.method == "GET":
        options |= {"repeat": True, **body_options("GET", case.size)}
    else:
        keys = store.new_keys(requests)
        paths = store.sign(case.method, keys)
        if case.method == "DELETE":
            fill(store, case, keys)
            options |= {"method": "DELETE", "seconds": 60}
        else:
            options |= body_options("PUT", case.size)
    os.sync()
    return store.load(case.name, paths, **options)


def measure(stores, case, repeats, seconds):
    """Rounds in turn after a warm-up; the disk settles (sync) between runs."""
    runs = {store.server.name: [] for store in stores}
    paths = {store.server.name: repeated_paths(store, case) for store in stores}
    supply = {store.server.name: min(case.requests_max, 20_000) for store in stores}
    for repeat in range(-1, repeats):
        for store in stores:
            name = store.server.name
            run = run_once(store, case, paths[name], seconds, supply[name])
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
        cpu_us = [run.server_cpu_us / run.requests for run in its]
        figures[name] = {"rate": rates, "cpu_us": cpu_us}
        table.add(f"{case.name}, {case.connections} connections", name, median_of(rates),
                  median_of(run.per_second(run.bytes) / 1e6 for run in its), median_of(cpu_us),
                  median_of(run.client_cpu_us / run.requests for run in its),
                  median_of(run.p50_us / 1000 for run in its),
                  median_of(run.p99_us / 1000 for run in its), f"{spread(rates):.0%}")
    return figures


def add_rate_marks(table, figures):
    """Each round against the better peer of those that were measured in it; the median of that."""
    def ratio(case, figure, best, peers):
        its = figures[case]
        rounds = zip(its["slipway"][figure], *(its[peer][figure] for peer in peers), strict=True)
        return median_of(own / best(theirs) for own, *theirs in rounds)

    both = [name for name in figures["PUT 4 KiB"] if name != "slipway"]
    if "minio" in both:
        table.marks.append(Mark("PUT 4 KiB: rate, times MinIO",
                                ratio("PUT 4 KiB", "rate", max, ["minio"]), 4))
    if "versitygw" in both:
        table.marks.append(Mark("PUT 4 KiB: rate, times versitygw without sync",
                                ratio("PUT 4 KiB", "rate", max, ["versitygw"]), 1))
    if both:
        peer = " and ".join(both)
        table.marks += [Mark(f"{case}: rate, times the better of {peer}",
                             ratio(case, "rate", max, both), limit)
                        for case, limit in (("GET 4 KiB", 4), ("PUT 1 MiB", 1), ("GET 1 MiB", 1))]
        table.marks += [Mark(f"{case}: server CPU, share of the better of {peer}",
                             ratio(case, "cpu_us", min, both), 1 / 3, at_most=True)
                        for case in ("PUT 4 KiB", "GET 4 KiB")]


def add_memory_marks(table, store, ready_ms):
    limit_mib = 64
    table.marks += [
        Mark("RSS idle, MiB", store.idle_kib / KIB, limit_mib, at_most=True),
        Mark("RSS peak of all of it, MiB", store.peak_kib / KIB, limit_mib, at_most=True),
        Mark("RSS peak with slow uploads, MiB", store.slow_peak_kib / KIB, limit_mib,
             at_most=True),
        Mark("ready on an empty store, ms", ready_ms, 50, at_most=True),
    ]


def hold_slow_uploads(store, count):
    """The most memory while so many uploads bring a KiB a second each."""
    store.peak_kib = store.server.peak_rss_kib()
    paths = store.sign("PUT", [f"slow/{i}" for i in range(count)])
    with Watch(store.server) as watch:
        slow = SlowUploads(store.server.store_port, paths, random_body(SLOW_BYTES).read_bytes())
        held = hold(store.server, slow, count)
    store.slow_peak_kib = watch.peak_kib
    if held.causes and store.server.name == "slipway":
        raise RuntimeError(f"slow uploads into slipway failed: {held.causes}")
    return held


def ready_times(name, rounds):
    """Of starts on empty folders."""
    times = []
    for _ in range(rounds):
        server = servers.STORES[name]()
        times.append(server.ready_ms)
        server.stop()
    return median_of(times)


def measure_rows(options, names):
    repeats = options.rounds
    seconds = 1 if options.quick else 4
    slow = 100 if options.quick else 1000
    raise_open_files(slow)
    ready_ms = {name: ready_times(name, repeats) for name in names}
    started = [servers.STORES[name]() for name in names]
    time.sleep(2)  # idle is after start-up's own work
    stores = [Store(server) for server in started]
    for store in stores:
        check_refusals(store)

    table = Report("store", ["case", "server", "ops/s", "MB/s", "server CPU us/op",
                             "client CPU us/op", "p50 ms", "p99 ms", "spread"])
    figures = {}
    for case in CASES:
        if options.rows and case.name not in options.rows.split(","):
            continue
        figures[case.name] = add_rows(table, case, measure(stores, case, repeats, seconds))
    for store in stores:
        name = store.server.name
        held = hold_slow_uploads(store, slow)
        table.notes.append(
            f"{name}: ready in {ready_ms[name]:,.0f} ms, RSS idle {store.idle_kib / KIB:,.1f} MiB, "
            f"peak during all rows {store.peak_kib / KIB:,.1f} MiB, then with {slow:,} slow uploads "
            f"({held.open:,} open at once) {store.slow_peak_kib / KIB:,.1f} MiB"
            + (f", of which failed: {held.causes}" if held.causes else ""))
    if names[0] == "slipway" and len(figures) == len(CASES):
        add_rate_marks(table, figures)
        add_memory_marks(table, stores[0], ready_ms["slipway"])
    table.notes.append(f"median of {repeats}, {seconds} s or so many requests at most each: "
                       + ", ".join(f"{case.name} {case.requests_max:,}" for case in CASES)
                       + "; data of all servers on one file system")
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short run of each, for sanity")
    parser.add_argument("--servers", default=",".join(servers.STORES), help="which of them")
    parser.add_argument("--rounds", type=int, default=0, help="of each row; medians are reported")
    parser.add_argument("--rows", help="only these, by their whole names: 'PUT 4 KiB,GET 4 KiB'")
    parser.add_argument("--million", action="store_true",
                        help="instead of the rows: a million objects of 1 KiB, one server at a time")
    parser.add_argument("--objects", type=int, default=1_000_000, help="of --million")
    parser.add_argument("--json", help="a file for the figures")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 5)
    end_cleanly_on_signals()
    names = options.servers.split(",")
    servers.install(*(name for name in names if name != "slipway"))
    table = measure_million(names, options) if options.million else measure_rows(options, names)
    table.finish(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
