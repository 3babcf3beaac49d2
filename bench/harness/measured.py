# SPDX-License-Identifier: Apache-2.0
"""A command run to its end: its CPU, its wall time, its highest RSS (harness/measure)."""
import json
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass, field

from .processes import new_folder, process_tree, tree_cpu_us, tree_rss_kib
from .programs import program

SOURCES = pathlib.Path(__file__).parent / "measure"
SAMPLE_SECONDS = 0.05


@dataclass
class Sample:
    """At `at` on the monotonic clock: CPU so far and RSS of the command's tree."""
    at: float
    cpu_us: int
    rss_kib: int


@dataclass
class Measured:
    cpu_s: float
    user_s: float
    wall_s: float
    peak_kib: int
    exit_code: int
    timed_out: bool
    log: str  # the end of what it printed
    samples: list = field(default_factory=list)


def run_measured(command, *, env, limit_s, sampled=False):
    """`env` is the whole environment. What the command prints goes to a file, never a terminal."""
    folder = new_folder("measured")
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [program("measure", SOURCES), folder / "out.json", str(limit_s),
             *(str(part) for part in command)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=folder)
    samples = []
    try:
        while sampled and process.poll() is None:
            samples += _sample(process.pid)
            time.sleep(SAMPLE_SECONDS)
        process.wait()
    except BaseException:
        process.terminate()  # ends the command too
        process.wait()
        raise
    if process.returncode != 0:
        raise RuntimeError(f"measure ended with {process.returncode}")
    with open(folder / "log", "rb") as log:
        log.seek(max(0, os.path.getsize(folder / "log") - 2000))
        text = log.read().decode(errors="replace")
    return Measured(**json.loads((folder / "out.json").read_text()), log=text, samples=samples)


def _sample(root):
    children = process_tree(root)[1:2]
    try:
        return [Sample(time.monotonic(), tree_cpu_us(pid), tree_rss_kib(pid)) for pid in children]
    except OSError:
        return []  # it ended meanwhile
