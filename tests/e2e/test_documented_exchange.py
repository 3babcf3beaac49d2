# SPDX-License-Identifier: Apache-2.0
"""The exchange of the API document against the real program: by curl letter for letter, and with
hundreds of real files by a client that knows nothing but the document."""

import json
import os
import pathlib
import subprocess
import urllib.parse

import pytest

from documented_client import DocumentedClient, http_request

REAL_TREES = ("/usr/share/doc", "/usr/share/icons", "/usr/share/pixmaps", "/usr/share/perl5")
REAL_FILES = 230
MEGABYTE = 1_000_000


def curl(*arguments: str) -> tuple[int, str]:
    """Runs curl; answers the status and the body."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *arguments],
        check=True, capture_output=True, text=True, timeout=120,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def curl_json(server, path: str, document) -> tuple[int, dict]:
    status, body = curl(
        "-X", "POST", server.url + path, "-H", f"Authorization: Bearer {server.token}",
        "-H", "Content-Type: application/json", "-d", json.dumps(document),
    )
    return status, json.loads(body)


def curl_put(url: str, content_type: str, path: pathlib.Path) -> int:
    return curl("-X", "PUT", url, "-H", f"Content-Type: {content_type}", "-H", "Expect:",
                "--data-binary", f"@{path}")[0]


@pytest.mark.parametrize("slash", ["/", ""])
def test_the_document_by_curl(slipway, tmp_path, slash):
    """The requests of the document word for word, with the sizes of real files."""
    folder = "with" if slash else "without"
    jpg, pdf = tmp_path / "example1.jpg", tmp_path / "example2.pdf"
    jpg.write_bytes(os.urandom(1_024_000))
    pdf.write_bytes(os.urandom(2_048_000))
    files = [
        {"file_name": f"{folder}-example1.jpg", "content_type": "image/jpeg",
         "file_size": 1024000, "tier": "standard"},
        {"file_name": f"{folder}-example2.pdf", "content_type": "application/pdf",
         "file_size": 2048000, "tier": "glacier"},
    ]
    status, answer = curl_json(slipway, "/api/files/upload" + slash, {"files": files})
    assert status == 200
    assert answer["message"] == (
        "Successfully generated presigned URLs for 2 files. 0 files failed.")
    assert answer["failed"] == []
    assert [entry["file_name"] for entry in answer["successful"]] == [
        file["file_name"] for file in files]
    for entry in answer["successful"]:
        assert entry["status"] == "success"
        assert entry["s3_key"] == f"{slipway.user}/{entry['file_name']}"
        assert entry["id"] == f"{slipway.user}-{entry['file_name']}"
    urls = [entry["presigned_url"] for entry in answer["successful"]]
    assert curl_put(urls[0], "image/jpeg", jpg) == 200
    assert curl_put(urls[1], "application/pdf", pdf) == 200

    keys = [entry["s3_key"] for entry in answer["successful"]]
    status, answer = curl_json(slipway, "/api/files/confirm_uploads" + slash, {"s3_keys": keys})
    assert status == 200
    assert answer == {
        "message": "Upload confirmation processed",
        "results": [
            {"s3_key": key, "status": "success", "message": "Upload confirmed"} for key in keys],
    }


@pytest.mark.parametrize("slash", ["/", ""])
def test_the_single_form_by_curl(slipway, tmp_path, slash):
    name = "single-with.txt" if slash else "single-without.txt"
    path = tmp_path / name
    path.write_text("one file alone\n")
    status, answer = curl_json(slipway, "/api/files/upload" + slash, {
        "file_name": name, "content_type": "text/plain", "file_size": path.stat().st_size,
        "tier": "standard"})
    assert status == 200
    assert answer["message"]
    assert answer["s3_key"] == f"{slipway.user}/{name}"
    assert answer["id"] == f"{slipway.user}-{name}"
    assert answer["status"] == "success"
    assert curl_put(answer["presigned_url"], "text/plain", path) == 200
    status, answer = curl_json(
        slipway, "/api/files/confirm_upload" + slash, {"s3_key": answer["s3_key"]})
    assert (status, answer["status"], answer["message"]) == (200, "success", "Upload confirmed")


def real_files(count: int) -> dict[str, pathlib.Path]:
    """Files of many kinds that are on any Debian machine, by their path below the root."""
    found: dict[str, pathlib.Path] = {}
    for tree in REAL_TREES:
        share = count if tree == REAL_TREES[-1] else (len(found) + count * 2 // 3)
        for path in sorted(pathlib.Path(tree).rglob("*")):
            if len(found) >= min(count, share):
                break
            if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
                found[str(path.relative_to("/"))] = path
    assert len(found) >= 200, f"only {len(found)} files under {REAL_TREES}"
    return found


def write_large(path: pathlib.Path, size: int) -> pathlib.Path:
    """Bytes that do not repeat within a part, made quickly."""
    block = os.urandom(8 * MEGABYTE + 13)
    with open(path, "wb") as file:
        left = size
        while left > 0:
            left -= file.write(block[:left])
    return path


def upload_and_compare(server, tmp_path, large: dict[str, int]):
    """The whole job: many real files and `large` ones; two bad entries fail alone."""
    client = DocumentedClient(server.url, server.token)
    files = real_files(REAL_FILES)
    empty = tmp_path / "empty"
    empty.touch()
    files["sizes/empty.bin"] = empty
    hostile = tmp_path / "hostile"
    hostile.write_text("hostile name, harmless content")
    for name in ("names/ü ä+%2F#?&=\"'.txt", "names/日本語 📎.txt", "names/a  b;c@d.txt"):
        files[name] = hostile
    for name, size in large.items():
        files[name] = write_large(tmp_path / pathlib.Path(name).name, size)

    entries = [client.describe(name, path) for name, path in files.items()]
    too_large = {"file_name": "too-large.bin", "content_type": "application/octet-stream",
                 "file_size": 800 * MEGABYTE + 1, "tier": "standard"}
    bad_name = {"file_name": "../escape.txt", "content_type": "text/plain", "file_size": 1,
                "tier": "standard"}
    outcome = client.upload(files, entries + [too_large, bad_name])

    assert set(outcome.refused) == {"too-large.bin", "../escape.txt"}
    assert "800" in outcome.refused["too-large.bin"]
    assert set(outcome.keys) == set(files)
    assert outcome.confirmed == set(outcome.keys.values())

    listed = {}
    cursor = ""
    while True:
        query = urllib.parse.urlencode({"limit": 100, "cursor": cursor} if cursor else {"limit": 100})
        status, _, body = http_request(
            "GET", f"{server.url}/api/files/?{query}", headers=client.headers)
        assert status == 200, body
        page = json.loads(body)
        listed.update({entry["file_name"]: entry for entry in page["files"]})
        cursor = page["next_cursor"]
        if not cursor:
            break
    for name, path in files.items():
        assert listed[name]["file_size"] == path.stat().st_size, name
        assert client.download_equals(listed[name]["id"], path), name
    return listed


def test_hundreds_of_real_files(slipway, tmp_path):
    """At least 200 real files, 0 bytes, 750 MB and exactly the limit: all arrive byte by byte."""
    upload_and_compare(slipway, tmp_path, {
        "sizes/750MB.bin": 750 * MEGABYTE, "sizes/limit.bin": 800 * MEGABYTE})


def test_hundreds_of_real_files_with_minio_behind(slipway_on_minio, tmp_path):
    """The same flow with another S3 behind the server."""
    upload_and_compare(slipway_on_minio, tmp_path, {"sizes/50MB.bin": 50 * MEGABYTE})
