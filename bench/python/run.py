#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python package's upload_files_concurrently beside boto3 with gevent and with threads.

See bench/README.md for how to read the result.
"""
import argparse
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import servers  # noqa: E402
from harness.measured import run_measured  # noqa: E402
from harness.memory_store import MEMORY  # noqa: E402
from harness.processes import CACHE, end_cleanly_on_signals, new_folder  # noqa: E402
from harness.report import Mark, Report, median_of, say, spread  # noqa: E402
from harness.sink import Sink  # noqa: E402

KIB, MIB, GIB = 1024, 1024 ** 2, 1024 ** 3
LIMIT_S = 120  # of one run
CPU_S_MIN = 0.001  # below what a difference of two processes can tell
CLIENTS = ("slipway-threads", "slipway-gevent", "boto3-gevent", "boto3-threads")
TICKING = ("slipway-gevent", "slipway-asyncio", "boto3-gevent", "boto3-asyncio")


@dataclass(frozen=True)
class Row:
    name: str
    files: int
    bytes: int
    workers: int  # 0: one for each file
    marks: Callable  # of (this row, {client: Figures}): a list of Mark
    clients: tuple = CLIENTS
    behaviour: dict = field(default_factory=dict)  # the sink's
    from_disk: bool = False
    ticker: bool = False
    warm_up: bool = True


@dataclass(frozen=True)
class Figures:
    """Medians; of the gap the longest of all rounds."""
    cpu_s: float  # without start_cpu_s
    wall_s: float
    start_cpu_s: float
    peak_mib: float
    gap_ms: float
    connections: float
    spread: float


def wall_at_most(seconds):
    def marks(row, figures):
        return [Mark(f"{row.name}, {client}: wall, s", one.wall_s, seconds, at_most=True)
                for client, one in figures.items() if client.startswith("slipway")]
    return marks


def beside_boto3(row, figures):
    """Both worlds of Slipway's beside boto3 + gevent."""
    if "boto3-gevent" not in figures:
        return []
    peer, marks = figures["boto3-gevent"], []
    for client, one in figures.items():
        if client.startswith("slipway"):
            marks += [Mark(f"{row.name}, {client}: CPU, times boto3 + gevent's",
                           one.cpu_s / peer.cpu_s, 1 / 6, at_most=True),
                      Mark(f"{row.name}, {client}: CPU at last", one.cpu_s / peer.cpu_s, 1 / 12,
                           at_most=True),
                      Mark(f"{row.name}, {client}: wall, times boto3 + gevent's",
                           one.wall_s / peer.wall_s, 1 / 3, at_most=True)]
    return marks


def ticks_on(row, figures):
    return [Mark(f"{row.name}, {client}: longest gap, ms", one.gap_ms, 20, at_most=True)
            for client, one in figures.items() if client.startswith("slipway")]


def _rows():
    # The document's table; 0.05 s for the rest of the call.
    for files, seconds in ((2, 2), (4, 2.5), (8, 4), (16, 8)):
        common = {"behaviour": {"delay_ms": 2000}, "warm_up": False}
        yield Row(f"2s-{files}-files-4-workers", files, 64 * KIB, 4, wall_at_most(seconds + 0.05),
                  **common)
        yield Row(f"2s-{files}-files", files, 64 * KIB, 0, wall_at_most(2.2), **common)
    yield Row("1000x64KiB", 1000, 64 * KIB, 10, beside_boto3)
    yield Row("ticker-1GiB-in-memory", 1, GIB, 5, ticks_on, TICKING, ticker=True)
    yield Row("ticker-1GiB-file", 1, GIB, 5, ticks_on, TICKING, from_disk=True, ticker=True)


ROWS = {row.name: row for row in _rows()}


def package_folder():
    """$SLIPWAY_PYTHON, else what was built beside $SLIPWAY_BIN, else what pip builds."""
    if path := os.environ.get("SLIPWAY_PYTHON"):
        return pathlib.Path(path).resolve()
    if path := os.environ.get("SLIPWAY_BIN"):
        beside = pathlib.Path(path).resolve().parent / "python"
        if list(beside.glob("slipway/_core*.so")):
            return beside
    say("building the Python package (some minutes)")
    target = CACHE / "slipway-python"
    subprocess.run([CACHE / "django" / "bin" / "pip", "install", "--quiet", "--upgrade",
                    "--no-deps", "--target", target, servers.REPOSITORY], check=True)
    return target


def environment(package, url):
    """The same for all clients, and nothing of the user's own settings."""
    return {
        "PATH": os.environ["PATH"], "HOME": str(new_folder("home")), "LANG": "C.UTF-8",
        "PYTHONPATH": f"{package}:{servers.PEERS / 'django'}",
        "PYTHONPYCACHEPREFIX": str(CACHE / "pycache"), "AWS_EC2_METADATA_DISABLED": "true",
        "PEER_S3_ENDPOINT": url, "PEER_ACCESS_KEY": servers.ACCESS_KEY,
        "PEER_SECRET_KEY": servers.SECRET_KEY,
    }


@dataclass(frozen=True)
class Run:
    whole_cpu_s: float
    wall_s: float
    start_cpu_s: float
    peak_mib: float
    gap_ms: float
    connections: int


def run_python(row, client, package, url, *more):
    out = new_folder("out") / "out.json"
    measured = run_measured(
        [CACHE / "django" / "bin" / "python", HERE / "upload.py", out, client, row.files, row.bytes,
         row.workers, *more], env=environment(package, url), limit_s=LIMIT_S)
    if measured.exit_code != 0:
        raise RuntimeError(f"{row.name}, {client} ended with {measured.exit_code}:\n{measured.log}")
    return measured, json.loads(out.read_text()) if out.exists() else {}


def run_once(row, client, package, path):
    """The same process twice: without the call, for what starting costs, and with it."""
    more = ["--path", path] if row.from_disk else []
    sink = Sink(**row.behaviour)
    try:
        start, _ = run_python(row, client, package, sink.url, *more, "--nothing")
        whole, said = run_python(row, client, package, sink.url, *more,
                                 *(["--ticker"] if row.ticker else []))
    finally:
        counts = sink.stop()
    right = [size for size in counts["sizes"].values() if size == row.bytes]
    if said["stored"] != row.files or len(right) != row.files:
        raise RuntimeError(f"{row.name}, {client}: {said['stored']} of {row.files} stored by its "
                           f"own account, {len(right)} by the store's:\n{whole.log}")
    return Run(whole.cpu_s, said["wall_s"], start.cpu_s,
               whole.peak_kib / KIB, said["gap_ms"], counts["connections"])


def measure(row, clients, package, path, rounds):
    """Rounds in turn, so that what disturbs the machine disturbs all."""
    runs = {client: [] for client in clients}
    for number in range(-1 if row.warm_up else 0, rounds):
        for client in clients:
            run = run_once(row, client, package, path)
            if number < 0:
                continue
            runs[client].append(run)
            say(f"{row.name}, {client}: {run.whole_cpu_s:.3f} s CPU with the start's "
                f"{run.start_cpu_s:.3f}, {run.wall_s:.3f} s, "
                f"{run.peak_mib:.0f} MiB"
                + (f", longest gap {run.gap_ms:.1f} ms" if row.ticker else ""))
    return {client: figures_of(its) for client, its in runs.items()}


def figures_of(runs):
    def median(name):
        return median_of(getattr(run, name) for run in runs)
    return Figures(
        max(median("whole_cpu_s") - median("start_cpu_s"), CPU_S_MIN), median("wall_s"),
        median("start_cpu_s"), median("peak_mib"), max(run.gap_ms for run in runs),
        median("connections"), spread(run.whole_cpu_s for run in runs))


def make_file(row):
    """The file that rows from disk send, in memory (tmpfs) where there is room."""
    parent = MEMORY if MEMORY.is_dir() else new_folder("file")
    path = parent / f"slipway-bench-python-{os.getpid()}"
    block = os.urandom(MIB)
    with open(path, "wb") as out:
        for _ in range(row.bytes // MIB):
            out.write(block)
    return path


def chosen_rows(options):
    rows = [row for row in ROWS.values() if not options.rows or any(
        fnmatch.fnmatch(row.name, wanted) for wanted in options.rows.split(","))]
    if not rows:
        raise SystemExit(f"no such row; there are: {', '.join(ROWS)}")
    return [replace(row, bytes=row.bytes // 8) if options.quick and row.ticker else row
            for row in rows]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run of each, for sanity")
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many (default 5)")
    parser.add_argument("--rows", help="which, as names or patterns: 2s-*,ticker-*")
    known = dict.fromkeys(CLIENTS + TICKING)
    parser.add_argument("--clients", default=",".join(known), help="which of them")
    parser.add_argument("--json", metavar="FILE", help="the result goes there as well")
    options = parser.parse_args()
    for client in options.clients.split(","):
        if client not in known:
            parser.error(f"no client '{client}'; there are: {', '.join(known)}")
    return options


def main():
    options = parse_options()
    end_cleanly_on_signals()
    rows = chosen_rows(options)
    servers.install("django")
    package = package_folder()
    asked = options.clients.split(",")
    rounds = 1 if options.quick else options.rounds
    table = Report("python", ["row", "client", "CPU s", "wall s", "start CPU s", "peak MiB",
                              "longest gap ms", "connections", "spread"])
    for row in rows:
        clients = [client for client in row.clients if client in asked]
        path = make_file(row) if row.from_disk else None
        try:
            figures = measure(row, clients, package, path, rounds)
        finally:
            if path:
                path.unlink()
        for client, one in figures.items():
            table.add(row.name, client, one.cpu_s, one.wall_s, one.start_cpu_s, one.peak_mib,
                      one.gap_ms if row.ticker else None, one.connections, f"{one.spread:.0%}")
        table.marks += row.marks(row, figures)
    table.notes.append(f"medians of {rounds}, the longest gap of all rounds; CPU is the process's "
                       "without that of the same process that uploads nothing (start CPU)")
    table.finish(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
