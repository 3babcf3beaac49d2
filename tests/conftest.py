# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all Python tests: the real program, and MinIO where there is one."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "support/python"))

from slipway_process import SlipwayProcess, running_minio  # noqa: E402


@pytest.fixture(scope="module")
def slipway(tmp_path_factory):
    """A running server with the embedded store, shared by the tests of one file."""
    server = SlipwayProcess(tmp_path_factory.mktemp("slipway"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def slipway_factory(tmp_path):
    """Makes servers with flags of their own: `slipway_factory("--file-size-max", "1MB")`."""
    servers = []

    def make(*flags, **arguments):
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        server = SlipwayProcess(folder, *flags, **arguments)
        servers.append(server)
        server.start()
        return server

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def minio(tmp_path):
    with running_minio(tmp_path) as server:
        yield server


@pytest.fixture
def slipway_on_minio(minio, slipway_factory):
    """The server with MinIO instead of the embedded store. MinIO knows no GLACIER: that tier
    stands for its reduced redundancy."""
    settings = minio.folder / "slipway.toml"
    settings.write_text('[tiers]\nstandard = "STANDARD"\nglacier = "REDUCED_REDUNDANCY"\n')
    return slipway_factory(
        "--s3-endpoint", minio.url, "--bucket", "uploads", "--config", str(settings),
        environment={"AWS_ACCESS_KEY_ID": minio.access_key,
                     "AWS_SECRET_ACCESS_KEY": minio.secret_key, "AWS_REGION": "us-east-1"})
