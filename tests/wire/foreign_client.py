# SPDX-License-Identifier: Apache-2.0
"""A command line client of somebody else's, as it was installed, in a folder of the test's own."""

from __future__ import annotations

import hashlib
import pathlib
import subprocess

MIB = 1 << 20


def bytes_of(size: int, seed: str = "") -> bytes:
    return hashlib.shake_128(f"{seed}/{size}".encode()).digest(size)


class ForeignClient:
    """`aws("s3", "ls")`: what it says, once it has ended as it should."""

    def __init__(self, program: str, environment: dict, folder: pathlib.Path):
        self.program = program
        self.environment = environment
        self.folder = folder

    def run(self, *words: str, ok: bool = True, data: bytes | None = None,
            **environment: str) -> subprocess.CompletedProcess:
        done = subprocess.run([self.program, *map(str, words)], cwd=self.folder, input=data,
                              env={**self.environment, **environment}, timeout=120,
                              capture_output=True, check=False)
        said = (done.stdout[-4000:] + done.stderr[-4000:]).decode(errors="replace")
        assert (done.returncode == 0) == ok, f"{self.program} {words}: {said}"
        return done

    def __call__(self, *words: str, **options) -> str:
        return self.run(*words, **options).stdout.decode()

    def fails(self, *words: str, **options) -> str:
        """All that it says when it has failed, which it must."""
        done = self.run(*words, ok=False, **options)
        return (done.stdout + done.stderr).decode()

    def write(self, name: str, data: bytes) -> bytes:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return data

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def tree(self, name: str) -> dict[str, bytes]:
        """Every file below a folder."""
        root = self.folder / name
        return {str(path.relative_to(root)): path.read_bytes()
                for path in root.rglob("*") if path.is_file()}


def folder_of_files(client: ForeignClient, name: str, count: int = 12) -> dict[str, bytes]:
    """Writes a folder with small files in folders, names with spaces and letters of the world."""
    names = [f"{i % 3}/file {i} ü日本.bin" for i in range(count)]
    return {each: client.write(f"{name}/{each}", bytes_of(i * 997, each))
            for i, each in enumerate(names)}
