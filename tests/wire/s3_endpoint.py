# SPDX-License-Identifier: Apache-2.0
"""Where the S3 tests of this folder send their requests."""

from __future__ import annotations

import dataclasses
import os
import time
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-east-1"

# Whatever a user can call a file, from the browser to the bucket and back.
HOSTILE_KEYS = [
    "plain.txt",
    "with space.txt",
    "two  spaces",
    "1+1=2.txt",
    "100%.txt",
    "a%2Fb",
    "a//b",
    "/leading",
    "trailing/",
    "quotes\"'`.txt",
    "query?a=b&c#d",
    "a;b:c@d,e$f!g*h(i)j[k]{l}|m\\n^o~p",
    "<xml>&amp;",
    "ümlaut/日本語/🎉👩‍🚀",
    "u\u0308mlaut decomposed",
    "k" * 1024,
]


@dataclasses.dataclass
class Endpoint:
    """An S3 server and somebody who may use it."""

    url: str
    access_key: str
    secret_key: str

    def client(self, **config):
        """boto3 as it comes, but for what a given endpoint needs; no retries, so that a failure shows."""
        return boto3.client(
            "s3", endpoint_url=self.url, region_name=REGION, aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(retries={"max_attempts": 0}, **config))

    def environment(self) -> dict:
        """The environment of a command line client that finds no other settings."""
        return {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
        }


def endpoint_of(request) -> Endpoint:
    """That of SLIPWAY_S3_ENDPOINT, SLIPWAY_S3_ACCESS_KEY and SLIPWAY_S3_SECRET_KEY: to hold another
    S3 against these tests; else the embedded store of a server of ours."""
    url = os.environ.get("SLIPWAY_S3_ENDPOINT")
    if url:
        return Endpoint(url, os.environ["SLIPWAY_S3_ACCESS_KEY"],
                        os.environ["SLIPWAY_S3_SECRET_KEY"])
    slipway = request.getfixturevalue("slipway")
    return Endpoint(slipway.store_url, slipway.access_key, slipway.secret_key)


def new_bucket(client) -> str:
    name = f"wire-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=name)
    return name


def endpoint_of_minio(minio) -> Endpoint:
    """That of a MinioProcess, once it does what it is asked: it says that it is ready before."""
    endpoint = Endpoint(minio.url, minio.access_key, minio.secret_key)
    deadline = time.monotonic() + 20
    while True:
        try:
            endpoint.client().list_buckets()
            return endpoint
        except ClientError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
