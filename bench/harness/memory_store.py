# SPDX-License-Identifier: Apache-2.0
"""A MinIO that keeps its data in memory: what it costs itself is there, the disk's speed not."""
import pathlib
import shutil
import tempfile

from . import servers
from .store_client import StoreClient

MEMORY = pathlib.Path("/dev/shm")


class MemoryStore(StoreClient):
    """close() ends it and gives the memory back."""

    def __init__(self):
        parent = MEMORY if MEMORY.is_dir() else None
        self._data = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench-minio-", dir=parent))
        try:
            super().__init__(servers.start_minio(self._data))
        except BaseException:
            shutil.rmtree(self._data, ignore_errors=True)
            raise
        self.port = self.server.store_port
        self.url = f"http://127.0.0.1:{self.port}"

    def delete(self, keys):
        """At once; MinIO itself would keep their bytes for minutes."""
        self.load(f"deleting {len(keys)} objects", self.sign("DELETE", keys), method="DELETE",
                  connections=min(4, len(keys)), seconds=60)
        for left in (self._data / ".minio.sys" / "tmp" / ".trash").glob("*"):
            shutil.rmtree(left, ignore_errors=True)

    def close(self):
        self.server.stop()
        shutil.rmtree(self._data, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()
