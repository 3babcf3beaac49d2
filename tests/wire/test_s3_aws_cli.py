# SPDX-License-Identifier: Apache-2.0
"""The aws command line client as it comes, against the S3 port."""

import json
import shutil
import subprocess

import pytest
import requests

from s3_endpoint import HOSTILE_KEYS

pytestmark = pytest.mark.skipif(not shutil.which("aws"), reason="pip install awscli")


@pytest.fixture
def aws(s3, tmp_path):
    def run(*words: str, ok: bool = True) -> str:
        done = subprocess.run(["aws", *words], env=s3.environment(), cwd=tmp_path, timeout=120,
                              capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout if ok else done.stderr

    return run


def test_buckets_and_files(aws, tmp_path):
    bucket = "wire-aws-" + tmp_path.name.replace("_", "-")
    aws("s3", "mb", f"s3://{bucket}")
    assert bucket in aws("s3", "ls")
    (tmp_path / "up.txt").write_text("hello")
    aws("s3", "cp", "up.txt", f"s3://{bucket}/dir/up.txt", "--metadata", "k=v",
        "--storage-class", "STANDARD_IA")
    assert "PRE dir/" in aws("s3", "ls", f"s3://{bucket}")
    assert "up.txt" in aws("s3", "ls", f"s3://{bucket}/dir/")
    aws("s3", "cp", f"s3://{bucket}/dir/up.txt", "down.txt")
    assert (tmp_path / "down.txt").read_text() == "hello"
    aws("s3", "mv", f"s3://{bucket}/dir/up.txt", f"s3://{bucket}/moved.txt")
    head = json.loads(aws("s3api", "head-object", "--bucket", bucket, "--key", "moved.txt"))
    assert head["Metadata"] == {"k": "v"}
    assert head["ContentType"] == "text/plain"
    assert "BucketNotEmpty" in aws("s3", "rb", f"s3://{bucket}", ok=False)
    aws("s3", "rb", f"s3://{bucket}", "--force")
    assert bucket not in aws("s3", "ls")


def test_sync_of_a_folder(aws, bucket, tmp_path):
    files = {f"{i % 3}/file {i}.bin": bytes([i]) * i * 1000 for i in range(30)}
    for name, data in files.items():
        path = tmp_path / "up" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    aws("s3", "sync", "up", f"s3://{bucket}/all")
    assert aws("s3", "sync", "up", f"s3://{bucket}/all") == "", "the second time nothing is sent"
    aws("s3", "sync", f"s3://{bucket}/all", "down")
    for name, data in files.items():
        assert (tmp_path / "down" / name).read_bytes() == data
    aws("s3", "rm", f"s3://{bucket}/all", "--recursive")
    assert aws("s3", "ls", f"s3://{bucket}/") == ""


def test_hostile_keys(aws, bucket, tmp_path, client):
    # One call for all: each takes the client half a second to start.
    keys = [key for key in HOSTILE_KEYS if len(key) < 200 and not key.startswith("/")
            and "//" not in key and not key.endswith("/")]
    for key in keys:
        path = tmp_path / "up" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(key)
    aws("s3", "cp", "up", f"s3://{bucket}/", "--recursive")
    listed = client.list_objects_v2(Bucket=bucket)["Contents"]
    assert sorted(entry["Key"] for entry in listed) == sorted(keys)
    aws("s3", "cp", f"s3://{bucket}/", "down", "--recursive")
    for key in keys:
        assert (tmp_path / "down" / key).read_text() == key


def test_from_a_pipe_and_to_one(s3, aws, bucket):
    subprocess.run(["aws", "s3", "cp", "-", f"s3://{bucket}/piped"], env=s3.environment(),
                   input=b"from a pipe", timeout=60, check=True)
    assert aws("s3", "cp", f"s3://{bucket}/piped", "-") == "from a pipe"


def test_low_level_calls(aws, bucket, tmp_path):
    (tmp_path / "a").write_bytes(b"0123456789")
    put = json.loads(aws("s3api", "put-object", "--bucket", bucket, "--key", "a", "--body", "a",
                         "--checksum-algorithm", "SHA256"))
    assert put["ChecksumSHA256"] == "hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII="
    got = json.loads(aws("s3api", "get-object", "--bucket", bucket, "--key", "a", "--range",
                         "bytes=2-4", "part"))
    assert got["ContentRange"] == "bytes 2-4/10"
    assert (tmp_path / "part").read_bytes() == b"234"
    assert "PreconditionFailed" in aws("s3api", "put-object", "--bucket", bucket, "--key", "a", "--body", "a",
                                       "--if-none-match", "*", ok=False)
    aws("s3api", "copy-object", "--bucket", bucket, "--key", "b", "--copy-source", f"{bucket}/a")
    aws("s3api", "delete-objects", "--bucket", bucket, "--delete",
        json.dumps({"Objects": [{"Key": "a"}, {"Key": "b"}]}))
    listed = json.loads(aws("s3api", "list-objects-v2", "--bucket", bucket) or "{}")
    assert "Contents" not in listed
    assert "NotImplemented" in aws("s3api", "get-bucket-acl", "--bucket", bucket, ok=False)


def test_presigned_url(s3, bucket, client, tmp_path):
    client.put_object(Bucket=bucket, Key="a b", Body=b"hello")
    # Left alone, it presigns for a store of one's own with Signature Version 2.
    (tmp_path / "config").write_text("[default]\ns3 =\n    signature_version = s3v4\n")
    url = subprocess.run(["aws", "s3", "presign", f"s3://{bucket}/a b"],
                         env={**s3.environment(), "AWS_CONFIG_FILE": str(tmp_path / "config")},
                         capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    assert requests.get(url, timeout=10).content == b"hello"
