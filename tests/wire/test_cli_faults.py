# SPDX-License-Identifier: Apache-2.0
"""`slipway put` and `get` against a store that answers 503 and loses connections, now and then or always.

Which requests fail is drawn by key and number (http_front.Faults), so the requests that a file needs
are known before: fewer cannot do, and more are not to be sent."""

import os
import random

import pytest
from command import Cli
from http_front import Faults, HttpFront
from slipway_process import free_port

FILES = 100


def write_files(folder, size: int) -> dict[str, bytes]:
    folder.mkdir()
    rng = random.Random(size)
    files = {f"{number:03}": rng.randbytes(size) for number in range(FILES)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return files


def stored(client, bucket: str) -> dict[str, bytes]:
    keys = [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def through(front: HttpFront, s3) -> Cli:
    return Cli({**s3.environment(), "AWS_ENDPOINT_URL": front.url})


@pytest.mark.parametrize("share,patience", [(0.1, "30s"), (0.5, "10s")])
def test_put_where_many_answers_are_503(s3, client, bucket, tmp_path, share, patience):
    """However often a single file fails: what counts is that something gets through."""
    files = write_files(tmp_path / "files", 20_000)
    faults = Faults(seed=9, busy=share)
    with HttpFront(s3.url, faults) as front:
        told = through(front, s3)("put", tmp_path / "files", f"s3://{bucket}/",
                                  "--give-up-after", patience).stdout.decode()
    assert stored(client, bucket) == files
    needed = {f"/{bucket}/{name}": faults.requests_until_good(f"/{bucket}/{name}") for name in files}
    assert {path: front.requests["PUT", path] for path in needed} == needed
    assert sum(needed.values()) > FILES * (1 + share / 2)  # the faults were there
    assert f"{FILES} files stored" in told and "retries" in told and "failed" not in told


def test_put_where_connections_are_reset_in_the_middle_of_a_body(s3, client, bucket, tmp_path):
    files = write_files(tmp_path / "files", 400_000)
    faults = Faults(seed=2, reset=0.05)
    with HttpFront(s3.url, faults) as front:
        events = through(front, s3).events("put", tmp_path / "files", f"s3://{bucket}/")
    assert stored(client, bucket) == files
    needed = sum(faults.requests_until_good(f"/{bucket}/{name}") for name in files)
    assert FILES < needed == front.sent("PUT") <= FILES * 1.1
    retried = [event for event in events if event["event"] == "retried"]
    # A kept connection that is lost early is replaced without a word.
    assert 0 < len(retried) <= needed - FILES and all(event["error"] for event in retried)
    assert events[-1]["files_stored"] == FILES and events[-1]["retries"] == len(retried)


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_put_to_a_store_that_answers_503_for_ever(s3, client, bucket, tmp_path, flags):
    write_files(tmp_path / "files", 1000)
    with HttpFront(s3.url, Faults(seed=3, busy=1.0)) as front:
        cli = through(front, s3)
        done = cli("put", "--give-up-after", "2s", *flags, tmp_path / "files", f"s3://{bucket}/",
                   code=1)
    words = (done.stdout if flags else done.stderr).decode()
    assert words.count("nothing got through for 2 s") == FILES
    assert "(SlowDown); given up" in words
    assert stored(client, bucket) == {}
    # It rests: what was asked in two seconds is a fraction of what could have been.
    assert front.sent("PUT") < FILES * 10


class BusyAtFirst:
    """Each request is answered 503 a few times, more often than a client that counts would try."""

    def of(self, path: str, number: int) -> str | None:
        return "busy" if number <= 4 else None


@pytest.mark.parametrize("size", [1000, 20_000_000])
@pytest.mark.parametrize("flags", [(), ("--if-absent",)])
def test_put_of_a_stream_is_as_patient_as_that_of_a_file(s3, client, bucket, tmp_path, size, flags):
    """What was piped in cannot be read again."""
    content = random.Random(size).randbytes(size)
    with HttpFront(s3.url, BusyAtFirst()) as front:
        through(front, s3)("put", *flags, "-", f"s3://{bucket}/stream", stdin=content)
    assert client.get_object(Bucket=bucket, Key="stream")["Body"].read() == content


def test_put_compares_with_a_store_that_is_busy_as_patiently(s3, client, bucket, tmp_path):
    files = write_files(tmp_path / "files", 2_000)
    with HttpFront(s3.url, BusyAtFirst()) as front:
        cli = through(front, s3)
        cli("put", "--if-changed", tmp_path / "files", f"s3://{bucket}/")
        told = cli("put", "--if-changed", tmp_path / "files", f"s3://{bucket}/").stdout.decode()
    assert stored(client, bucket) == files
    assert f"{FILES} skipped" in told


def test_put_where_nobody_listens(s3, bucket, tmp_path):
    write_files(tmp_path / "files", 1000)
    away = f"http://127.0.0.1:{free_port()}"
    told = Cli({**s3.environment(), "AWS_ENDPOINT_URL": away}).fails(
        "put", "--give-up-after", "1s", tmp_path / "files", f"s3://{bucket}/")
    assert told.count("failed  ") == FILES and f"cannot connect to {away}" in told


def test_put_of_parts_where_connections_are_reset(minio_once, tmp_path):
    client = minio_once.client()
    client.create_bucket(Bucket="parts")
    content = os.urandom(45 << 20)
    (tmp_path / "large").write_bytes(content)
    faults = Faults(seed=3, busy=0.2, reset=0.2)
    with HttpFront(minio_once.url, faults) as front:
        through(front, minio_once)("put", tmp_path / "large", "s3://parts/large")
    assert client.get_object(Bucket="parts", Key="large")["Body"].read() == content
    assert "Uploads" not in client.list_multipart_uploads(Bucket="parts")
    parts = [f"/parts/large?partNumber={number}" for number in range(1, 7)]
    assert front.sent("PUT") == sum(faults.requests_until_good(part) for part in parts) > 6


@pytest.mark.parametrize("faults", [Faults(seed=6, busy=0.1), Faults(seed=7, reset=0.05)])
def test_get_from_an_unsteady_store(s3, client, bucket, tmp_path, faults):
    files = write_files(tmp_path / "files", 100_000)
    Cli(s3.environment())("put", tmp_path / "files", f"s3://{bucket}/")
    with HttpFront(s3.url, faults) as front:
        through(front, s3)("get", f"s3://{bucket}/", tmp_path / "back")
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()} == files
    assert front.sent("GET") > FILES
