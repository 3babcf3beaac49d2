# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the wire tests: an S3 endpoint, a client, a bucket of the test's own."""

import pathlib
import sys

import pytest
from certificates import Authority
from slipway_process import running_minio

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from s3_endpoint import endpoint_of, endpoint_of_minio, new_bucket  # noqa: E402


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
    with running_minio(tmp_path_factory.mktemp("minio")) as server:
        yield endpoint_of_minio(server)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Whose certificates the clients of this file are told to trust."""
    return Authority(tmp_path_factory.mktemp("authority"))
