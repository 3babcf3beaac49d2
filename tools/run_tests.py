#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs Slipway's tests, all or a part, and sums up what every runner said. Called by ./test."""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
REPORTS = BUILD / "reports"
PROGRAM = BUILD / "release" / "slipway"
PARTS = ("style", "unit", "web", "wire", "e2e", "python", "page")
REQUIREMENTS = ("tests/wire/requirements.txt", "tests/python/requirements.txt")
UNIT_SECONDS_MAX = 3600  # of one program, under a sanitizer and with --long
FUZZ_SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))


class Tally:
    """Counts over all runners. A runner that fails without naming a test counts as one failure."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0
        self.broken: list[str] = []

    def add(self, name: str, passed: int, failed: int, skipped: int, status: int) -> None:
        if status != 0 and failed == 0:
            failed = 1
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        if failed:
            self.broken.append(name)

    def add_junit(self, name: str, report: pathlib.Path, status: int) -> None:
        passed = failed = skipped = 0
        if report.exists():
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):
                if suite.find("testsuite") is not None:
                    continue
                bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
                left_out = int(suite.get("skipped", 0) or 0) + int(suite.get("disabled", 0) or 0)
                failed += bad
                skipped += left_out
                passed += int(suite.get("tests", 0)) - bad - left_out
        self.add(name, passed, failed, skipped, status)


def say(text: str) -> None:
    print(f"== {text}", flush=True)


def run(*command: str | os.PathLike, cwd: pathlib.Path = ROOT, seconds_max: int | None = None,
        **environment: str) -> int:
    """Runs a command with its output shown; answers its status, and says why when it has none."""
    words = [str(word) for word in command]
    try:
        status = subprocess.run(words, cwd=cwd, env={**os.environ, **environment}, check=False,
                                timeout=seconds_max).returncode
    except subprocess.TimeoutExpired:
        status = -signal.SIGKILL
        print(f"not done after {seconds_max} s", flush=True)
    if status < 0:
        print(f"ended by {signal.Signals(-status).name}: {' '.join(words)}", flush=True)
    return status


def need(*command: str | os.PathLike, cwd: pathlib.Path = ROOT) -> None:
    """Runs a command without which there is nothing to test."""
    if run(*command, cwd=cwd) != 0:
        print(f"failed: {' '.join(str(word) for word in command)}", flush=True)
        print("0 passed, 1 failed", flush=True)
        sys.exit(1)


def report_for(name: str) -> pathlib.Path:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    return report


def run_style(tally: Tally, _: str | None) -> None:
    say("style: layers, coroutine rules, sizes, names, formatting")
    for check in ("check_rooms.py", "tidy.py"):
        status = run(sys.executable, ROOT / "tools" / check)
        tally.add(check, int(status == 0), int(status != 0), 0, status)
    run_pytest(tally, "style", None)


def run_unit(tally: Tally, pattern: str | None, build: pathlib.Path = BUILD / "release") -> None:
    for program in sorted((build / "tests").glob("unit_*")) + [build / "tests" / "conformance"]:
        if not program.is_file() or (pattern and pattern not in program.name):
            continue
        say(f"{program.name} ({build.name})")
        report = report_for(f"{build.name}-{program.name}")
        data = str(ROOT / "tests" / "data")
        status = run(program, "--gtest_brief=1", f"--gtest_output=xml:{report}",
                     seconds_max=UNIT_SECONDS_MAX, SLIPWAY_TEST_DATA=data)
        tally.add_junit(program.name, report, status)


def run_web(tally: Tally, _: str | None) -> None:
    say("web: the upload package and the page's parts, in Node")
    report = report_for("web")
    status = run("npx", "vitest", "run", "--reporter=dot", "--reporter=junit",
                 f"--outputFile.junit={report}", cwd=ROOT / "web")
    tally.add_junit("web", report, status)


def python_with_clients() -> pathlib.Path:
    """A virtual environment with the foreign clients; made anew when its lists change."""
    folder = BUILD / "venv"
    wanted = "".join((ROOT / name).read_text() for name in REQUIREMENTS)
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        say("installing the foreign clients")
        shutil.rmtree(folder, ignore_errors=True)
        need(sys.executable, "-m", "venv", folder)
        need(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check",
             *(word for name in REQUIREMENTS for word in ("-r", ROOT / name)))
        stamp.write_text(wanted)
    return folder / "bin/python"


def configure_python(build: pathlib.Path) -> None:
    """The package's module is built as well, for the Python of the virtual environment."""
    python = python_with_clients()
    where = subprocess.run([str(python), "-m", "nanobind", "--cmake_dir"], check=True,
                           capture_output=True, text=True).stdout.strip()
    need("cmake", "-S", ROOT, "-B", build, "--log-level=WARNING", "-DSLIPWAY_PYTHON=ON",
         f"-DPython_EXECUTABLE={python}", f"-Dnanobind_DIR={where}")


def run_python(tally: Tally, pattern: str | None) -> None:
    """The package as it lies in the build folder."""
    say("building the Python package's module")
    configure_python(PROGRAM.parent)
    need("ninja", "-C", PROGRAM.parent, "--quiet", "slipway_python")
    run_pytest(tally, "python", pattern)


def run_pytest(tally: Tally, name: str, pattern: str | None, **environment: str) -> None:
    folder = ROOT / "tests" / name
    python = python_with_clients()
    say(f"{name}: pytest")
    report = report_for(name)
    selection = ["-k", pattern] if pattern else []
    status = run(python, "-m", "pytest", "-q", "--no-header", "--tb=short",
                 "--color=no", f"--junitxml={report}", *selection, folder,
                 **{"SLIPWAY_BIN": str(PROGRAM),
                    "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", **environment})
    nothing_selected = 5
    tally.add_junit(name, report, 0 if status == nothing_selected and pattern else status)


def run_page(tally: Tally, _: str | None) -> None:
    say("page: headless Chromium against the program")
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", "tests/e2e/page/page.test.mjs"],
        cwd=ROOT, env={**os.environ, "SLIPWAY_BIN": str(PROGRAM)}, check=False,
        stdout=subprocess.PIPE, text=True)
    counts = {word: int(number) for word, number in
              re.findall(r"^# (pass|fail|skipped|cancelled) (\d+)$", done.stdout, re.MULTILINE)}
    failed = counts.get("fail", 0) + counts.get("cancelled", 0)
    print(done.stdout if failed or done.returncode else f"{counts.get('pass', 0)} passed", flush=True)
    tally.add("page", counts.get("pass", 0), failed, counts.get("skipped", 0), done.returncode)


def run_sanitizer(tally: Tally, preset: str) -> None:
    say(f"building with the preset {preset}")
    need("cmake", "--preset", preset)
    with_python = preset == "asan"  # Python itself is not built for the other
    if with_python:
        configure_python(BUILD / preset)
    need("ninja", "-C", BUILD / preset, "--quiet")
    run_unit(tally, None, BUILD / preset)
    if with_python:
        libraries = [subprocess.run(["g++", f"-print-file-name={name}"], check=True, text=True,
                                    capture_output=True).stdout.strip()
                     for name in ("libasan.so", "libubsan.so")]
        # Python keeps what it allocated; and a child that was forked leaves its parent's threads.
        run_pytest(tally, "python", None, SLIPWAY_BIN=str(BUILD / preset / "slipway"),
                   LD_PRELOAD=":".join(libraries), ASAN_OPTIONS="detect_leaks=0")


def run_fuzz(tally: Tally) -> None:
    need(ROOT / "tools/deps.sh", "fuzz")
    need("cmake", "--preset", "fuzz")
    need("ninja", "-C", BUILD / "fuzz", "--quiet")
    for program in sorted((BUILD / "fuzz" / "fuzz").glob("fuzz_*")):
        if not os.access(program, os.X_OK) or program.is_dir():
            continue
        name = program.name.removeprefix("fuzz_")
        corpus = BUILD / "fuzz" / "corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        say(f"fuzzing {name} for {FUZZ_SECONDS} s")
        seeds = ROOT / "fuzz" / "corpus" / name
        status = run(program, f"-max_total_time={FUZZ_SECONDS}", "-timeout=10", "-rss_limit_mb=2048",
                     "-print_final_stats=1", "-verbosity=0",
                     f"-artifact_prefix={corpus.parent}/{name}-", corpus,
                     *([seeds] if seeds.is_dir() else []))
        if status != 0:
            print(f"a finding: replay it with {program} {corpus.parent}/{name}-...", flush=True)
        tally.add(f"fuzz {name}", int(status == 0), int(status != 0), 0, status)


RUNNERS = {
    "style": run_style,
    "unit": run_unit,
    "web": run_web,
    "wire": lambda tally, pattern: run_pytest(tally, "wire", pattern),
    "e2e": lambda tally, pattern: run_pytest(tally, "e2e", pattern),
    "python": run_python,
    "page": run_page,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./test", description=__doc__)
    parser.add_argument("name", nargs="?", help=f"a part ({' '.join(PARTS)}) or a test's name")
    for flag, words in (("fuzz", "fuzz every parser"), ("asan", "AddressSanitizer and UBSan"),
                        ("tsan", "ThreadSanitizer"), ("long", "with the long campaigns")):
        parser.add_argument(f"--{flag}", action="store_true", help=words)
    options = parser.parse_args()
    started = time.monotonic()
    tally = Tally()
    need(ROOT / "tools/deps.sh", "build", "test")
    if options.long:
        os.environ["SLIPWAY_LONG"] = "1"
    special = False
    for preset in ("asan", "tsan"):
        if getattr(options, preset):
            special = True
            run_sanitizer(tally, preset)
    if options.fuzz:
        special = True
        run_fuzz(tally)
    if not special:
        need(ROOT / "tools/build.sh")
        parts = [options.name] if options.name in PARTS else PARTS
        pattern = None if options.name in PARTS else options.name
        for part in parts:
            if pattern and part in ("style", "web", "page"):
                continue
            RUNNERS[part](tally, pattern)
    say(f"took {time.monotonic() - started:.0f} s")
    if tally.broken:
        print("failed in: " + ", ".join(tally.broken))
    if tally.passed + tally.failed == 0:
        print(f"no test matches '{options.name}'")
        tally.failed = 1
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}", flush=True)
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
