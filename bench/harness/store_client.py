# SPDX-License-Identifier: Apache-2.0
"""A measured store as its client sees it: the bucket made, requests signed, loads run."""
import hashlib
import os
import random
import re
import time
from dataclasses import dataclass
from urllib.parse import quote

from . import servers
from .load import run_load, write_lines
from .processes import work_folder
from .sigv4 import Presigner

BUCKET_SECONDS_MAX = 10


@dataclass(frozen=True)
class Listed:
    size: int
    etag: str  # without its quotes


def _element(entry, name):
    return re.search(rf"<{name}>([^<]*)</{name}>", entry).group(1)


class StoreClient:
    def __init__(self, server):
        self.server = server
        self._signer = Presigner(f"127.0.0.1:{server.store_port}", servers.ACCESS_KEY,
                                 servers.SECRET_KEY, expires_s=24 * 3600)
        self._make_bucket()

    def _make_bucket(self):
        """A store that is just up may still answer 5xx to its first writes."""
        end = time.monotonic() + BUCKET_SECONDS_MAX
        while True:
            status, _headers, text = self.request("PUT", f"/{servers.BUCKET}")
            # 409: there from the start, as Slipway's is.
            if status in (200, 409):
                return
            if status < 500 or time.monotonic() > end:
                raise RuntimeError(f"{self.server.name}: making the bucket answered {status}: "
                                   f"{text[:300]}")
            time.sleep(0.05)

    def request(self, method, path, body=None, query=""):
        return servers.request(self.server.store_port, method,
                               self._signer.path(method, path, query), body)

    def sign(self, method, keys):
        """Request targets for plain keys (no character that a URL would encode)."""
        return [self._signer.path(method, f"/{servers.BUCKET}/{key}") for key in keys]

    def sign_list(self, prefix, after="", keys_max=1000):
        """The request target of a page of a listing, of keys after `after`."""
        query = (f"list-type=2&max-keys={keys_max}&prefix={quote(prefix, safe='')}"
                 f"&start-after={quote(after, safe='')}")
        return self._signer.path("GET", f"/{servers.BUCKET}", query)

    def list(self, prefix):
        """The objects below `prefix`, by their keys."""
        found, last, more = {}, "", True
        while more:
            status, _headers, body = self.request(
                "GET", f"/{servers.BUCKET}",
                query=f"list-type=2&prefix={quote(prefix, safe='')}"
                      f"&start-after={quote(last, safe='')}")
            text = body.decode()
            if status != 200:
                raise RuntimeError(f"{self.server.name}: listing answered {status}: {text[:300]}")
            for entry in re.findall(r"<Contents>(.*?)</Contents>", text, re.S):
                last = _element(entry, "Key")
                etag = re.sub('"|&quot;|&#34;', "", _element(entry, "ETag"))
                found[last] = Listed(int(_element(entry, "Size")), etag)
            more = "<IsTruncated>true" in text
        return found

    def load(self, what, paths, **options):
        """run_load over `paths`; see there."""
        name = write_lines(paths)
        try:
            return run_load(self.server, self.server.store_port, f"{self.server.name}, {what}",
                            paths=name, **options)
        finally:
            os.unlink(name)


def random_body(size):
    """A file of `size` bytes, the same in every run; random, so that nobody compresses it away."""
    path = work_folder() / f"body-{size}"
    if not path.exists():
        path.write_bytes(random.Random(size).randbytes(size))
    return path


def body_options(method, size):
    """How the load generator sends (PUT) or compares (GET) random_body(size)."""
    path = random_body(size)
    etag = f'"{hashlib.md5(path.read_bytes()).hexdigest()}"'
    return {"method": method, "body": path, "etag": etag if method == "PUT" else None}
