# SPDX-License-Identifier: Apache-2.0
"""kill -9 of `slipway store` at random moments while boto3, aws cli and s5cmd upload, overwrite, copy and
delete: what they were told is there and whole, and `slipway store check` finds nothing.

A handful of kills; with SLIPWAY_LONG=1 a hundred of them."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import threading
import time

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from slipway_process import StoreProcess, check_store

KILLS = 100 if os.environ.get("SLIPWAY_LONG") else 5
READY_SECONDS_MAX = 2.0
# On both sides of the border between index and data files, and one that takes several chunks.
SIZES = (0, 1, 4096, 16 * 1024, 16 * 1024 + 1, 200_000, 1_000_000)
LARGE = 11 << 20
PART = 5 << 20
KEYS = 12  # of one client: so few that they are overwritten
FAILED = (ClientError, BotoCoreError, OSError)
GONE = None  # the state of a key that is free


class Ledger:
    """What each key may hold: what was acknowledged last, or what was asked since without an answer.
    One client a key."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged: dict[str, str | None] = {}
        self.asked: dict[str, list[str | None]] = {}
        self.answers = 0

    def begin(self, key: str, state: str | None) -> None:
        with self.lock:
            self.asked.setdefault(key, []).append(state)

    def done(self, key: str, state: str | None) -> None:
        with self.lock:
            self.acknowledged[key] = state
            self.asked.pop(key, None)
            self.answers += 1

    def look(self, key: str, found: str | None) -> None:
        """What a key holds after a crash is what it held before, from then on."""
        with self.lock:
            allowed = {self.acknowledged.get(key), *self.asked.pop(key, [])}
            assert found in allowed, f"{key} holds {found}, and not one of {allowed}"
            self.acknowledged[key] = found

    def keys(self, only_asked: bool) -> list[str]:
        with self.lock:
            return list(self.asked) if only_asked else [*{**self.acknowledged, **self.asked}]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Client:
    """Does one thing after another until the round is over. `name` is the prefix of its keys."""

    def __init__(self, name: str, ledger: Ledger, folder: pathlib.Path):
        self.name = name
        self.ledger = ledger
        self.folder = folder / name
        self.folder.mkdir(exist_ok=True)

    def run(self, server: StoreProcess, seed: str, over: threading.Event) -> None:
        rng = random.Random(f"{self.name}/{seed}")
        self.connect(server)
        while not over.is_set():
            try:
                self.step(rng)
            except FAILED:
                over.wait(0.01)  # the server is dead, or it will be in a moment

    def key(self, rng: random.Random) -> str:
        return f"{self.name}/{rng.randrange(KEYS)}"


def boto3_client(server: StoreProcess):
    return boto3.client(
        "s3", endpoint_url=server.store_url, region_name="us-east-1",
        aws_access_key_id=server.access_key, aws_secret_access_key=server.secret_key,
        config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=20))


class Boto3Client(Client):
    def connect(self, server: StoreProcess) -> None:
        self.bucket = server.bucket
        self.s3 = boto3_client(server)

    def step(self, rng: random.Random) -> None:
        rng.choices([self.put, self.delete, self.delete_many, self.copy, self.put_in_parts],
                    [10, 3, 1, 3, 1])[0](rng)

    def put(self, rng: random.Random) -> None:
        key, body = self.key(rng), rng.randbytes(rng.choice(SIZES))
        self.ledger.begin(key, digest(body))
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        self.ledger.done(key, digest(body))

    def delete(self, rng: random.Random) -> None:
        key = self.key(rng)
        self.ledger.begin(key, GONE)
        self.s3.delete_object(Bucket=self.bucket, Key=key)
        self.ledger.done(key, GONE)

    def delete_many(self, rng: random.Random) -> None:
        keys = [f"{self.name}/{number}" for number in rng.sample(range(KEYS), 3)]
        for key in keys:
            self.ledger.begin(key, GONE)
        answer = self.s3.delete_objects(
            Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys]})
        for deleted in answer.get("Deleted", []):
            self.ledger.done(deleted["Key"], GONE)

    def copy(self, rng: random.Random) -> None:
        source, key, body = f"{self.name}/source", self.key(rng), rng.randbytes(rng.choice(SIZES))
        self.ledger.begin(source, digest(body))
        self.s3.put_object(Bucket=self.bucket, Key=source, Body=body)
        self.ledger.done(source, digest(body))
        self.ledger.begin(key, digest(body))
        self.s3.copy_object(Bucket=self.bucket, Key=key,
                            CopySource={"Bucket": self.bucket, "Key": source})
        self.ledger.done(key, digest(body))

    def put_in_parts(self, rng: random.Random) -> None:
        key, body = self.key(rng), rng.randbytes(LARGE)
        path = self.folder / "large"
        path.write_bytes(body)
        self.ledger.begin(key, digest(body))
        try:
            self.s3.upload_file(str(path), self.bucket, key, Config=TransferConfig(
                multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=3))
        except boto3.exceptions.S3UploadFailedError as error:
            raise OSError(str(error)) from error
        self.ledger.done(key, digest(body))


class CommandClient(Client):
    """A program of its own for each step; ended with the round."""

    def connect(self, server: StoreProcess) -> None:
        self.bucket = server.bucket
        self.url = server.store_url
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url, "S3_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}

    def say(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(words, env=self.environment, capture_output=True, text=True,
                              timeout=60, check=False)

    def write(self, name: str, body: bytes) -> pathlib.Path:
        path = self.folder / name
        path.write_bytes(body)
        return path


class AwsClient(CommandClient):
    def step(self, rng: random.Random) -> None:
        key = self.key(rng)
        if rng.random() < 0.3:
            state, words = GONE, ["rm", f"s3://{self.bucket}/{key}"]
        else:
            body = rng.randbytes(rng.choice(SIZES))
            state = digest(body)
            words = ["cp", str(self.write("body", body)), f"s3://{self.bucket}/{key}"]
        self.ledger.begin(key, state)
        if self.say("aws", "s3", *words).returncode == 0:
            self.ledger.done(key, state)


class S5cmdClient(CommandClient):
    """A folder at a time; it says of each file that it was taken."""

    def step(self, rng: random.Random) -> None:
        states = {}
        for number in range(KEYS):
            body = rng.randbytes(rng.choice(SIZES))
            self.write(str(number), body)
            states[f"{self.name}/{number}"] = digest(body)
        for key, state in states.items():
            self.ledger.begin(key, state)
        done = self.say("s5cmd", "--json", "--retry-count", "0", "cp", f"{self.folder}/*",
                        f"s3://{self.bucket}/{self.name}/")
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            if answer.get("success"):
                key = answer["destination"].removeprefix(f"s3://{self.bucket}/")
                self.ledger.done(key, states[key])


def look(server: StoreProcess, ledger: Ledger, keys: list[str]) -> None:
    s3 = boto3_client(server)

    def look_at(key: str) -> None:
        try:
            answer = s3.get_object(Bucket=server.bucket, Key=key)
        except s3.exceptions.NoSuchKey:
            ledger.look(key, GONE)
            return
        ledger.look(key, digest(answer["Body"].read()))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(look_at, keys))


def under_load(server: StoreProcess, clients: list[Client], seed: str, seconds: float) -> None:
    over = threading.Event()
    threads = [threading.Thread(target=client.run, args=(server, seed, over)) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    server.kill()
    over.set()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive()


@pytest.fixture
def store(tmp_path):
    server = StoreProcess(tmp_path)
    server.start()
    yield server
    server.stop()


def test_kill_under_the_load_of_real_clients(store, tmp_path):
    rng = random.Random(20261121)
    ledger = Ledger()
    clients = [Boto3Client(f"boto3-{number}", ledger, tmp_path) for number in range(3)]
    clients.append(AwsClient("aws", ledger, tmp_path))
    if shutil.which("s5cmd"):
        clients.append(S5cmdClient("s5cmd", ledger, tmp_path))
    for kill in range(KILLS):
        under_load(store, clients, str(kill), rng.uniform(0.1, 3.0))
        started = time.monotonic()
        store.start()
        assert time.monotonic() - started < READY_SECONDS_MAX
        look(store, ledger, ledger.keys(only_asked=True))
    look(store, ledger, ledger.keys(only_asked=False))
    assert ledger.answers > KILLS * 10

    store.kill()  # right after the start: the janitor may not have been through yet
    _, findings = check_store(store.data_dir)
    assert [each for each in findings if each["what"] != "leftover_file"] == []
    status, findings = check_store(store.data_dir, "--repair")
    assert (status, [each for each in findings if not each["repaired"]]) == (0, [])
    assert check_store(store.data_dir) == (0, [])
    store.start()
    look(store, ledger, ledger.keys(only_asked=False))
