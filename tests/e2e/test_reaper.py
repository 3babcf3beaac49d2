# SPDX-License-Identifier: Apache-2.0
"""What was uploaded and never confirmed is removed in the end, and nothing else is."""

import json
import os
import sqlite3
import time

import pytest

from documented_client import DocumentedClient, http_request
from test_crash import leftovers

WAIT_SECONDS_MAX = 30
# On both sides of the border between index and data files.
SIZES = {"in-index": 100, "in-file": 100_000}


def stored_keys(server) -> set[str]:
    """What the store has, read from its index (docs/disk-format.md)."""
    index = sqlite3.connect(f"file:{server.data_dir}/store/index.db?mode=ro", uri=True)
    try:
        return {row[0].decode() for row in index.execute("SELECT key FROM objects")}
    finally:
        index.close()


def wait_until(condition) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def put(client: DocumentedClient, name: str, body: bytes, **more) -> str:
    """Uploads without confirming; answers the key."""
    status, answer = client.post("/api/files/upload/", {
        "file_name": name, "content_type": "text/plain", "file_size": len(body), **more})
    assert status == 200, answer
    status, _, text = http_request("PUT", answer["presigned_url"], body,
                                   {"Content-Type": "text/plain"})
    assert status == 200, text
    return answer["s3_key"]


def confirm(client: DocumentedClient, key: str) -> tuple[int, dict]:
    return client.post("/api/files/confirm_upload/", {"s3_key": key})


def listed(client: DocumentedClient) -> set[str]:
    status, _, body = http_request("GET", client.url + "/api/files/", headers=client.headers)
    assert status == 200
    return {file["s3_key"] for file in json.loads(body)["files"]}


@pytest.fixture
def impatient(slipway_factory):
    return slipway_factory("--url-expiry", "3s", "--confirm-grace", "1s")


def test_what_was_not_confirmed_disappears(impatient):
    client = DocumentedClient(impatient.url, impatient.token)
    kept, abandoned = set(), set()
    for where, size in SIZES.items():
        kept.add(put(client, f"kept/{where}", os.urandom(size)))
        abandoned.add(put(client, f"abandoned/{where}", os.urandom(size)))
    for key in kept:
        status, answer = confirm(client, key)
        assert status == 200, answer

    wait_until(lambda: stored_keys(impatient) == kept)
    assert listed(client) == kept
    wait_until(lambda: leftovers(impatient.data_dir) == set())
    for key in abandoned:
        wait_until(lambda: confirm(client, key)[1]["code"] == "unknown_key")
    for key in kept:
        assert confirm(client, key)[0] == 200
    # The names are free again.
    assert put(client, "abandoned/in-file", b"anew") == f"{impatient.user}/abandoned/in-file"


def test_a_permission_that_nobody_used_gives_its_name_back(impatient):
    client = DocumentedClient(impatient.url, impatient.token)
    wish = {"file_name": "wanted.txt", "file_size": 5, "on_conflict": "fail"}
    status, answer = client.post("/api/files/upload/", wish)
    assert status == 200, answer
    status, answer = client.post("/api/files/upload/", wish)
    assert (status, answer["code"]) == (409, "file_exists")
    wait_until(lambda: client.post("/api/files/upload/", wish)[0] == 200)


def test_a_replacement_that_was_not_confirmed_leaves_the_file(impatient):
    """The object under a confirmed file's key is not deleted, whoever wrote it last."""
    client = DocumentedClient(impatient.url, impatient.token)
    key = put(client, "report.txt", b"first")
    assert confirm(client, key)[0] == 200
    assert put(client, "report.txt", b"second", on_conflict="replace") == key
    other = put(client, "other.txt", b"other")
    wait_until(lambda: other not in stored_keys(impatient))
    assert stored_keys(impatient) == {key}
    assert listed(client) == {key}


def test_within_the_grace_an_upload_can_still_be_confirmed(slipway_factory):
    server = slipway_factory("--url-expiry", "1s")  # and the default grace of an hour
    client = DocumentedClient(server.url, server.token)
    status, answer = client.post("/api/files/upload/", {"file_name": "late.txt", "file_size": 4})
    assert status == 200, answer
    url, headers = answer["presigned_url"], answer["headers"]
    assert http_request("PUT", url, b"late", headers)[0] == 200
    wait_until(lambda: http_request("PUT", url, b"late", headers)[0] == 403)
    assert confirm(client, answer["s3_key"])[0] == 200


def test_leftovers_of_an_earlier_run_are_reaped_after_a_restart(impatient):
    client = DocumentedClient(impatient.url, impatient.token)
    put(client, "before-the-restart.txt", os.urandom(SIZES["in-file"]))
    impatient.kill()
    impatient.start()
    wait_until(lambda: stored_keys(impatient) == set())
    wait_until(lambda: leftovers(impatient.data_dir) == set())
