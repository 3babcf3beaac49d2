# SPDX-License-Identifier: Apache-2.0
"""A client written for the documented Flask API, and for nothing else.

It knows the requests and answers of the API document: ask for presigned URLs, PUT each file with its
Content-Type, confirm. Slipway's additions it does not know, so what passes here keeps working for
clients that were written before Slipway.
"""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import mimetypes
import pathlib
import urllib.parse
from dataclasses import dataclass, field

UPLOADS_AT_ONCE = 10
BLOCK = 1 << 20


def http_request(method: str, url: str, body=None, headers=None):
    """One request on a connection of its own; answers (status, headers, body)."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=300)
    try:
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, target, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@dataclass
class Outcome:
    """What became of each file, by its name."""

    keys: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    put_status: dict[str, int] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)


class DocumentedClient:
    def __init__(self, url: str, token: str):
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path: str, document):
        status, _, body = http_request("POST", self.url + path, json.dumps(document), self.headers)
        return status, json.loads(body)

    @staticmethod
    def describe(name: str, path: pathlib.Path, tier: str = "standard") -> dict:
        return {
            "file_name": name,
            "content_type": mimetypes.guess_type(name)[0] or "application/octet-stream",
            "file_size": path.stat().st_size,
            "tier": tier,
        }

    def upload(self, files: dict[str, pathlib.Path], entries: list[dict] | None = None) -> Outcome:
        """Uploads name -> path the documented way, ten at a time, and confirms all in one request."""
        entries = entries or [self.describe(name, path) for name, path in files.items()]
        types = {entry["file_name"]: entry["content_type"] for entry in entries}
        status, answer = self.post("/api/files/upload/", {"files": entries})
        assert status == 200, answer
        outcome = Outcome()
        outcome.refused = {entry["file_name"]: entry["error"] for entry in answer["failed"]}

        def put(entry):
            name = entry["file_name"]
            with open(files[name], "rb") as body:
                size = files[name].stat().st_size
                headers = {"Content-Type": types[name], "Content-Length": str(size)}
                status, _, text = http_request("PUT", entry["presigned_url"], body, headers)
            assert status == 200, (name, status, text)
            return name, entry["s3_key"], status

        with concurrent.futures.ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            for name, key, status in pool.map(put, answer["successful"]):
                outcome.keys[name] = key
                outcome.put_status[name] = status
        status, answer = self.post(
            "/api/files/confirm_uploads/", {"s3_keys": list(outcome.keys.values())}
        )
        assert status == 200, answer
        assert answer["message"] == "Upload confirmation processed"
        outcome.confirmed = {
            result["s3_key"] for result in answer["results"] if result["status"] == "success"
        }
        return outcome

    def download_equals(self, file_id: str, path: pathlib.Path) -> bool:
        """Follows the download's redirect and compares with the source, block by block."""
        quoted = urllib.parse.quote(file_id, safe="")
        status, headers, _ = http_request(
            "GET", f"{self.url}/api/files/{quoted}/download", headers=self.headers
        )
        assert status in (302, 303, 307), status
        parts = urllib.parse.urlsplit(headers["Location"])
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=300)
        try:
            connection.request("GET", parts.path + "?" + parts.query)
            response = connection.getresponse()
            assert response.status == 200, (file_id, response.status, response.read(500))
            with open(path, "rb") as source:
                while True:
                    expected = source.read(BLOCK)
                    if response.read(BLOCK) != expected:
                        return False
                    if not expected:
                        return True
        finally:
            connection.close()
