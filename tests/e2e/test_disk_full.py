# SPDX-License-Identifier: Apache-2.0
"""A full disk: every refusal is in words, nothing half-written shows, what was stored stays readable,
and once there is space the same process goes on. Needs root, for a small file system of its own."""

import hashlib
import os
import pathlib
import subprocess
import time
import urllib.parse

import pytest
from slipway_process import SlipwayProcess

from documented_client import DocumentedClient, http_request
from test_crash import leftovers

DISK_BYTES = 64 << 20
LARGE = 1 << 20
SMALL = 1_000  # below the border under which objects are in the index
NO_SPACE = {503, 507}
WAIT_SECONDS_MAX = 90  # the janitor may come round once


@pytest.fixture
def disk(tmp_path):
    """A file system of its own, unmounted in the end whatever happens."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder],
                             capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def server(disk, tmp_path):
    server = SlipwayProcess(tmp_path)
    server.data_dir = disk / "data"
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server):
    return DocumentedClient(server.url, server.token)


def free_bytes(disk: pathlib.Path) -> int:
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize


def fill(disk: pathlib.Path, leave: int = 0) -> pathlib.Path:
    """Takes all the space but `leave` bytes."""
    path = disk / "ballast"
    with open(path, "ab", buffering=0) as file:
        while (count := min(free_bytes(disk) - leave, 1 << 20)) > 0:
            try:
                file.write(b"\0" * count)
            except OSError:
                break
    return path


def body_of(size: int, number: int = 0) -> bytes:
    return hashlib.shake_128(f"{size}/{number}".encode()).digest(size)


def permissions(client, name: str, bodies: list[bytes]) -> list[dict]:
    status, answer = client.post("/api/files/upload/", {"files": [
        {"file_name": f"{name}/{number}.bin", "file_size": len(body)}
        for number, body in enumerate(bodies)]})
    assert (status, answer["failed"]) == (200, [])
    return answer["successful"]


def put(entry: dict, body: bytes) -> tuple[int, bytes]:
    status, _, text = http_request("PUT", entry["presigned_url"], body, entry["headers"])
    return status, text


def wait_until_stored(entry: dict, body: bytes) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while (answer := put(entry, body))[0] != 200:
        assert answer[0] in NO_SPACE, answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)


def check_readable(client, entry: dict, body: bytes) -> None:
    file_id = urllib.parse.quote(entry["id"], safe="")
    status, headers, _ = http_request(
        "GET", f"{client.url}/api/files/{file_id}/download", headers=client.headers)
    assert status == 302
    assert http_request("GET", headers["Location"])[::2] == (200, body)


def check_full(answer: tuple[int, bytes]) -> None:
    status, text = answer
    assert status in NO_SPACE, answer
    assert b"space" in text or b"full" in text, text


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_uploads_until_the_disk_is_full(disk, server, client, size):
    """What fits is stored, the first that does not is refused, and all of it stays as it is."""
    bodies = [body_of(size, number) for number in range(400 if size == SMALL else 40)]
    entries = permissions(client, "fill", bodies)
    ballast = fill(disk, leave=400_000 if size == SMALL else 5_000_000)
    answers = [put(entry, body) for entry, body in zip(entries, bodies)]
    stored = [number for number, (status, _) in enumerate(answers) if status == 200]
    refused = [number for number in range(len(bodies)) if number not in stored]
    assert refused, "the disk was never full"
    assert stored, "nothing ever fitted"
    for number in refused:
        check_full(answers[number])
    assert http_request("GET", server.url + "/healthz")[0] == 200

    ballast.unlink()
    wait_until_stored(entries[refused[0]], bodies[refused[0]])
    stored.append(refused[0])
    status, answer = client.post(
        "/api/files/confirm_uploads/", {"s3_keys": [entry["s3_key"] for entry in entries]})
    assert status == 200
    results = [result["status"] == "success" for result in answer["results"]]
    assert results == [number in stored for number in range(len(bodies))]
    codes = {result.get("code") for result in answer["results"]} - {None}
    assert codes <= {"object_missing"}
    for number in stored:
        check_readable(client, entries[number], bodies[number])
    assert leftovers(disk / "data") == set()


def test_the_upload_api_on_a_full_disk(disk, server, client):
    """Permissions and confirmations are refused in words, reading goes on, and no file is lost."""
    body = body_of(LARGE)
    (before, waiting) = permissions(client, "before", [body, body])
    assert put(before, body)[0] == put(waiting, body)[0] == 200
    assert client.post("/api/files/confirm_upload/", {"s3_key": before["s3_key"]})[0] == 200

    ballast = fill(disk)
    files = [{"file_name": f"many/{number}-{'n' * 700}.txt", "file_size": 1}
             for number in range(5_000)]
    status, problem = client.post("/api/files/upload/", {"files": files})
    assert status in NO_SPACE, problem
    assert "space" in problem["error"] or "full" in problem["error"]
    assert problem["status"] == status
    for _ in range(3):
        check_readable(client, before, body)
        status, _, listed = http_request("GET", client.url + "/api/files/", headers=client.headers)
        assert (status, before["s3_key"].encode() in listed) == (200, True)

    ballast.unlink()
    status, answer = client.post("/api/files/upload/", {"files": files[:10]})
    assert (status, answer["failed"]) == (200, [])
    # Nothing of the refused request was kept: the names are free.
    assert [entry["s3_key"] for entry in answer["successful"]] == [
        f"{server.user}/{file['file_name']}" for file in files[:10]]
    assert client.post("/api/files/confirm_upload/", {"s3_key": waiting["s3_key"]})[0] == 200
    check_readable(client, waiting, body)


def test_a_restart_on_a_full_disk_and_after(disk, server, client):
    """kill -9 while full: what was acknowledged is there when there is space again."""
    body = body_of(LARGE)
    (entry,) = permissions(client, "kept", [body])
    assert put(entry, body)[0] == 200
    assert client.post("/api/files/confirm_upload/", {"s3_key": entry["s3_key"]})[0] == 200
    ballast = fill(disk)
    assert put(entry, body)[0] in NO_SPACE
    server.kill()
    ballast.unlink()
    server.start()
    client = DocumentedClient(server.url, server.token)  # the ports are new ones
    check_readable(client, entry, body)
    (another,) = permissions(client, "another", [body])
    assert put(another, body)[0] == 200


def test_a_start_on_a_full_disk_serves_or_says_why(disk, server, client):
    body = body_of(LARGE)
    (entry,) = permissions(client, "kept", [body])
    assert put(entry, body)[0] == 200
    assert client.post("/api/files/confirm_upload/", {"s3_key": entry["s3_key"]})[0] == 200
    server.kill()
    ballast = fill(disk)
    server.log.write_text("")
    try:
        server.start()
    except AssertionError:
        assert server.process.wait(10) > 0, "a signal ended it"
        words = server.log.read_text()
        assert "space" in words or "full" in words, words
    else:
        check_readable(DocumentedClient(server.url, server.token), entry, body)
        server.terminate()
    ballast.unlink()
    server.start()
    check_readable(DocumentedClient(server.url, server.token), entry, body)


def test_deleting_makes_room(disk, server, client):
    """The way out for a user: on a full disk files can be deleted, and then others be stored."""
    body = body_of(LARGE)
    entries = permissions(client, "room", [body] * 4)
    for entry in entries[:3]:
        assert put(entry, body)[0] == 200
        assert client.post("/api/files/confirm_upload/", {"s3_key": entry["s3_key"]})[0] == 200
    fill(disk, leave=600_000)
    check_full(put(entries[3], body))
    for entry in entries[:2]:
        status, _, text = http_request("DELETE", f"{client.url}/api/files/{entry['id']}",
                                       headers=client.headers)
        assert status == 204, text
    wait_until_stored(entries[3], body)
    check_readable(client, entries[2], body)
