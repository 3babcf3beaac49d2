# SPDX-License-Identifier: Apache-2.0
"""The rows of bench/clients: what is uploaded to a store that behaves how, and what is to be reached.

A row's marks compare Slipway with what was measured beside it; a client that was not measured, or
that lost files, is compared with nobody.
"""
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.report import Mark, median_of

from clients.commands import COMMANDS, PEERS

KIB, MIB, GIB = 1024, 1024 ** 2, 1024 ** 3
ALL = tuple(COMMANDS)
OVER_TLS = tuple(name for name in ALL if name != "floor")
RETRYING = OVER_TLS
WITH_WORKERS = ("slipway", "s5cmd", "rclone", "boto3", "curl")  # mc cp and awscrt have no count


@dataclass(frozen=True)
class Row:
    name: str
    count: int
    size: int | None  # None: 0 to 1 KiB
    marks: Callable   # of (this row, {client: Figures}): a list of Mark
    clients: tuple = ALL
    behaviour: dict = field(default_factory=dict)  # the sink's
    max_workers: int = 0
    rounds_max: int = 99
    warm_up: bool = True
    limit_s: int = 300
    faults: bool = False    # it is allowed to fail here; who does is a figure
    sampled: bool = False
    asked_for: bool = False  # only when it is named


@dataclass(frozen=True)
class Figures:
    """Medians of one client's rounds; exit code and arrived are the worst of them."""
    cpu_s: float
    wall_s: float
    peak_mib: float
    connections: float | None
    requests: float | None
    data_requests: float | None
    in_flight_max: float | None
    checksums: float | None
    exit_code: int
    arrived: int
    whole: bool  # exit code 0 and every file there with its size
    spread: float  # of the CPU
    cpu_growth: float | None = None  # per file, the end to the start
    rss_growth: float | None = None
    rounds: dict = field(default_factory=dict)  # cpu_s and wall_s of each


def ratio(row, figures, what, name, clients, limit):
    """Slipway's figure as a share of the best client's of those that did the work, as a mark: the
    median of the rounds' shares, since a machine that is slow for a while is so for both. None
    without them."""
    compared = [client for client in clients if client in figures and figures[client].whole]
    if not compared:
        return []
    theirs = min((figures[client] for client in compared), key=lambda one: getattr(one, name))
    share = median_of(mine / peers for mine, peers in
                      zip(figures["slipway"].rounds[name], theirs.rounds[name], strict=True))
    whose = clients[0] if len(clients) == 1 else "the best peer"
    return [Mark(f"{row.name}: {what}, times {whose}'s", share, limit, at_most=True)]


def peak(row, figures, mib):
    return [Mark(f"{row.name}: peak RSS, MiB", figures["slipway"].peak_mib, mib, at_most=True)]


def done(row, figures):
    """Everything arrived, and the exit code says so."""
    return [Mark(f"{row.name}: files arrived", figures["slipway"].arrived, row.count),
            Mark(f"{row.name}: exit code", figures["slipway"].exit_code, 0, at_most=True)]


# Slipway begins with so many requests at once (limits::engine_requests_first). The sink has fewer in
# hand: it answers some while the system still holds the bytes of others.
FIRST_REQUESTS = 8


def connections(row, figures):
    ours = figures["slipway"]
    if not ours.in_flight_max:
        return []
    used = max(ours.in_flight_max, FIRST_REQUESTS)
    return [Mark(f"{row.name}: connections for each used at once",
                 ours.connections / used, 1.25, at_most=True)]


def small(row, figures):
    return (done(row, figures) + ratio(row, figures, "CPU", "cpu_s", ("s5cmd",), 1 / 6)
            + ratio(row, figures, "CPU", "cpu_s", ("curl",), 1)
            + ratio(row, figures, "CPU at last", "cpu_s", ("floor",), 2)
            + ratio(row, figures, "wall", "wall_s", ("s5cmd", "rclone", "mc", "awscrt"), 1 / 3)
            + peak(row, figures, 48) + connections(row, figures))


def medium(row, figures):
    return (done(row, figures) + ratio(row, figures, "CPU", "cpu_s", PEERS, 1 / 4)
            + ratio(row, figures, "CPU", "cpu_s", ("curl",), 1.2)
            + ratio(row, figures, "CPU at last", "cpu_s", ("floor",), 1.3)
            + ratio(row, figures, "wall", "wall_s", PEERS, 1 / 2)
            + peak(row, figures, 64) + connections(row, figures))


def large(row, figures):
    return (done(row, figures) + ratio(row, figures, "CPU", "cpu_s", ("mc",), 1 / 3)
            + ratio(row, figures, "CPU", "cpu_s", ("curl",), 1.4)
            + ratio(row, figures, "CPU at last", "cpu_s", ("floor",), 1.1)
            + ratio(row, figures, "wall", "wall_s", PEERS, 1) + peak(row, figures, 96))


def over_tls(peak_mib):
    def marks(row, figures):
        return (done(row, figures) + ratio(row, figures, "CPU", "cpu_s", ("curl",), 1.15)
                + ratio(row, figures, "wall", "wall_s", PEERS, 1) + peak(row, figures, peak_mib))
    return marks


def patient(row, figures):
    return done(row, figures) + ratio(row, figures, "wall", "wall_s", ("s5cmd",), 1.2)


def wall_at_most(seconds):
    def marks(row, figures):
        return done(row, figures) + [Mark(f"{row.name}: wall, s", figures["slipway"].wall_s,
                                          seconds, at_most=True)]
    return marks


def start(row, figures):
    return done(row, figures) + [Mark(f"{row.name}: CPU of all of it, ms",
                                      figures["slipway"].cpu_s * 1000, 10, at_most=True)]


def busy(row, figures):
    """Unavoidable are so many requests as a client needs that sends each file until it is taken."""
    unavoidable = row.count / (1 - row.behaviour["slow_down"])
    marks = done(row, figures)
    if row.behaviour["slow_down"] <= 0.1:
        marks += ratio(row, figures, "wall", "wall_s", ("mc",), 1)
        marks += [Mark(f"{row.name}: requests for each unavoidable one",
                       figures["slipway"].requests / unavoidable, 1.3, at_most=True)]
    return marks


def broken(row, figures):
    return done(row, figures) + [Mark(f"{row.name}: PUTs a file",
                                      figures["slipway"].data_requests / row.count, 1.1,
                                      at_most=True)]


def hopeless(row, figures):
    return [Mark(f"{row.name}: exit code", figures["slipway"].exit_code, 1),
            Mark(f"{row.name}: wall, s", figures["slipway"].wall_s, 35, at_most=True)]


def million(row, figures):
    ours = figures["slipway"]
    return (done(row, figures) + ratio(row, figures, "wall", "wall_s", ("s5cmd",), 1)
            + peak(row, figures, 96)
            + [Mark(f"{row.name}: CPU of a file, the end to the start", ours.cpu_growth or 99, 1.1,
                    at_most=True),
               Mark(f"{row.name}: RSS, the end to the start", ours.rss_growth or 99, 1.1,
                    at_most=True)])


def _answered_after_2s():
    for count, seconds in ((2, 2), (4, 2), (8, 4), (16, 8)):
        common = {"behaviour": {"delay_ms": 2000}, "warm_up": False}
        yield Row(f"2s-{count}-files-4-workers", count, 64 * KIB, wall_at_most(seconds + 0.05),
                  WITH_WORKERS, max_workers=4, **common)
        yield Row(f"2s-{count}-files", count, 64 * KIB, wall_at_most(2.2), OVER_TLS, **common)


def _curves():
    """How the CPU of a file grows with its bytes, and that of a byte with the number of files."""
    common = {"marks": done, "clients": ("slipway", "curl", "floor"), "asked_for": True}
    for size in (1, 4, 16, 64, 256, 1024):
        yield Row(f"curve-1000x{size}KiB", 1_000, size * KIB, **common)
    for count in (1_000, 10_000, 100_000):
        yield Row(f"curve-{count}x16KiB", count, 16 * KIB, **common)


def _rows():
    yield Row("small", 10_000, 16 * KIB, small)
    yield Row("medium", 1_000, MIB, medium)
    yield Row("medium-tls", 1_000, MIB, over_tls(64), OVER_TLS, {"tls": True})
    yield Row("large", 1, 2 * GIB, large)
    yield Row("large-tls", 1, 2 * GIB, over_tls(96), OVER_TLS, {"tls": True})
    yield Row("four", 4, GIB, large)
    yield Row("four-tls", 4, GIB, over_tls(96), OVER_TLS, {"tls": True})
    yield Row("first-byte", 1, 1, start)
    yield Row("300ms", 200, MIB, patient, OVER_TLS, {"delay_ms": 300}, warm_up=False)
    yield from _answered_after_2s()
    faulty = {"clients": RETRYING, "faults": True, "warm_up": False, "limit_s": 75}
    yield Row("503-to-10%", 200, MIB, busy, behaviour={"slow_down": 0.1}, **faulty)
    yield Row("503-to-50%", 200, MIB, busy, behaviour={"slow_down": 0.5}, **faulty)
    yield Row("reset-5%", 200, MIB, broken, behaviour={"reset": 0.05}, **faulty)
    yield Row("503-for-ever", 200, MIB, hopeless, behaviour={"slow_down": 1}, rounds_max=1,
              **faulty)
    yield Row("million", 1_000_000, None, million, ("slipway", "curl", "s5cmd"), rounds_max=1,
              warm_up=False, limit_s=1800, sampled=True, asked_for=True)
    yield from _curves()


ROWS = {row.name: row for row in _rows()}
