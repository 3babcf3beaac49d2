# SPDX-License-Identifier: Apache-2.0
"""A million objects of 1 KiB: stored, listed, read back, deleted; does it get slower on the way?"""
import random
import subprocess

from harness import servers
from harness.processes import new_folder
from harness.report import Mark, Report, median_of, say
from harness.store_client import StoreClient, body_options

OBJECT_BYTES = 1024
PAGE_KEYS = 1000
SLICES = 20
ENDS = 3  # slices whose median is the start's figure, and the end's
CONNECTIONS = 16
SECONDS_MAX = 3600


def slices_of(items):
    size = (len(items) + SLICES - 1) // SLICES
    return [items[at:at + size] for at in range(0, len(items), size)]


def disk_use(folder):
    """Bytes on disk and the number of files."""
    used = subprocess.run(["du", "-s", "-B1", folder], capture_output=True, text=True, check=True)
    files = subprocess.run(["find", folder, "-type", "f", "-printf", "x"], capture_output=True,
                           check=True)
    return int(used.stdout.split()[0]), len(files.stdout)


class Phase:
    """One kind of request over all objects, slice by slice."""

    def __init__(self, name, runs):
        self.name = name
        requests = sum(run.requests for run in runs)
        self.rate = requests / sum(run.seconds for run in runs)
        self.cpu_us = sum(run.server_cpu_us for run in runs) / requests
        each = [run.seconds / run.requests * 1e6 for run in runs]
        self.first_us, self.last_us = median_of(each[:ENDS]), median_of(each[-ENDS:])
        self.p99_ms = max(run.p99_us for run in runs) / 1000


def run_phase(store, name, paths, **options):
    runs = []
    for number, part in enumerate(slices_of(paths)):
        run = store.load(f"{name}, slice {number}", part, seconds=SECONDS_MAX, **options)
        if run.requests != len(part):
            raise RuntimeError(f"{name}: {run.requests} of {len(part)} were answered")
        runs.append(run)
    phase = Phase(name, runs)
    say(f"{store.server.name}, {name}: {phase.rate:,.0f}/s, {phase.cpu_us:,.0f} us CPU each, "
        f"{phase.first_us:,.1f} us at first, {phase.last_us:,.1f} us at last")
    return phase


def page_paths(store, keys):
    """All pages of the listing of `keys`, which must come in whole pages."""
    ordered = sorted(keys)
    return [store.sign_list("million/", after)
            for after in ["", *ordered[PAGE_KEYS - 1:-1:PAGE_KEYS]]]


def ready_again(name, data, rounds):
    """Starts on what is there: (median ready in ms, first one after SIGKILL, the last server)."""
    times = []
    for number in range(rounds + 1):
        server = servers.STORES[name](data)
        times.append(server.ready_ms)
        if number < rounds:
            server.stop()
    return server, times


def measure_server(name, keys, rounds, table):
    data = new_folder(f"{name}-million")
    server = servers.STORES[name](data)
    store = StoreClient(server)
    phases = [run_phase(store, "PUT", store.sign("PUT", keys), connections=CONNECTIONS,
                        **body_options("PUT", OBJECT_BYTES))]
    peak_kib = server.peak_rss_kib()
    server.kill()
    full_bytes, full_files = disk_use(data)
    server, ready_ms = ready_again(name, data, rounds)
    store = StoreClient(server)
    phases.append(run_phase(store, "LIST", page_paths(store, keys), connections=1, method="GET",
                            keys=PAGE_KEYS))
    shuffled = random.Random(1).sample(keys, len(keys))
    phases.append(run_phase(store, "GET", store.sign("GET", shuffled), connections=CONNECTIONS,
                            **body_options("GET", OBJECT_BYTES)))
    phases.append(run_phase(store, "DELETE", store.sign("DELETE", keys), connections=CONNECTIONS,
                            method="DELETE"))
    if store.list("million/"):
        raise RuntimeError(f"{name}: deleted objects are still listed")
    peak_kib = max(peak_kib, server.peak_rss_kib())
    server.stop()
    empty_bytes, empty_files = disk_use(data)
    for phase in phases:
        table.add(phase.name, name, phase.rate, phase.cpu_us, phase.first_us, phase.last_us,
                  phase.last_us / phase.first_us, phase.p99_ms)
    table.notes.append(
        f"{name}: {len(keys):,} objects of {OBJECT_BYTES} bytes take {full_bytes / 2**20:,.0f} MiB "
        f"of disk in {full_files:,} files, {full_bytes / len(keys):,.0f} bytes each; after deleting "
        f"all of them {empty_bytes / 2**20:,.0f} MiB in {empty_files:,} files; "
        f"RSS peak {peak_kib / 1024:,.1f} MiB; ready after SIGKILL in {ready_ms[0]:,.0f} ms, then "
        f"in {median_of(ready_ms[1:]):,.0f} ms")
    if name == "slipway":
        table.marks += [Mark(f"{phase.name}: time of one at the end, times that at the start",
                             phase.last_us / phase.first_us, 1.3, at_most=True)
                        for phase in phases]
        table.marks += [
            Mark(f"ready on {len(keys):,} objects, ms", median_of(ready_ms[1:]), 50, at_most=True),
            Mark("RSS peak, MiB", peak_kib / 1024, 64, at_most=True),
        ]


def measure_million(names, options):
    """One server after the other, each with the disk to itself."""
    count = options.objects // PAGE_KEYS * PAGE_KEYS
    keys = [f"million/{i % 1000:03}/{i:09}" for i in range(count)]
    table = Report("store-million", ["request", "server", "per second", "server CPU us", "first us",
                                     "last us", "last / first", "worst p99 ms"])
    for name in names:
        measure_server(name, keys, options.rounds, table)
    table.notes.append(
        f"{CONNECTIONS} connections, listings one, {PAGE_KEYS:,} keys a page; first and last are "
        f"medians of the first and the last {ENDS} of {SLICES} slices, wall time by requests; GET "
        "in random order, each body compared")
    return table
