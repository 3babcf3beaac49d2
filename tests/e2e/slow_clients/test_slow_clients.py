# SPDX-License-Identifier: Apache-2.0
"""Clients on slow lines: none of their uploads is lost, and nobody else waits for them.

The behavioural form of bench/slow_clients, which measures the same: no times are asserted here.
"""
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench"))

from harness import servers  # noqa: E402
from harness.slow_uploads import SlowUploads, raise_open_files  # noqa: E402
from harness.store_client import StoreClient, random_body  # noqa: E402

BODY_BYTES = 64 * 1024
UPLOADS = 300


@pytest.fixture(scope="module")
def store():
    raise_open_files(UPLOADS)
    server = servers.start_slipway()
    yield StoreClient(server)
    server.stop()


def start_uploads(store, keys, *, interval_s=0.1):
    """All of them open at once, 1 KiB a step: 6.4 s each at the default interval."""
    body = random_body(BODY_BYTES).read_bytes()
    slow = SlowUploads(store.server.store_port, store.sign("PUT", keys), body,
                       interval_s=interval_s, open_seconds=1.0)
    slow.start()
    return slow, body


def test_every_slow_upload_arrives(store):
    keys = [f"arrives/{i}" for i in range(UPLOADS)]
    slow, body = start_uploads(store, keys)
    slow.join()

    assert slow.error is None
    assert slow.lost_by_cause() == {}
    statuses = {head.split("\r\n")[0].split(" ")[1] for head in slow.answered.values()}
    assert statuses == {"200"}
    for key in keys:
        status, _headers, stored = store.request("GET", f"/{servers.BUCKET}/{key}")
        assert (status, stored == body) == (200, True), key


def test_ordinary_requests_go_on_beside_slow_uploads(store):
    keys = [f"beside/{i}" for i in range(UPLOADS)]
    # So slow that none of them ends on its own while the ordinary requests are made.
    slow, _body = start_uploads(store, keys, interval_s=5.0)
    while slow.is_alive() and slow.opened < UPLOADS:
        slow.join(0.05)
    try:
        for i in range(50):
            path = f"/{servers.BUCKET}/ordinary/{i}"
            content = b"%d" % i * 4096
            assert store.request("PUT", path, content)[0] == 200
            status, _headers, stored = store.request("GET", path)
            assert (status, stored) == (200, content)
            ticket = json.dumps({"file_name": f"beside-{i}.jpg", "content_type": "image/jpeg",
                                 "file_size": 1024, "tier": "standard"})
            status, _headers, answer = servers.request(
                store.server.api_port, "POST", "/api/files/upload/", ticket,
                {"Authorization": f"Bearer {servers.TOKEN}", "Content-Type": "application/json"})
            assert (status, json.loads(answer)["status"]) == (200, "success")
        assert slow.open == UPLOADS, "the slow uploads were to be under way all the time"
    finally:
        slow.abandon()


def test_an_abandoned_slow_upload_leaves_nothing(store):
    keys = [f"abandoned/{i}" for i in range(20)]
    slow, _body = start_uploads(store, keys, interval_s=5.0)
    while slow.is_alive() and slow.opened < len(keys):
        slow.join(0.05)
    slow.abandon()

    for key in keys:
        assert store.request("GET", f"/{servers.BUCKET}/{key}")[0] == 404, key
    status, _headers, listing = store.request("GET", f"/{servers.BUCKET}")
    assert status == 200
    assert b"abandoned/" not in listing
