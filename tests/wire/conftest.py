# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the wire tests: an S3 endpoint, a client, a bucket of the test's own."""

import pathlib
import sys
import time

import pytest
from botocore.exceptions import ClientError
from slipway_process import MinioProcess, minio_path

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from s3_endpoint import Endpoint, endpoint_of, new_bucket  # noqa: E402


@pytest.fixture(scope="module")
def s3(request):
    return endpoint_of(request)


@pytest.fixture(scope="module")
def client(s3):
    return s3.client()


@pytest.fixture
def bucket(client):
    return new_bucket(client)


@pytest.fixture(scope="module")
def minio_once(tmp_path_factory):
    """One MinIO for all tests of this file."""
    if minio_path() is None:
        pytest.skip("MinIO is not there: bench/peers/install.sh brings it")
    server = MinioProcess(tmp_path_factory.mktemp("minio"))
    server.start()
    endpoint = Endpoint(server.url, server.access_key, server.secret_key)
    deadline = time.monotonic() + 20
    while True:
        try:
            endpoint.client().list_buckets()
            break
        except ClientError:  # it says it is ready before it is
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield endpoint
    server.stop()
