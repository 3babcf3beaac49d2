# SPDX-License-Identifier: Apache-2.0
"""Runs the load generator (harness/load) against a server and pairs it with the server's CPU."""
import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

from .processes import TICK_US, work_folder
from .programs import program

SOURCES = pathlib.Path(__file__).parent / "load"


@dataclass
class Run:
    """One run's counts; *_us without a server's CPU where no server was given."""
    requests: int
    tickets: int
    bytes: int
    seconds: float
    client_cpu_us: int
    server_cpu_us: int
    p50_us: int
    p99_us: int
    max_us: int
    exhausted: bool

    def per_second(self, count):
        return count / self.seconds


def start_load(port, **options):
    """The generator as a running process; finish_load() waits for it."""
    command = [program("load", SOURCES), "--port", str(port)]
    for name, value in options.items():
        if value is True:
            command.append("--" + name)
        elif value not in (None, False):
            command += ["--" + name.replace("_", "-"), str(value)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish_load(process, what, server_cpu_us=0):
    try:
        output, _ = process.communicate()
    finally:
        process.kill()
    if process.returncode != 0:
        raise RuntimeError(f"{what}: the load generator ended with {process.returncode}")
    report = json.loads(output)
    if report["errors"]:
        causes = "\n  ".join(f"{count} x {cause}" for cause, count in report["causes"].items())
        raise RuntimeError(f"{what}: {report['errors']} of "
                           f"{report['errors'] + report['requests']} requests failed:\n  {causes}")
    if not report["requests"]:
        raise RuntimeError(f"{what}: no request was answered")
    return Run(report["requests"], report["tickets"], report["bytes"], report["seconds"],
               report["cpu_us"], server_cpu_us, report["p50_us"], report["p99_us"],
               report["max_us"], report["exhausted"])


def run_load(server, port, what, **options):
    """Runs to the end; raises on any wrong answer. Names of `options` are the generator's."""
    before = server.cpu_us()
    run = finish_load(start_load(port, **options), what)
    # Below the kernel's resolution, one tick.
    run.server_cpu_us = max(server.cpu_us() - before, TICK_US)
    return run


def write_lines(lines):
    """A file with one line each, for --paths."""
    handle, name = tempfile.mkstemp(prefix="paths-", dir=work_folder())
    with os.fdopen(handle, "w") as out:
        out.writelines(line + "\n" for line in lines)
    return name
