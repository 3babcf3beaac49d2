#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Forms with files, forwarded to S3: `slipway serve`, Django, express, Go, and nginx as the floor.

See bench/README.md for how to read the result.
"""
import argparse
import pathlib
import sys
from dataclasses import dataclass, replace

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import servers  # noqa: E402
from harness.load import run_load, write_lines  # noqa: E402
from harness.memory_store import MemoryStore  # noqa: E402
from harness.processes import end_cleanly_on_signals  # noqa: E402
from harness.report import Mark, Report, median_of, say, spread  # noqa: E402
from harness.store_client import random_body  # noqa: E402
from harness.watch import Watch  # noqa: E402

from forwarders import STARTERS, install  # noqa: E402
import slow  # noqa: E402

KIB, MIB, GIB, GB = 1024, 1024 ** 2, 1024 ** 3, 10 ** 9
SECONDS_MAX = 600  # of one round
FRAMEWORKS = ("django-gevent", "django-gthread", "express")
PEERS = (*FRAMEWORKS, "go")


@dataclass(frozen=True)
class Row:
    name: str
    forms: int
    files: int  # of each form
    file_bytes: int
    at_once: int
    floor: bool  # whether nginx is measured: a PUT for each file
    quick_forms: int
    quick_bytes: int

    @property
    def bytes(self):
        return self.forms * self.files * self.file_bytes


ROWS = [
    Row("100 forms of 4 x 1 MiB, 8 at a time", 100, 4, MIB, 8, True, 20, MIB),
    Row("4 forms of 512 MiB at once", 4, 1, 512 * MIB, 4, False, 4, 64 * MIB),
    Row("1 form of 1 GiB", 1, 1, GIB, 1, True, 1, 128 * MIB),
]


@dataclass(frozen=True)
class Run:
    cpu_s_per_gb: float
    wall_s: float
    store_cpu_s_per_gb: float
    client_cpu_s: float
    peak_mib: float
    file_mib: float


def send(server, store, row, category):
    """All of the row's forms; for nginx a presigned PUT of each file instead."""
    common = {"connections": row.at_once, "seconds": SECONDS_MAX, "body": random_body(MIB),
              "body_bytes": row.file_bytes}
    what = f"{server.name}, {row.name}"
    if server.name == "nginx":
        keys = [f"{category}/{i}" for i in range(row.forms * row.files)]
        return run_load(server, server.api_port, what, method="PUT",
                        paths=write_lines(store.sign("PUT", keys)), **common)
    return run_load(server, server.api_port, what, paths=write_lines(["/api/uploads/"]),
                    repeat=True, requests=row.forms, form_files=row.files, category=category,
                    token=servers.TOKEN, **common)


def check_and_delete(store, row, category, *, bytes_of_one):
    """Every file has arrived with its size; `bytes_of_one`: and one of them byte by byte."""
    listed = store.list(f"{category}/")
    wrong = {key: one.size for key, one in listed.items() if one.size != row.file_bytes}
    if len(listed) != row.forms * row.files or wrong:
        raise RuntimeError(f"{category}: {len(listed)} of {row.forms * row.files} files arrived; "
                           f"of another size: {dict(list(wrong.items())[:3])}")
    if bytes_of_one:
        key = sorted(listed)[len(listed) // 2]
        store.load(f"comparing {key}", store.sign("GET", [key]), connections=1, seconds=60,
                   body=random_body(MIB), body_bytes=row.file_bytes)
    store.delete(list(listed))


def run_once(server, store, row, category):
    before_us = store.server.cpu_us()
    with Watch(server, server.watched) as watch:
        run = send(server, store, row, category)
    store_us = store.server.cpu_us() - before_us
    gigabytes = row.bytes / GB
    return Run(run.server_cpu_us / 1e6 / gigabytes, run.seconds, store_us / 1e6 / gigabytes,
               run.client_cpu_us / 1e6, watch.peak_kib / KIB, watch.peak_file_bytes / MIB)


def measure(row, names, store, rounds):
    """Rounds in turn after a warm-up, by servers that were started for this row."""
    started = [STARTERS[name](store) for name in names if row.floor or name != "nginx"]
    runs = {server.name: [] for server in started}
    for number in range(-1, rounds):
        for server in started:
            category = f"{server.name}-{number + 1}"
            run = run_once(server, store, row, category)
            check_and_delete(store, row, category, bytes_of_one=number in (-1, rounds - 1))
            if number < 0:
                continue
            runs[server.name].append(run)
            say(f"{server.name}, {row.name}: {run.cpu_s_per_gb:.2f} s CPU/GB, {run.wall_s:.2f} s, "
                f"{run.peak_mib:.0f} MiB, {run.file_mib:.1f} MiB in files")
    for server in started:
        server.stop()
    return runs


def add_rows(table, row, runs):
    """One row a server; its medians, but of memory and files the most."""
    figures = {}
    for name, its in runs.items():
        figures[name] = Run(
            median_of(run.cpu_s_per_gb for run in its), median_of(run.wall_s for run in its),
            median_of(run.store_cpu_s_per_gb for run in its),
            median_of(run.client_cpu_s for run in its), max(run.peak_mib for run in its),
            max(run.file_mib for run in its))
        one = figures[name]
        table.add(row.name, name, one.cpu_s_per_gb, one.wall_s, row.bytes / 1e6 / one.wall_s,
                  one.peak_mib, one.file_mib, one.store_cpu_s_per_gb, one.client_cpu_s,
                  f"{spread(run.cpu_s_per_gb for run in its):.0%}")
    return figures


def add_marks(table, row, figures):
    """Slipway beside the best of those that were measured."""
    if "slipway" not in figures:
        return
    ours = figures["slipway"]

    def share(what, figure, names, limit):
        theirs = [getattr(figures[name], figure) for name in names if name in figures]
        if theirs:
            table.marks.append(Mark(f"{row.name}: {what}", getattr(ours, figure) / min(theirs),
                                    limit, at_most=True))
    share("CPU, share of Django's and express's best", "cpu_s_per_gb", FRAMEWORKS, 1 / 5)
    share("CPU, share of Go's", "cpu_s_per_gb", ("go",), 1 / 2)
    share("CPU at last, times nginx's", "cpu_s_per_gb", ("nginx",), 1.3)
    share("wall, times the best peer's", "wall_s", PEERS, 1)
    table.marks += [
        Mark(f"{row.name}: peak memory, MiB", ours.peak_mib, 64, at_most=True),
        Mark(f"{row.name}: bytes in files, MiB", ours.file_mib, 0, at_most=True),
    ]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short run of each, for sanity")
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many (default 5)")
    parser.add_argument("--servers", default=",".join(STARTERS), help="which of them")
    parser.add_argument("--slow", action="store_true", help="1,000 forms at 1 KiB/s instead")
    parser.add_argument("--json", metavar="FILE", help="the result goes there as well")
    options = parser.parse_args()
    for name in options.servers.split(","):
        if name not in STARTERS:
            parser.error(f"no server '{name}'; there are: {', '.join(STARTERS)}")
    return options


def main():
    options = parse_options()
    end_cleanly_on_signals()
    servers.install("minio")
    if options.slow:
        return slow.run(options)
    asked = options.servers.split(",")
    names = install(asked)
    rounds = 1 if options.quick else options.rounds
    table = Report("forms", ["row", "server", "CPU s/GB", "wall s", "MB/s", "peak MiB",
                             "MiB in files", "MinIO's CPU s/GB", "client CPU s", "spread"])
    table.notes += [f"{name} could not be installed: it and what is compared with it is left out"
                    for name in asked if name not in names]
    for row in ROWS:
        if options.quick:
            row = replace(row, forms=row.quick_forms, file_bytes=row.quick_bytes)
        with MemoryStore() as store:
            add_marks(table, row, add_rows(table, row, measure(row, names, store, rounds)))
    table.notes.append(f"medians of {rounds} after a warm-up, memory and files the most of all; "
                       "CPU is the server's and its children's; MinIO behind them, data in memory")
    table.finish(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
