# SPDX-License-Identifier: Apache-2.0
"""A file that is changed while `slipway put` sends it: the run says so, and no mixture is stored.

The front holds the file's request in the middle of its body while the test changes the file. The
rest of the run goes on."""

import os
import random

import pytest
from command import Cli
from http_front import HttpFront, Hold
from s3_endpoint import new_bucket

# Much of it is still in the file while it is held.
WHOLE_BYTES = 12 << 20
IN_PARTS_BYTES = 18 << 20


def truncate(path):
    os.truncate(path, 100_000)


def grow(path):
    with open(path, "ab") as file:
        file.write(b"one more line\n")


def replace(path):
    other = path.with_name("other")
    other.write_bytes(b"other content" * (path.stat().st_size // 13))
    other.rename(path)


def overwrite(path):
    """In place, with the same size."""
    with open(path, "r+b") as file:
        file.seek(-1000, os.SEEK_END)
        file.write(bytes(1000))


def remove(path):
    path.unlink()


CHANGES = [(truncate, "became shorter"), (grow, "grew"), (replace, "was replaced"),
           (overwrite, "was written to"), (remove, "was removed")]


@pytest.mark.parametrize("change,words", CHANGES)
@pytest.mark.parametrize("name,size,tls", [
    ("slipway", WHOLE_BYTES, False), ("minio", WHOLE_BYTES, False),
    ("minio", IN_PARTS_BYTES, False), ("minio", IN_PARTS_BYTES, True)])
def test_a_file_that_changes_while_it_is_sent(request, tmp_path, authority, name, size, tls, change,
                                              words):
    s3 = request.getfixturevalue("s3" if name == "slipway" else "minio_once")
    client = s3.client()
    bucket = new_bucket(client)
    source = tmp_path / "source"
    source.mkdir()
    before = random.Random(size).randbytes(size)
    (source / "changing").write_bytes(before)
    (source / "resting").write_bytes(b"resting")
    hold = Hold("/changing")
    with HttpFront(s3.url, hold=hold,
                   tls=authority.server("IP:127.0.0.1") if tls else None) as front:
        cli = Cli({**s3.environment(), "AWS_ENDPOINT_URL": front.url,
                   "AWS_CA_BUNDLE": str(authority.bundle)})
        running = cli.start("put", source, f"s3://{bucket}/")
        assert hold.reached.wait(30)
        change(source / "changing")
        hold.go_on.set()
        told, complaints = running.communicate(timeout=60)
    failed = [line for line in complaints.splitlines() if line.startswith("failed")]
    assert running.returncode == 1, told + complaints
    assert len(failed) == 1 and failed[0].startswith(f"failed  {source}/changing: "), complaints
    assert words in failed[0]
    assert client.get_object(Bucket=bucket, Key="resting")["Body"].read() == b"resting"
    keys = [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket)["Contents"]]
    if "changing" in keys:
        assert client.get_object(Bucket=bucket, Key="changing")["Body"].read() == before
    if name == "minio":
        assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
