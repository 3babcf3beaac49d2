# SPDX-License-Identifier: Apache-2.0
"""Where a run uploads to: a fresh store each time, so that no run finds what another left."""
import pathlib
import re
import shutil
import tempfile
from urllib.parse import quote

from harness import servers
from harness.sink import Sink
from harness.store_client import StoreClient

from clients.workload import MEMORY

PREFIX = "p"
COUNTS = ("connections", "requests", "data_requests", "in_flight_max", "checksums",
          "each_thousandth_s")


class SinkTarget:
    """bench/sink; behaviour as its options."""

    def __init__(self, *, tls=False, **behaviour):
        self._sink = Sink(tls=tls, **behaviour)
        self.url, self.port, self.authority = (self._sink.url, self._sink.port,
                                               self._sink.authority)

    def targets(self, files):
        """For clients that do not sign: the request target of each file's PUT."""
        return [f"/{servers.BUCKET}/{PREFIX}/{file}" for file in files]

    def finish(self):
        """Counts, and the sizes of the objects below the prefix."""
        counts = self._sink.stop()
        start = f"/{servers.BUCKET}/{PREFIX}/"
        return {name: counts[name] for name in COUNTS}, {
            path[len(start):]: size for path, size in counts["sizes"].items()
            if path.startswith(start)}


class MinioTarget:
    """A MinIO that keeps its data in memory: what it costs itself is there, the disk's speed not."""

    authority = None

    def __init__(self, **behaviour):
        if behaviour.pop("tls", False) or behaviour:
            raise ValueError("MinIO is measured plain, without faults")
        parent = MEMORY if MEMORY.is_dir() else None
        self._data = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench-minio-", dir=parent))
        try:
            self._store = StoreClient(servers.start_minio(self._data))
        except BaseException:
            shutil.rmtree(self._data, ignore_errors=True)
            raise
        self.port = self._store.server.store_port
        self.url = f"http://127.0.0.1:{self.port}"

    def targets(self, files):
        return self._store.sign("PUT", [f"{PREFIX}/{file}" for file in files])

    def finish(self):
        try:
            return dict.fromkeys(COUNTS), self._list()
        finally:
            self._store.server.stop()
            shutil.rmtree(self._data, ignore_errors=True)

    def _list(self):
        sizes, last, more = {}, "", True
        while more:
            status, _headers, body = self._store.request(
                "GET", f"/{servers.BUCKET}",
                query=f"list-type=2&prefix={PREFIX}%2F&start-after={quote(last, safe='')}")
            text = body.decode()
            if status != 200:
                raise RuntimeError(f"MinIO: listing answered {status}: {text[:300]}")
            for key, size in re.findall(r"<Key>([^<]*)</Key>.*?<Size>(\d+)</Size>", text, re.S):
                sizes[key[len(PREFIX) + 1:]] = int(size)
                last = key
            more = "<IsTruncated>true" in text
        return sizes


TARGETS = {"sink": SinkTarget, "minio": MinioTarget}
