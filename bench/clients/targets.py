# SPDX-License-Identifier: Apache-2.0
"""Where a run uploads to: a fresh store each time, so that no run finds what another left."""
from harness import servers
from harness.memory_store import MemoryStore
from harness.sink import Sink

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
    """A MinIO with its data in memory."""

    authority = None

    def __init__(self, **behaviour):
        if behaviour.pop("tls", False) or behaviour:
            raise ValueError("MinIO is measured plain, without faults")
        self._store = MemoryStore()
        self.url, self.port = self._store.url, self._store.port

    def targets(self, files):
        return self._store.sign("PUT", [f"{PREFIX}/{file}" for file in files])

    def finish(self):
        try:
            listed = self._store.list(f"{PREFIX}/")
            return dict.fromkeys(COUNTS), {key[len(PREFIX) + 1:]: one.size
                                           for key, one in listed.items()}
        finally:
            self._store.close()


TARGETS = {"sink": SinkTarget, "minio": MinioTarget}
