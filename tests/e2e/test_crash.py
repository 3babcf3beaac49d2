# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load: what was acknowledged is there and whole, the program answers
within two seconds, and nothing temporary stays behind."""

import concurrent.futures
import hashlib
import os
import random
import sqlite3
import threading
import time

from documented_client import DocumentedClient, http_request

ROUNDS = 50
CLIENTS = 6
READY_SECONDS_MAX = 2.0
# Sizes on both sides of the border between index and data files, and one that takes several chunks.
SIZES = (0, 1, 4096, 16 * 1024, 16 * 1024 + 1, 200_000, 1_000_000)


class Load:
    """Clients that upload and confirm until the server dies, and remember what was acknowledged."""

    def __init__(self, server, round_number: int):
        self.client = DocumentedClient(server.url, server.token)
        self.round_number = round_number
        self.stop = threading.Event()
        self.stored: dict[str, str] = {}     # PUT answered 200: key -> SHA-256
        self.confirmed: dict[str, str] = {}  # confirm answered success: key -> SHA-256
        self.lock = threading.Lock()

    def run(self, worker: int) -> None:
        rng = random.Random(f"{self.round_number}/{worker}")
        number = 0
        while not self.stop.is_set():
            number += 1
            try:
                self.upload_one(f"r{self.round_number}/w{worker}/{number}.bin", rng)
            except (OSError, AssertionError, ValueError, ConnectionError):
                if self.stop.is_set():
                    return
                time.sleep(0.01)
            except Exception:  # http.client's own: the server died in the middle of an answer
                return

    def upload_one(self, name: str, rng: random.Random) -> None:
        body = rng.randbytes(rng.choice(SIZES))
        status, answer = self.client.post("/api/files/upload/", {
            "file_name": name, "content_type": "application/octet-stream",
            "file_size": len(body), "tier": "standard"})
        assert status == 200, answer
        key, digest = answer["s3_key"], hashlib.sha256(body).hexdigest()
        status, _, _ = http_request("PUT", answer["presigned_url"], body, {
            "Content-Type": "application/octet-stream", "Content-Length": str(len(body))})
        assert status == 200
        with self.lock:
            self.stored[key] = digest
        status, answer = self.client.post("/api/files/confirm_upload/", {"s3_key": key})
        assert status == 200, answer
        with self.lock:
            self.confirmed[key] = digest


def verify(server, client: DocumentedClient, stored: dict, confirmed: dict) -> None:
    """Everything stored can be confirmed still, and everything confirmed reads back whole."""
    unconfirmed = [key for key in stored if key not in confirmed]
    if unconfirmed:
        status, answer = client.post("/api/files/confirm_uploads/", {"s3_keys": unconfirmed})
        assert status == 200
        assert [result for result in answer["results"] if result["status"] != "success"] == []

    def check(item):
        key, digest = item
        status, headers, _ = http_request(
            "GET", f"{server.url}/api/files/{key.replace('/', '-')}/download",
            headers=client.headers)
        assert status in (302, 303, 307), (key, status)
        status, _, body = http_request("GET", headers["Location"])
        assert status == 200, (key, status)
        assert hashlib.sha256(body).hexdigest() == digest, key

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(check, stored.items()))


def leftovers(data_dir) -> set[str]:
    """Data files that no object refers to (docs/disk-format.md): what crashes leave and the janitor
    removes."""
    objects = data_dir / "store" / "objects"
    files = {path.parent.name + path.name for path in objects.rglob("*") if path.is_file()}
    index = sqlite3.connect(f"file:{data_dir}/store/index.db?mode=ro", uri=True)
    try:
        known = {row[0] for row in
                 index.execute("SELECT file FROM objects WHERE file IS NOT NULL")}
    finally:
        index.close()
    assert known <= files, "an object's bytes are missing"
    return files - known


def test_kill_at_random_moments(slipway_factory):
    rng = random.Random(20261121)
    server = slipway_factory()
    everything: dict[str, str] = {}
    for round_number in range(ROUNDS):
        load = Load(server, round_number)
        workers = [threading.Thread(target=load.run, args=(n,)) for n in range(CLIENTS)]
        for worker in workers:
            worker.start()
        time.sleep(rng.uniform(0.05, 0.5))
        server.kill()
        load.stop.set()
        for worker in workers:
            worker.join(timeout=30)
            assert not worker.is_alive()
        started = time.monotonic()
        server.start()
        assert time.monotonic() - started < READY_SECONDS_MAX
        verify(server, DocumentedClient(server.url, server.token), load.stored, load.confirmed)
        everything.update(load.stored)
    assert everything, "the load never got as far as storing a file"
    verify(server, DocumentedClient(server.url, server.token), everything, everything)
    deadline = time.monotonic() + 30
    while leftovers(server.data_dir) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert leftovers(server.data_dir) == set()


def test_terminate_lets_uploads_finish(slipway_factory, tmp_path):
    """SIGTERM under an upload: the upload gets its answer, and is there after the restart."""
    server = slipway_factory()
    client = DocumentedClient(server.url, server.token)
    body = os.urandom(3_000_000)
    status, answer = client.post("/api/files/upload/", {
        "file_name": "draining.bin", "content_type": "application/octet-stream",
        "file_size": len(body), "tier": "standard"})
    assert status == 200
    started = threading.Event()

    def slowly():
        yield body[:1000]
        started.set()
        for start in range(1000, len(body), 300_000):
            time.sleep(0.05)
            yield body[start:start + 300_000]

    result = {}

    def put():
        result["status"], _, _ = http_request("PUT", answer["presigned_url"], slowly(), {
            "Content-Type": "application/octet-stream", "Content-Length": str(len(body))})

    thread = threading.Thread(target=put)
    thread.start()
    assert started.wait(10)
    server.terminate()
    thread.join(30)
    assert result["status"] == 200
    server.start()
    client = DocumentedClient(server.url, server.token)  # the ports are new ones
    status, answer = client.post("/api/files/confirm_upload/", {"s3_key": answer["s3_key"]})
    assert (status, answer["status"]) == (200, "success")
