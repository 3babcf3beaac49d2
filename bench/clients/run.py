#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many and large files sent to S3: `slipway put`, its peers, curl and bare read+send.

See bench/README.md for how to read the result.
"""
import argparse
import bisect
import dataclasses
import fnmatch
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from clients.commands import COMMANDS, INSTALLED_AS, Job, environment  # noqa: E402
from clients.rows import KIB, ROWS, Figures  # noqa: E402
from clients.targets import TARGETS  # noqa: E402
from clients.workload import Workloads  # noqa: E402
from harness import servers  # noqa: E402
from harness.measured import run_measured  # noqa: E402
from harness.processes import end_cleanly_on_signals, new_folder  # noqa: E402
from harness.report import Report, median_of, say, spread  # noqa: E402

MINIO_ROWS = ("small", "medium")
QUICK_MILLION = 100_000


@dataclasses.dataclass
class Run:
    """One round of one client."""
    measured: object
    counts: dict
    arrived: int


def upload(row, client, workload, store, seed):
    """One run against a store of its own."""
    behaviour = dict(row.behaviour)
    if store == "sink":
        behaviour["seed"] = seed
    target = TARGETS[store](**behaviour)
    home = new_folder("home")
    try:
        job = Job(workload, target, home, row.max_workers)
        command, more = COMMANDS[client](job)
        measured = run_measured(command, env=environment(job) | more, limit_s=row.limit_s,
                                sampled=row.sampled)
    finally:
        counts, sizes = target.finish()
        shutil.rmtree(home)
    arrived = sum(sizes.get(file) == size for file, size in workload.sizes.items())
    return Run(measured, counts, arrived)


def measure(row, clients, workload, options):
    """Rounds in turn, so that what disturbs the machine disturbs all, and each in another order:
    nobody always comes after the one that leaves the machine hot and its memory in pieces."""
    runs = {client: [] for client in clients}
    rounds = min(1 if options.quick else options.rounds, row.rounds_max)
    for number in range(0 if options.quick or not row.warm_up else -1, rounds):
        for client in random.Random(number).sample(clients, len(clients)):
            run = upload(row, client, workload, options.store, number + 1)
            if number < 0:
                continue
            runs[client].append(run)
            one = run.measured
            say(f"{row.name}, {client}: {one.cpu_s:.3f} s CPU, {one.wall_s:.3f} s, "
                f"{one.peak_kib / KIB:.0f} MiB, {run.arrived:,} of {row.count:,} arrived"
                + (", stopped at the time limit" if one.timed_out else ""))
            if not row.faults and (one.exit_code or run.arrived != row.count):
                say(f"{client} ended with {one.exit_code}:\n{one.log}")
    return {client: figures_of(row, its) for client, its in runs.items()}


def figures_of(row, runs):
    def count(name):
        return None if runs[0].counts[name] is None else median_of(r.counts[name] for r in runs)

    def measured(name):
        return median_of(getattr(run.measured, name) for run in runs)
    exit_code = max((run.measured.exit_code for run in runs), key=abs)
    arrived = min(run.arrived for run in runs)
    cpu_growth, rss_growth = growth(runs[-1]) if row.sampled else (None, None)
    return Figures(
        measured("cpu_s"), measured("wall_s"), measured("peak_kib") / KIB, count("connections"),
        count("requests"), count("data_requests"), count("in_flight_max"), count("checksums"),
        exit_code, arrived, exit_code == 0 and arrived == row.count,
        spread(run.measured.cpu_s for run in runs), cpu_growth, rss_growth,
        {name: [getattr(run.measured, name) for run in runs] for name in ("cpu_s", "wall_s")})


def growth(run):
    """CPU of a file and RSS: the last tenth of the files to the first, the ends themselves left out.

    The store knows when each thousandth file came, the samples how much CPU was spent until then.
    """
    times, samples = run.counts["each_thousandth_s"], run.measured.samples
    if not times or len(times) < 100 or len(samples) < 10:
        return None, None
    at = [sample.at for sample in samples]

    def sample(share):
        index = bisect.bisect_left(at, times[int((len(times) - 1) * share)])
        return samples[min(index, len(samples) - 1)]
    start, early, late, end = sample(0.01), sample(0.11), sample(0.89), sample(0.99)
    if early.cpu_us == start.cpu_us:
        return None, None
    return ((end.cpu_us - late.cpu_us) / (early.cpu_us - start.cpu_us),
            end.rss_kib / early.rss_kib)


def add_rows(table, row, figures):
    for client, one in figures.items():
        table.add(row.name, client, one.cpu_s, one.wall_s, one.peak_mib, one.requests,
                  one.connections, one.in_flight_max, one.checksums, str(one.exit_code),
                  f"{one.arrived:,} of {row.count:,}", f"{one.spread:.0%}")
        if one.cpu_growth:
            table.notes.append(f"{row.name}, {client}: the last tenth to the first: CPU of a file "
                               f"{one.cpu_growth:.2f}, RSS {one.rss_growth:.2f}")
    if "slipway" in figures:
        table.marks += row.marks(row, figures)


def install(clients):
    """Those of `clients` that can be had; why another is not measured is said in the report."""
    missing = []
    for name in dict.fromkeys(INSTALLED_AS[client] for client in clients if client in INSTALLED_AS):
        try:
            servers.install(name)
        except subprocess.CalledProcessError:
            missing.append(name)
    there = [client for client in clients if INSTALLED_AS.get(client) not in missing]
    return there, [client for client in clients if client not in there]


def chosen_rows(options):
    if options.rows:
        rows = [row for row in ROWS.values()
                if any(fnmatch.fnmatch(row.name, wanted) for wanted in options.rows.split(","))]
    else:
        rows = [row for row in ROWS.values() if not row.asked_for]
    if options.million and ROWS["million"] not in rows:
        rows.append(ROWS["million"])
    if options.store == "minio":
        rows = [row for row in rows if row.name in MINIO_ROWS]
    if not rows:
        raise SystemExit(f"no such row; there are: {', '.join(ROWS)}")
    if options.quick:
        rows = [dataclasses.replace(row, count=min(row.count, QUICK_MILLION)) for row in rows]
    return rows


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run of each, for sanity")
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many (default 5)")
    parser.add_argument("--rows", help="which, as names or patterns: small,2s-*")
    parser.add_argument("--million", action="store_true", help="with the row of 1,000,000 files")
    parser.add_argument("--clients", default=",".join(COMMANDS), help="which of them")
    parser.add_argument("--store", choices=TARGETS, default="sink")
    parser.add_argument("--json", metavar="FILE", help="the result goes there as well")
    options = parser.parse_args()
    for client in options.clients.split(","):
        if client not in COMMANDS:
            parser.error(f"no client '{client}'; there are: {', '.join(COMMANDS)}")
    return options


def main():
    options = parse_options()
    end_cleanly_on_signals()
    rows = chosen_rows(options)
    if options.store == "minio":
        servers.install("minio")
    clients, missing = install(options.clients.split(","))
    table = Report("clients", ["row", "client", "CPU s", "wall s", "peak MiB", "requests",
                               "connections", "in flight", "with checksum", "exit", "arrived",
                               "spread"])
    table.notes += [f"{client} could not be installed: it and what is compared with it is left out"
                    for client in missing]
    lost = False
    workloads = Workloads()
    try:
        for row in rows:
            figures = measure(row, [client for client in clients if client in row.clients],
                              workloads.get(row.count, row.size), options)
            add_rows(table, row, figures)
            lost |= "slipway" in figures and figures["slipway"].arrived < row.count \
                and row.behaviour.get("slow_down") != 1
    finally:
        workloads.close()
    table.notes.append(f"store: {options.store}; medians of {1 if options.quick else options.rounds}"
                       " (503-for-ever and million: of 1); CPU is the client's, user and system")
    table.finish(options.json)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
