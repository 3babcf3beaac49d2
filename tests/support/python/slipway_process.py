# SPDX-License-Identifier: Apache-2.0
"""Starts the real program, and MinIO, for tests: free ports, a data folder, ended by pid."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

READY_SECONDS_MAX = 20
STOP_SECONDS_MAX = 40


def program_path() -> str:
    """SLIPWAY_BIN, or the program that ./run builds."""
    built = pathlib.Path(__file__).resolve().parents[3] / "build/release/slipway"
    path = os.environ.get("SLIPWAY_BIN", str(built))
    assert os.access(path, os.X_OK), f"{path} is not there: build it with ./run --build-only"
    return path


class SlipwayProcess:
    """`slipway serve` on free ports of loopback, with its data below `folder`."""

    def __init__(self, folder: pathlib.Path, *flags: str, environment: dict | None = None):
        self.folder = folder
        self.data_dir = folder / "data"
        self.log = folder / "slipway.log"
        self.user = "username"
        self.token = "test-token"
        self.access_key = "test-access-key"
        self.secret_key = "test-secret-key"
        self.bucket = "slipway"
        self.flags = list(flags)
        self.environment = environment or {}
        self.process: subprocess.Popen | None = None
        self.url = self.store_url = ""

    def start(self) -> None:
        """Starts it and waits until it answers; may be called again after kill or terminate."""
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        command = [program_path(), *self.command(), "--data-dir", str(self.data_dir),
                   "--store-access-key", self.access_key, "--store-secret-key", self.secret_key,
                   "--ready-file", str(ready), *self.flags]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **self.environment})
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready.exists():
            assert self.process.poll() is None, f"slipway ended: {self.log.read_text()}"
            assert time.monotonic() < deadline, f"slipway is not ready: {self.log.read_text()}"
            time.sleep(0.005)
        state = json.loads(ready.read_text())
        assert state["pid"] == self.process.pid
        self.url = (state.get("url") or "").rstrip("/")
        self.store_url = (state.get("store_url") or "").rstrip("/")

    def command(self) -> list[str]:
        return ["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0",
                "--user", self.user, "--token", self.token]

    def kill(self) -> None:
        """kill -9, as the out-of-memory killer or a power cut would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS_MAX)

    def terminate(self) -> int:
        """SIGTERM; answers the exit status once it has drained."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS_MAX)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.terminate()


class StoreProcess(SlipwayProcess):
    """`slipway store`: the embedded store alone; with `bucket` emptied it makes none."""

    def command(self) -> list[str]:
        bucket = ["--bucket", self.bucket] if self.bucket else []
        return ["store", "--listen", "127.0.0.1:0", *bucket]


def check_store(data_dir: pathlib.Path, *flags: str) -> tuple[int, list[dict]]:
    """`slipway store check` on a store that was stopped: its exit status and its findings."""
    done = subprocess.run([program_path(), "store", "check", str(data_dir), "--json", *flags],
                          capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines and lines[-1]["event"] == "checked", done.stdout + done.stderr
    return done.returncode, lines[:-1]


def minio_path() -> str | None:
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    cached = cache / "slipway-bench/bin/minio"
    return shutil.which("minio") or (str(cached) if cached.exists() else None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MinioProcess:
    """A MinIO server on loopback; `minio_path()` says whether there is one."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.access_key = "minio-access-key"
        self.secret_key = "minio-secret-key"
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.port = 0

    def start(self) -> None:
        """Starts it; again on the same port."""
        port = self.port = self.port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ, "MINIO_ROOT_USER": self.access_key,
            "MINIO_ROOT_PASSWORD": self.secret_key, "MINIO_UPDATE": "off",
            "MINIO_BROWSER": "off"}
        with open(self.folder / "minio.log", "ab") as log:
            self.process = subprocess.Popen(
                [minio_path(), "server", "--quiet", "--address", f"127.0.0.1:{port}",
                 str(self.folder / "minio")], stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while True:
            try:
                urllib.request.urlopen(self.url + "/minio/health/ready", timeout=1)
                return
            except OSError:
                assert time.monotonic() < deadline, "MinIO is not ready"
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_SECONDS_MAX)


@contextlib.contextmanager
def running_minio(folder: pathlib.Path):
    """A MinioProcess until the block ends; where there is no MinIO the test is skipped."""
    if minio_path() is None:
        pytest.skip("MinIO is not there: bench/peers/install.sh brings it")
    server = MinioProcess(folder)
    server.start()
    yield server
    server.stop()
