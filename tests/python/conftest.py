# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the Python package's tests: the package as it was built, a store, a client, a bucket."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import uuid

import pytest
from slipway_process import SlipwayProcess, program_path, running_minio

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = pathlib.Path(program_path()).parent / "python"
assert (PACKAGE / "slipway/_core.pyi").exists(), f"{PACKAGE} has no package: ./test python builds it"
sys.path[:0] = [str(PACKAGE), str(HERE), str(HERE.parent / "wire")]
# Of a developer's own settings nothing is to be found.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/dev/null",
                  AWS_SHARED_CREDENTIALS_FILE="/dev/null")

import slipway as package  # noqa: E402
from s3_endpoint import Endpoint, endpoint_of_minio  # noqa: E402

REGION = "us-east-1"


@dataclasses.dataclass
class Store:
    """An S3, one bucket of it, and boto3 to look into it."""

    endpoint: Endpoint
    bucket: str
    kind: str

    @property
    def options(self) -> dict:
        return {"endpoint_url": self.endpoint.url, "region": REGION, "bucket": self.bucket,
                "access_key_id": self.endpoint.access_key,
                "secret_access_key": self.endpoint.secret_key}

    @property
    def environment(self) -> dict:
        """What a program finds that is told nothing else."""
        return {"AWS_ENDPOINT_URL": self.endpoint.url, "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": self.endpoint.access_key,
                "AWS_SECRET_ACCESS_KEY": self.endpoint.secret_key,
                "AWS_STORAGE_BUCKET_NAME": self.bucket}

    def content(self, key: str) -> bytes:
        return self.endpoint.client().get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def keys(self, prefix: str = "") -> list:
        listed = self.endpoint.client().list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]


def store_in(endpoint: Endpoint, kind: str) -> Store:
    bucket = f"python-{uuid.uuid4().hex[:12]}"
    endpoint.client().create_bucket(Bucket=bucket)
    return Store(endpoint, bucket, kind)


@pytest.fixture(scope="session")
def embedded_endpoint(tmp_path_factory):
    server = SlipwayProcess(tmp_path_factory.mktemp("embedded"))
    server.start()
    yield Endpoint(server.store_url, server.access_key, server.secret_key)
    server.stop()


@pytest.fixture(scope="session")
def minio_endpoint(tmp_path_factory):
    with running_minio(tmp_path_factory.mktemp("minio")) as server:
        yield endpoint_of_minio(server)


@pytest.fixture
def store(embedded_endpoint):
    return store_in(embedded_endpoint, "embedded")


@pytest.fixture
def minio_store(minio_endpoint):
    return store_in(minio_endpoint, "minio")


@pytest.fixture(params=["embedded", "minio"])
def either_store(request):
    """Each of the stores in turn."""
    return store_in(request.getfixturevalue(f"{request.param}_endpoint"), request.param)


@pytest.fixture
def client(store):
    with package.Client(**store.options) as made:
        yield made


@pytest.fixture
def run_python():
    """Runs a program of Python's on its own, as one that patches or forks has to."""

    def run(text: str, *arguments: str, timeout: float = 120, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", text, *arguments], text=True, timeout=timeout, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": f"{PACKAGE}{os.pathsep}{HERE}", **environment})
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run
