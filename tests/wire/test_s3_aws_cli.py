# SPDX-License-Identifier: Apache-2.0
"""The aws command line client as it comes, against the S3 port."""

import json
import shutil

import pytest
import requests

from foreign_client import MIB, ForeignClient, bytes_of
from s3_endpoint import HOSTILE_KEYS

pytestmark = pytest.mark.skipif(not shutil.which("aws"), reason="pip install awscli")


@pytest.fixture
def aws(s3, tmp_path):
    return ForeignClient("aws", s3.environment(), tmp_path)


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
    assert "BucketNotEmpty" in aws.fails("s3", "rb", f"s3://{bucket}")
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


def test_from_a_pipe_and_to_one(aws, bucket):
    for data in (b"from a pipe", bytes_of(17 * MIB, "pipe")):
        aws("s3", "cp", "-", f"s3://{bucket}/piped", data=data)
        assert aws.run("s3", "cp", f"s3://{bucket}/piped", "-").stdout == data


def test_large_files_in_parts(aws, bucket, client):
    data = aws.write("large.mp4", bytes_of(18 * MIB, "large"))
    aws("s3", "cp", "large.mp4", f"s3://{bucket}/", "--metadata", "k=v", "--storage-class",
        "STANDARD_IA")
    head = client.head_object(Bucket=bucket, Key="large.mp4")
    assert (head["ContentType"], head["Metadata"]) == ("video/mp4", {"k": "v"})
    assert (head["StorageClass"], head["ETag"][-3:]) == ("STANDARD_IA", '-3"')
    # More than 8 MiB are copied in parts, too.
    aws("s3", "cp", f"s3://{bucket}/large.mp4", f"s3://{bucket}/dir/twin.mp4")
    assert client.head_object(Bucket=bucket, Key="dir/twin.mp4")["ETag"] == head["ETag"]
    aws("s3", "mv", f"s3://{bucket}/dir/twin.mp4", "down.mp4")
    assert aws.read("down.mp4") == data
    aws("s3", "sync", f"s3://{bucket}", f"s3://{bucket}/backup", "--exclude", "backup/*")
    assert "backup/large.mp4" in aws("s3", "ls", f"s3://{bucket}", "--recursive")
    assert "NoSuchUpload" in aws.fails("s3api", "list-parts", "--bucket", bucket, "--key", "x",
                                       "--upload-id", "none")


def test_low_level_calls(aws, bucket, tmp_path):
    (tmp_path / "a").write_bytes(b"0123456789")
    put = json.loads(aws("s3api", "put-object", "--bucket", bucket, "--key", "a", "--body", "a",
                         "--checksum-algorithm", "SHA256"))
    assert put["ChecksumSHA256"] == "hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII="
    got = json.loads(aws("s3api", "get-object", "--bucket", bucket, "--key", "a", "--range",
                         "bytes=2-4", "part"))
    assert got["ContentRange"] == "bytes 2-4/10"
    assert (tmp_path / "part").read_bytes() == b"234"
    assert "PreconditionFailed" in aws.fails("s3api", "put-object", "--bucket", bucket, "--key",
                                             "a", "--body", "a", "--if-none-match", "*")
    aws("s3api", "copy-object", "--bucket", bucket, "--key", "b", "--copy-source", f"{bucket}/a")
    aws("s3api", "delete-objects", "--bucket", bucket, "--delete",
        json.dumps({"Objects": [{"Key": "a"}, {"Key": "b"}]}))
    listed = json.loads(aws("s3api", "list-objects-v2", "--bucket", bucket) or "{}")
    assert "Contents" not in listed
    assert "NotImplemented" in aws.fails("s3", "website", f"s3://{bucket}", "--index-document", "i")


def test_presigned_url(aws, bucket, client):
    """Left alone, it presigns for a store of one's own with Signature Version 2."""
    client.put_object(Bucket=bucket, Key="a b", Body=b"hello")
    url = aws("s3", "presign", f"s3://{bucket}/a b").strip()
    assert requests.get(url, timeout=10).content == b"hello"
    config = aws.folder / "config"
    config.write_text("[default]\ns3 =\n    signature_version = s3v4\n")
    url = aws("s3", "presign", f"s3://{bucket}/a b", AWS_CONFIG_FILE=str(config)).strip()
    assert "X-Amz-Signature" in url
    assert requests.get(url, timeout=10).content == b"hello"


def test_settings_of_a_bucket(aws, bucket):
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}}
    aws("s3api", "put-bucket-lifecycle-configuration", "--bucket", bucket,
        "--lifecycle-configuration", json.dumps({"Rules": [rule]}))
    told = aws("s3api", "get-bucket-lifecycle-configuration", "--bucket", bucket)
    assert json.loads(told)["Rules"] == [rule]
    cors = {"CORSRules": [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example"],
                           "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"],
                           "MaxAgeSeconds": 60}]}
    aws("s3api", "put-bucket-cors", "--bucket", bucket, "--cors-configuration", json.dumps(cors))
    assert json.loads(aws("s3api", "get-bucket-cors", "--bucket", bucket)) == cors
    aws("s3api", "put-bucket-acl", "--bucket", bucket, "--acl", "public-read")
    grants = json.loads(aws("s3api", "get-bucket-acl", "--bucket", bucket))["Grants"]
    assert {each["Permission"] for each in grants} == {"FULL_CONTROL", "READ"}
    assert aws("s3api", "get-bucket-versioning", "--bucket", bucket).strip() in ("", "{}")
