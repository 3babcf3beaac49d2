# SPDX-License-Identifier: Apache-2.0
"""The program as a user types it, with the environment of one S3."""

from __future__ import annotations

import json
import subprocess

from slipway_process import program_path


class Cli:
    """`cli("put", "file", "s3://bucket/", code=1, HTTP_PROXY="...")`: asserts the exit code."""

    def __init__(self, environment: dict):
        self.environment = environment

    def __call__(self, *words: str, code: int | None = 0, stdin: bytes | None = None,
                 **environment) -> subprocess.CompletedProcess:
        done = subprocess.run([program_path(), *map(str, words)], capture_output=True, timeout=60,
                              input=stdin, env={**self.environment, **environment}, check=False)
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done

    def fails(self, *words: str, code: int = 1, **environment) -> str:
        return self(*words, code=code, **environment).stderr.decode()

    def events(self, *words: str, code: int = 0, **environment) -> list[dict]:
        """What it says with --json."""
        told = self(*words, "--json", code=code, **environment).stdout
        return [json.loads(line) for line in told.splitlines()]

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen([program_path(), *map(str, words)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment, text=True)
