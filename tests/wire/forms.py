# SPDX-License-Identifier: Apache-2.0
"""Forms as curl, requests and a bare socket send them, and a look at what became of them."""

from __future__ import annotations

import re
import socket
import time
import urllib.parse

BOUNDARY = "----form-of-a-test"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
WAIT_SECONDS_MAX = 30


def file_part(name: str, file_name: str, data: bytes) -> bytes:
    return (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"'
            "\r\nContent-Type: application/octet-stream\r\n\r\n").encode() + data + b"\r\n"


def field(name: str, value: str) -> bytes:
    return (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            ).encode()


END = f"--{BOUNDARY}--\r\n".encode()


class FormServer:
    """A server, and the store behind it as boto3 sees it."""

    def __init__(self, slipway, client, bucket: str):
        self.slipway = slipway
        self.client = client
        self.bucket = bucket
        self.url = slipway.url + "/api/uploads/"
        self.headers = {"Authorization": "Bearer " + slipway.token}

    def stored(self, answer: dict, name: str) -> bytes:
        """The bytes behind an s3:// URL of an answer."""
        return self.object(answer, name)["Body"].read()

    def object(self, answer: dict, name: str) -> dict:
        bucket, key = re.fullmatch(r"s3://([^/]+)/(.+)", answer["uploaded_files"][name]).groups()
        assert bucket == self.bucket
        return self.client.get_object(Bucket=bucket, Key=key)

    def keys(self) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def open_uploads(self) -> list:
        return self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])

    def begin(self, declared: int, body: bytes) -> socket.socket:
        """A connection on which a form of that size has begun."""
        url = urllib.parse.urlsplit(self.url)
        connection = socket.create_connection((url.hostname, url.port))
        connection.sendall((f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
                            f"Authorization: {self.headers['Authorization']}\r\n"
                            f"Content-Type: {FORM_TYPE}\r\nContent-Length: {declared}\r\n\r\n"
                            ).encode() + body)
        return connection


def eventually(holds) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
