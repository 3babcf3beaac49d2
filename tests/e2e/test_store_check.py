# SPDX-License-Identifier: Apache-2.0
"""`slipway store` and its check as programs: docs/using/store.md word for word, and one directory for one
process."""

import pathlib
import re
import subprocess

import boto3
import pytest
from slipway_process import StoreProcess, check_store, program_path

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/using/store.md"
EXAMPLE = re.compile(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def store(tmp_path):
    server = StoreProcess(tmp_path)
    server.start()
    yield server
    server.stop()


def s3_of(server: StoreProcess):
    return boto3.client(
        "s3", endpoint_url=server.store_url, region_name="us-east-1",
        aws_access_key_id=server.access_key, aws_secret_access_key=server.secret_key)


def test_examples_say_what_is_written(store, tmp_path):
    s3_of(store).put_object(Bucket=store.bucket, Key="lake.jpg", Body=b"\0" * 300_000)
    assert store.terminate() == 0
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/slipway").symlink_to(program_path())
    examples = EXAMPLE.findall(DOCUMENT.read_text())
    assert len(examples) == 2
    for commands, expected in examples:
        done = subprocess.run(["bash", "-euc", commands], cwd=tmp_path, text=True, check=True,
                              capture_output=True, env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
        pattern = re.escape(expected).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, done.stdout), done.stdout


def test_a_store_in_use_is_neither_checked_nor_served_twice(store):
    checked = subprocess.run([program_path(), "store", "check", str(store.data_dir)],
                             capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert "in use by another process" in checked.stderr
    folder = store.folder / "second"
    folder.mkdir()
    second = StoreProcess(folder)
    second.data_dir = store.data_dir
    with pytest.raises(AssertionError, match="in use by another process"):
        second.start()
    assert second.process.wait(10) == 1
    s3_of(store).put_object(Bucket=store.bucket, Key="still", Body=b"served")
    assert store.terminate() == 0
    assert check_store(store.data_dir) == (0, [])
