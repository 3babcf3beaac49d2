# SPDX-License-Identifier: Apache-2.0
"""Signing alone, without HTTP: presigned PUT URLs for each second of one core."""
import os
import pathlib
import subprocess

from harness import servers
from harness.processes import CACHE
from harness.report import Mark, Report, median_of, say, spread

MARK_PER_CPU_SECOND = 400_000


def slipway_program():
    """bench/micro's bench_sign: $SLIPWAY_BENCH_SIGN, else the newest in build/ (or None)."""
    if path := os.environ.get("SLIPWAY_BENCH_SIGN"):
        return pathlib.Path(path)
    built = [path for path in servers.REPOSITORY.glob("build/*/**/bench_sign") if path.is_file()]
    return max(built, key=lambda path: path.stat().st_mtime, default=None)


def rate(command):
    """The last number of the last line: each program prints its rate there."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True,
                          check=True, cwd=servers.PEERS / "flask")
    return float(done.stdout.split()[-1])


def run(quick):
    servers.install("go", "flask")
    seconds, repeats = ("0.5", 1) if quick else ("2", 5)
    programs = {
        "slipway": [slipway_program(), seconds],
        "minio-go": [CACHE / "bin" / "peer-sign", seconds],
        "boto3": [CACHE / "flask" / "bin" / "python", "sign.py", seconds],
    }
    table = Report("signing", ["signer", "URLs per CPU second", "spread"])
    if programs["slipway"][0] is None:
        del programs["slipway"]
        table.notes.append("Slipway's bench_sign is not built: configure with -DSLIPWAY_BENCH=ON")
    rates = {name: [] for name in programs}
    for repeat in range(-1, repeats):
        for name, command in programs.items():
            measured = rate(command)
            if repeat >= 0:
                rates[name].append(measured)
                say(f"{name}: {measured:,.0f} URLs per CPU second")
    for name, its in rates.items():
        table.add(name, median_of(its), f"{spread(its):.0%}")
    if "slipway" in rates:
        table.marks.append(Mark("signing alone, URLs per CPU second", median_of(rates["slipway"]),
                                MARK_PER_CPU_SECOND))
    table.finish()
    return 0
