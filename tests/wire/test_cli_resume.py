# SPDX-License-Identifier: Apache-2.0
"""`slipway put` that is killed or stopped, and goes on: against MinIO, whose answers it trusts.

SLIPWAY_LONG=1: 2,000 files and one of 5 GiB, killed 20 times.
"""

import array
import contextlib
import fcntl
import hashlib
import os
import random
import signal
import subprocess
import sys
import termios
import time

import pytest
from command import Cli
from http_front import HttpFront
from s3_endpoint import new_bucket
from slipway_process import program_path

LONG = "SLIPWAY_LONG" in os.environ
MIB = 1 << 20
PART = 8 * MIB
# What may be on its way when a run is killed: parts and files.
UNDER_WAY = 48


@pytest.fixture
def bucket(minio_once):
    return new_bucket(minio_once.client())


@pytest.fixture
def front(minio_once):
    with HttpFront(minio_once.url) as front:
        yield front


@pytest.fixture
def cli(minio_once, front, tmp_path):
    return Cli(minio_once.environment() | {"AWS_ENDPOINT_URL": front.url,
                                           "XDG_STATE_HOME": str(tmp_path / "state")})


@pytest.fixture
def parts_there(minio_once, bucket, open_uploads):
    client = minio_once.client()

    def of(key: str) -> list:
        parts = []
        for upload in open_uploads(key):
            with contextlib.suppress(client.exceptions.NoSuchUpload):  # it is just beginning
                parts += client.list_parts(
                    Bucket=bucket, Key=key, UploadId=upload["UploadId"]).get("Parts", [])
        return parts
    return of


@pytest.fixture
def open_uploads(minio_once, bucket):
    def of(key: str) -> list:  # MinIO tells them for a whole key only
        return minio_once.client().list_multipart_uploads(
            Bucket=bucket, Prefix=key).get("Uploads", [])
    return of


def write_large(path, size: int, seed: int = 1) -> None:
    dice = random.Random(seed)
    with open(path, "wb") as file:
        for begin in range(0, size, MIB):
            file.write(dice.randbytes(min(MIB, size - begin)))


def digest_of(stream) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(MIB):
        digest.update(piece)
    return digest.hexdigest()


def is_stored(client, bucket: str, key: str, path) -> bool:
    with open(path, "rb") as file:
        return digest_of(client.get_object(Bucket=bucket, Key=key)["Body"]) == digest_of(file)


def parts_sent(front) -> int:
    return sum(count for (method, path), count in front.requests.items()
               if method == "PUT" and "partNumber=" in path)


def stop_when(condition, process, with_signal: int) -> None:
    """Until then it must not have ended by itself."""
    deadline = time.monotonic() + 30
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(with_signal)


def test_killed_at_any_moment(cli, front, minio_once, bucket, open_uploads, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    dice = random.Random(4)
    files, size, kills = (2000, 5 << 30, 20) if LONG else (200, 100 * MIB, 5)
    for number in range(files):
        (folder / f"small-{number}").write_bytes(dice.randbytes(dice.randrange(32 << 10)))
    write_large(folder / "large", size)
    needed = files + size // PART
    rate = size // (40 if LONG else 4)
    killed = 0
    while killed < kills:
        run = cli.start("put", "--resume", "--limit-rate", rate, folder, f"s3://{bucket}/in")
        time.sleep(dice.uniform(0.05, 1.5))
        run.kill()
        run.communicate()
        killed += 1
        if run.returncode == 0:
            break
    assert killed > 1, "it was through before it could be killed"
    ended = cli.events("put", "--resume", folder, f"s3://{bucket}/in")[-1]
    assert ended["files_failed"] == 0
    sent = front.sent("PUT")
    assert needed <= sent <= needed + killed * UNDER_WAY, front.requests
    client = minio_once.client()
    for path in folder.iterdir():
        assert is_stored(client, bucket, f"in/{path.name}", path), path
    assert open_uploads("in/large") == []
    assert list((tmp_path / "state/slipway/uploads").iterdir()) == []
    before = front.sent("PUT")
    cli("put", "--resume", folder, f"s3://{bucket}/in")
    assert front.sent("PUT") == before, "nothing is missing"


def test_stopped_by_ctrl_c(cli, front, minio_once, bucket, open_uploads, parts_there,
                           tmp_path):
    large = tmp_path / "large"
    write_large(large, 80 * MIB)
    words = ["put", large, f"s3://{bucket}/large"]
    run = cli.start(*words, "--limit-rate", 20 * MIB)
    stop_when(lambda: parts_there("large"), run, signal.SIGINT)
    _, told = run.communicate(timeout=30)
    assert run.returncode == 130
    assert "to go on, give the same command with --resume" in told
    assert len(open_uploads("large")) == 1, "its parts are kept"
    there = parts_there("large")
    before = parts_sent(front)
    cli(*words, "--resume")
    assert parts_sent(front) - before == 10 - len(there)
    assert is_stored(minio_once.client(), bucket, "large", large)
    assert open_uploads("large") == []


def test_a_run_from_the_start_leaves_nothing_of_the_one_before(cli, minio_once, bucket, open_uploads,
                                                               parts_there, tmp_path):
    large = tmp_path / "large"
    write_large(large, 40 * MIB)
    run = cli.start("put", large, f"s3://{bucket}/large", "--limit-rate", 10 * MIB)
    stop_when(lambda: parts_there("large"), run, signal.SIGKILL)
    run.communicate()
    assert len(open_uploads("large")) == 1
    cli("put", large, f"s3://{bucket}/large")
    assert open_uploads("large") == []
    assert is_stored(minio_once.client(), bucket, "large", large)


def test_what_changed_meanwhile_is_sent_again(cli, front, minio_once, bucket, open_uploads, parts_there,
                                              tmp_path):
    large = tmp_path / "large"
    write_large(large, 80 * MIB)
    run = cli.start("put", large, f"s3://{bucket}/large", "--limit-rate", 20 * MIB)
    stop_when(lambda: parts_there("large"), run, signal.SIGKILL)
    run.communicate()
    there = parts_there("large")
    with open(large, "r+b") as file:
        file.write(b"another beginning")
    before = parts_sent(front)
    cli("put", "--resume", large, f"s3://{bucket}/large")
    changed = 1 if any(part["PartNumber"] == 1 for part in there) else 0
    assert parts_sent(front) - before == 10 - len(there) + changed
    assert is_stored(minio_once.client(), bucket, "large", large)
    assert open_uploads("large") == []


def test_another_tier_is_another_upload(cli, front, bucket, open_uploads, parts_there, tmp_path):
    large = tmp_path / "large"
    write_large(large, 40 * MIB)
    run = cli.start("put", large, f"s3://{bucket}/large", "--limit-rate", 10 * MIB)
    stop_when(lambda: parts_there("large"), run, signal.SIGKILL)
    run.communicate()
    before = parts_sent(front)
    cli("put", "--resume", "--tier", "REDUCED_REDUNDANCY", large, f"s3://{bucket}/large")
    assert parts_sent(front) - before == 5, "an upload keeps the tier it was begun with"
    assert open_uploads("large") == []


def test_two_runs_at_once_leave_each_other_alone(cli, front, minio_once, bucket, open_uploads,
                                                 tmp_path):
    for name in ("one", "two"):
        write_large(tmp_path / name, 40 * MIB, seed=len(name))
    run = cli.start("put", tmp_path / "one", f"s3://{bucket}/same/large", "--limit-rate", 10 * MIB)
    deadline = time.monotonic() + 30
    while parts_sent(front) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    cli("put", "--resume", tmp_path / "two", f"s3://{bucket}/same/large")
    told, complaint = run.communicate(timeout=60)
    assert run.returncode == 0, told + complaint
    assert open_uploads("same/large") == []
    assert is_stored(minio_once.client(), bucket, "same/large", tmp_path / "one"), "it ended last"


PRODUCER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.stdout.buffer.write(bytes(int(sys.argv[1])))
sys.stdout.buffer.flush()
print("written", file=sys.stderr, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("size", [1000, 20 * MIB])
def test_ctrl_c_in_a_pipeline_stores_no_half_stream(cli, minio_once, bucket, open_uploads, size):
    """It ends the producer as well, which looks like the end of what it had to say."""
    minio_once.client().put_object(Bucket=bucket, Key="stream", Body=b"whole")
    producer = subprocess.Popen([sys.executable, "-c", PRODUCER, str(size)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, process_group=0)
    run = subprocess.Popen([program_path(), "put", "-", f"s3://{bucket}/stream"],
                           stdin=producer.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=cli.environment, text=True, process_group=producer.pid)

    def all_was_read() -> bool:
        unread = array.array("i", [0])
        fcntl.ioctl(producer.stdout, termios.FIONREAD, unread)
        return unread[0] == 0

    producer.stderr.readline()
    stop_when(all_was_read, run, 0)
    producer.stdout.close()
    os.killpg(producer.pid, signal.SIGINT)
    _, told = run.communicate(timeout=30)
    assert run.returncode == 130, told
    assert producer.wait() == -signal.SIGINT
    assert "--resume" not in told
    assert minio_once.client().get_object(Bucket=bucket, Key="stream")["Body"].read() == b"whole"
    assert open_uploads("stream") == []


def test_resume_without_a_place_for_the_journal(cli, tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "state").write_bytes(b"not a folder")
    told = cli.fails("put", "--resume", tmp_path / "file", "s3://bucket/")
    assert str(tmp_path / "state") in told

def test_standard_input_cannot_be_resumed(cli):
    assert "standard input" in cli.fails("put", "--resume", "-", "s3://bucket/key", code=2)


def test_limit_rate(cli, minio_once, bucket, tmp_path):
    """A lower bound of the time is what it promises."""
    (tmp_path / "file").write_bytes(os.urandom(4 * MIB))
    begin = time.monotonic()
    cli("put", "--limit-rate", "2MiB", tmp_path / "file", f"s3://{bucket}/")
    assert time.monotonic() - begin >= 1.8
    assert is_stored(minio_once.client(), bucket, "file", tmp_path / "file")
    told = cli.fails("put", "--limit-rate", "1", tmp_path / "file", f"s3://{bucket}/", code=2)
    assert "8192 is the least" in told
