# SPDX-License-Identifier: Apache-2.0
"""The files that are uploaded: real bytes, in memory (tmpfs) where there is room."""
import os
import pathlib
import shutil
import tempfile
from dataclasses import dataclass

from harness.memory_store import MEMORY
from harness.processes import work_folder

MIB = 1024 * 1024
BYTES_MAX = 4 * 1024 * MIB  # of all kept at once
FILES_IN_FOLDER = 1000


@dataclass(frozen=True)
class Workload:
    folder: pathlib.Path
    sizes: dict  # of each file, by its path below the folder


class Workloads:
    """Makes them on demand and keeps those that rows share, within BYTES_MAX."""

    def __init__(self):
        self._made = {}
        self._root = None

    def get(self, count, size):
        """`count` files of `size` bytes each; without a size, of 0 to 1 KiB."""
        if (count, size) not in self._made:
            sizes = {f"{i // FILES_IN_FOLDER:04}/{i % FILES_IN_FOLDER:03}.bin":
                     size if size is not None else i * 2654435761 % 1025 for i in range(count)}
            self._make_room(sum(sizes.values()))
            self._made[count, size] = self._write(f"{count}x{size}", sizes)
        return self._made[count, size]

    def close(self):
        if self._root:
            shutil.rmtree(self._root, ignore_errors=True)

    def _make_room(self, wanted):
        while self._made and wanted + sum(sum(made.sizes.values())
                                          for made in self._made.values()) > BYTES_MAX:
            oldest = next(iter(self._made))
            shutil.rmtree(self._made.pop(oldest).folder)
        if self._root is None:
            parent = MEMORY if self._has_room(MEMORY, BYTES_MAX) else work_folder()
            self._root = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench-", dir=parent))
        if not self._has_room(self._root, wanted):
            raise SystemExit(f"{self._root} has no room for {wanted / MIB:,.0f} MiB of files")

    @staticmethod
    def _has_room(folder, wanted):
        if not folder.is_dir():
            return False
        if folder == MEMORY or MEMORY in folder.parents:
            available = next(line for line in pathlib.Path("/proc/meminfo").read_text().splitlines()
                             if line.startswith("MemAvailable"))
            if int(available.split()[1]) * 1024 < 2 * wanted:
                return False
        return shutil.disk_usage(folder).free > wanted + 256 * MIB

    def _write(self, name, sizes):
        """Random bytes, the same block over and over; each file starts with its own name."""
        folder = self._root / name
        block = memoryview(os.urandom(MIB))
        for path, size in sizes.items():
            file = folder / path
            if path.endswith("/000.bin"):
                file.parent.mkdir(parents=True)
            with open(file, "wb", buffering=0) as out:
                for at in range(0, size, MIB):
                    out.write(block[:min(MIB, size - at)])
                if size >= len(path):
                    os.pwrite(out.fileno(), path.encode(), 0)
        return Workload(folder, sizes)
