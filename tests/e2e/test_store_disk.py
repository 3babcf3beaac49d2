# SPDX-License-Identifier: Apache-2.0
"""`slipway store` on a disk that is full or read-only, as boto3 sees it: S3's codes, reading goes on,
deleting works, and it heals. Needs root, for a small file system of its own."""

import subprocess

import pytest
from botocore.exceptions import ClientError
from slipway_process import StoreProcess, check_store

from test_disk_full import body_of, disk, fill  # noqa: F401 (a fixture)
from test_store_kill import boto3_client

LARGE = 1 << 20
SMALL = 9_000


@pytest.fixture
def store(disk, tmp_path):  # noqa: F811
    server = StoreProcess(tmp_path)
    server.data_dir = disk / "data"
    server.start()
    yield server
    server.stop()


def fill_store(s3, bucket: str, size: int) -> list[str]:
    """Puts objects until the disk is full; answers their keys."""
    keys = []
    for number in range(10_000):
        try:
            s3.put_object(Bucket=bucket, Key=str(number), Body=body_of(size, number))
        except ClientError as error:
            assert error.response["Error"]["Code"] == "QuotaExceeded"
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 507
            return keys
        keys.append(str(number))
    raise AssertionError("the disk was never full")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_deleting_works_on_a_full_disk(disk, store, size):  # noqa: F811
    s3 = boto3_client(store)
    keys = fill_store(s3, store.bucket, size)
    assert len(keys) > 5
    ballast = fill(disk)
    for number, key in enumerate(keys):
        body = s3.get_object(Bucket=store.bucket, Key=key)["Body"].read()
        assert body == body_of(size, number)
    for key in keys[:-1]:
        s3.delete_object(Bucket=store.bucket, Key=key)
    ballast.unlink()
    assert len(fill_store(s3, store.bucket, size)) > len(keys) // 2
    assert store.terminate() == 0
    assert check_store(store.data_dir) == (0, [])


def remount(disk, how: str) -> None:  # noqa: F811
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)


def test_a_start_on_a_read_only_disk_says_why(disk, store):  # noqa: F811
    s3 = boto3_client(store)
    s3.put_object(Bucket=store.bucket, Key="kept", Body=body_of(LARGE))
    assert store.terminate() == 0
    remount(disk, "ro")
    with pytest.raises(AssertionError, match="[Rr]ead-only file system"):
        store.start()
    assert store.process.wait(10) == 1
    remount(disk, "rw")
    store.start()
    s3 = boto3_client(store)
    assert s3.get_object(Bucket=store.bucket, Key="kept")["Body"].read() == body_of(LARGE)
