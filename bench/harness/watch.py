# SPDX-License-Identifier: Apache-2.0
"""What a server's process tree holds at most while something goes on: memory, bytes in files."""
import os
import pathlib
import stat
import threading
import time

from .processes import process_tree, tree_peak_kib

SAMPLE_SECONDS = 0.02
TREE_SECONDS = 0.5  # how long a list of the tree's processes is taken for true


class Watch(threading.Thread):
    """`with Watch(server, folders) as watch: ...`, then `peak_kib` and `peak_file_bytes`.

    peak_kib: the highest sum of the tree's RSS that was seen (pages that processes share count in
    each), and no less than the kernel's own peak of any one of them.
    peak_file_bytes: by how much files in `folders`, and whatever regular files the tree holds open
    for writing, deleted ones as well, had grown at most. The server's log is not among them.
    """

    def __init__(self, server, folders=()):
        super().__init__(daemon=True)
        self._server, self._folders = server, [pathlib.Path(folder) for folder in folders]
        self._over = threading.Event()
        self._tree, self._tree_at = [], 0.0
        self.peak_kib, self.peak_file_bytes = 0, 0

    def __enter__(self):
        log = os.stat(self._server.log)
        self._log = (log.st_dev, log.st_ino)
        self._look_at_tree()
        for pid in self._tree:
            _forget_peak(pid)
        self._before = self._file_sizes()
        self.start()
        return self

    def __exit__(self, *_error):
        self._over.set()
        self.join()
        self._sample()
        for pid in self._tree:
            self.peak_kib = max(self.peak_kib, tree_peak_kib([pid]))

    def run(self):
        while not self._over.wait(SAMPLE_SECONDS):
            self._sample()

    def _look_at_tree(self):
        if time.monotonic() > self._tree_at + TREE_SECONDS:
            self._tree, self._tree_at = process_tree(self._server.process.pid), time.monotonic()

    def _sample(self):
        self._look_at_tree()
        self.peak_kib = max(self.peak_kib, sum(_rss_kib(pid) for pid in self._tree))
        grown = sum(max(0, size - self._before.get(file, 0))
                    for file, size in self._file_sizes().items())
        self.peak_file_bytes = max(self.peak_file_bytes, grown)

    def _file_sizes(self):
        """By device and inode."""
        sizes = {}
        for folder in self._folders:
            for root, _folders, names in os.walk(folder):
                for name in names:
                    _add_file(sizes, os.path.join(root, name))
        for pid in self._tree:
            try:
                descriptors = os.listdir(f"/proc/{pid}/fd")
            except OSError:
                continue  # it ended meanwhile
            for descriptor in descriptors:
                _add_file(sizes, f"/proc/{pid}/fd/{descriptor}", f"/proc/{pid}/fdinfo/{descriptor}")
        sizes.pop(self._log, None)
        return sizes


def _add_file(sizes, path, fdinfo=None):
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode) and (fdinfo is None or _is_written(fdinfo)):
            sizes[status.st_dev, status.st_ino] = status.st_size
    except OSError:
        pass  # closed or deleted meanwhile


def _is_written(fdinfo):
    flags = next(line for line in pathlib.Path(fdinfo).read_text().splitlines()
                 if line.startswith("flags:"))
    return int(flags.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY


def _rss_kib(pid):
    try:
        pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGESIZE") // 1024


def _forget_peak(pid):
    """VmHWM counts from now on (proc(5), clear_refs)."""
    try:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        pass
