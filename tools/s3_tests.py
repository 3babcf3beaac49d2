#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs tests of ceph's s3-tests against the embedded store, or against another S3.

    python tools/s3_tests.py CHECKOUT IDS [--program PATH | --endpoint URL --keys ACCESS:SECRET]

CHECKOUT is a clone of github.com/ceph/s3-tests, the Python one that has its requirements.txt; IDS a
file with one node id a line ('#' begins a comment). A fresh `slipway store` with one account is
started on a free port, all sections of the suite's configuration name that account, and the ids run
in a few processes at a time, each with buckets of its own. Says what failed and why, and a count for
each family (the first words of the tests' names). The exit status is 0 when all passed.

This file is also the pytest plugin that ends a test which takes too long.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import boto3

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support/python"))

from slipway_process import StoreProcess  # noqa: E402

TEST_SECONDS_MAX = int(os.environ.get("S3_TEST_SECONDS_MAX", "120"))
ACCOUNTS = ("s3 main", "s3 alt", "s3 tenant", "iam", "iam root", "iam alt root")
FAMILY_WORDS = 2
# It counts all buckets of the account.
ALONE = ("test_list_buckets_paginated",)


class TookTooLong(BaseException):
    """Not an Exception: what a test retries must not swallow it."""


def pytest_configure(config):
    def too_long(*_):
        raise TookTooLong(f"took more than {TEST_SECONDS_MAX} s")

    signal.signal(signal.SIGALRM, too_long)


def pytest_runtest_call(item):
    signal.alarm(TEST_SECONDS_MAX)


def pytest_runtest_teardown(item):
    signal.alarm(TEST_SECONDS_MAX)


def pytest_runtest_logfinish(nodeid, location):
    signal.alarm(0)


@contextlib.contextmanager
def running_store(program: str, folder: pathlib.Path):
    """A new store with one account, which must be there still at the end."""
    os.environ["SLIPWAY_BIN"] = program
    store = StoreProcess(folder)
    store.bucket = ""
    store.start()
    try:
        yield store
        if store.process.poll() is not None:
            sys.exit(f"the store ended by itself: {store.log.read_text()[-4000:]}")
    finally:
        store.stop()


def write_configuration(path: pathlib.Path, url: str, access_key: str, secret_key: str) -> None:
    """All sections name the one account, and as its user the owner that the store tells."""
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1",
                          aws_access_key_id=access_key, aws_secret_access_key=secret_key)
    owner = client.list_buckets().get("Owner", {})
    host, _, port = url.rstrip("/").removeprefix("http://").partition(":")
    lines = ["[DEFAULT]", f"host = {host}", f"port = {port}", "is_secure = False",
             "ssl_verify = False", "[fixtures]", "bucket prefix = s3tests-{random}-"]
    for name in ACCOUNTS:
        lines += [f"[{name}]", f"access_key = {access_key}", f"secret_key = {secret_key}",
                  f"user_id = {owner.get('ID', access_key)}",
                  f"display_name = {owner.get('DisplayName', access_key)}",
                  "email = nobody@example.com"]
        lines += ["tenant ="] if name == "s3 tenant" else []
    path.write_text("\n".join(lines) + "\n")


def start_pytest(checkout: pathlib.Path, ids: list[str], configuration: pathlib.Path,
                 report: pathlib.Path) -> subprocess.Popen:
    environment = {**os.environ, "S3TEST_CONF": str(configuration), "AWS_EC2_METADATA_DISABLED": "true",
                   "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1",
                   "PYTHONPATH": str(pathlib.Path(__file__).resolve().parent)}
    with open(report.with_suffix(".log"), "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "s3_tests", "-p", "no:cacheprovider", "-q",
             "--tb=short", "-W", "ignore", f"--junitxml={report}", *ids],
            cwd=checkout, env=environment, stdout=log, stderr=log)


def results(report: pathlib.Path) -> dict[str, str]:
    """Of each test: why it failed, or nothing."""
    found: dict[str, str] = {}
    if not report.exists():
        return found
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        words = [f"{bad.get('message') or ''}" for kind in ("failure", "error", "skipped")
                 for bad in case.findall(kind)]
        found[case.get("name", "")] = " ".join((words[0] or "failed").split())[:300] if words else ""
    return found


def run(checkout: pathlib.Path, ids: list[str], configuration: pathlib.Path, folder: pathlib.Path,
        processes: int) -> dict[str, str]:
    alone = [each for each in ids if each.endswith(ALONE)]
    if alone and alone != ids:
        why = run(checkout, alone, configuration, folder, 1)
        ids = [each for each in ids if each not in why]
        return {**run(checkout, ids, configuration, folder, processes), **why}
    shares = [ids[i::processes] for i in range(processes) if ids[i::processes]]
    reports = [folder / f"{i}.xml" for i in range(len(shares))]
    running = [start_pytest(checkout, share, configuration, report)
               for share, report in zip(shares, reports)]
    why: dict[str, str] = {}
    for process, share, report in zip(running, shares, reports):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(len(share) * TEST_SECONDS_MAX)
        process.kill()
        process.wait()
        found = results(report)
        if not found:
            print(report.with_suffix(".log").read_text()[-4000:], file=sys.stderr)
        why.update({each: found.get(each.split("::")[-1], "did not run") for each in share})
    return why


def family(node_id: str) -> str:
    file, _, name = node_id.rpartition("::")
    words = name.removeprefix("test_").split("_")
    return f"{pathlib.Path(file).stem.removeprefix('test_')}: {' '.join(words[:FAMILY_WORDS])}"


def tell(why: dict[str, str]) -> None:
    passed, failed = collections.Counter(), collections.Counter()
    for each, reason in why.items():
        (failed if reason else passed)[family(each)] += 1
        print(f"{'FAILED' if reason else 'passed'}  {each.split('::')[-1]}"
              + (f"  {reason}" if reason else ""))
    print()
    for name in sorted(passed.keys() | failed.keys()):
        print(f"{name:45} {passed[name]:4} passed {failed[name]:4} failed")
    print(f"\n{passed.total()} passed, {failed.total()} failed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("ids", type=pathlib.Path)
    built = os.environ.get("SLIPWAY_BIN", str(ROOT / "build/release/slipway"))
    parser.add_argument("--program", default=built)
    parser.add_argument("--endpoint", help="another S3, by http://HOST:PORT")
    parser.add_argument("--keys", metavar="ACCESS:SECRET", help="its account")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=pathlib.Path, help="keep data, logs and reports here")
    options = parser.parse_args()
    lines = (line.partition("#")[0].strip() for line in options.ids.read_text().splitlines())
    ids = [line for line in lines if line]
    with contextlib.ExitStack() as stack:
        folder = options.folder
        if folder is None:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "s3tests.conf"
        if options.endpoint:
            write_configuration(configuration, options.endpoint, *options.keys.split(":"))
        else:
            store = stack.enter_context(running_store(options.program, folder))
            write_configuration(configuration, store.store_url, store.access_key, store.secret_key)
        why = run(options.checkout, ids, configuration, folder, options.processes)
    tell(why)
    return int(any(why.values()))


if __name__ == "__main__":
    sys.exit(main())
