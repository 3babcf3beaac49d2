# SPDX-License-Identifier: Apache-2.0
"""boto3 as it comes from its registry, against the S3 port."""

import datetime
import hashlib
import urllib.parse

import pytest
import requests
from botocore.exceptions import ClientError

from s3_endpoint import HOSTILE_KEYS, Endpoint


def refused(call, code: str, status: int, **arguments) -> dict:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    assert answer["Error"]["Code"] == code
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    return answer


def body_of(client, bucket: str, key: str, **arguments) -> bytes:
    return client.get_object(Bucket=bucket, Key=key, **arguments)["Body"].read()


# --- objects -------------------------------------------------------------------------------------

@pytest.mark.parametrize("size", [0, 1, 4096, 16 * 1024, 16 * 1024 + 1, 128 * 1024, 3_000_001])
def test_put_get_head_delete(client, bucket, size):
    data = hashlib.shake_128(str(size).encode()).digest(size)
    stored = client.put_object(Bucket=bucket, Key="a", Body=data)
    assert stored["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    assert body_of(client, bucket, "a") == data
    head = client.head_object(Bucket=bucket, Key="a")
    assert head["ContentLength"] == size
    assert head["ETag"] == stored["ETag"]
    assert head["ContentType"] == "binary/octet-stream"
    assert head["AcceptRanges"] == "bytes"
    age = datetime.datetime.now(datetime.timezone.utc) - head["LastModified"]
    assert abs(age.total_seconds()) < 60
    client.delete_object(Bucket=bucket, Key="a")
    refused(client.get_object, "NoSuchKey", 404, Bucket=bucket, Key="a")
    refused(client.head_object, "404", 404, Bucket=bucket, Key="a")
    client.delete_object(Bucket=bucket, Key="a")


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_hostile_keys(client, bucket, key):
    client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert body_of(client, bucket, key) == key.encode()
    listed = client.list_objects_v2(Bucket=bucket)["Contents"]
    assert [entry["Key"] for entry in listed] == [key]
    client.copy_object(Bucket=bucket, Key="copy of " + key[:1000],
                       CopySource={"Bucket": bucket, "Key": key})
    assert body_of(client, bucket, "copy of " + key[:1000]) == key.encode()
    deleted = client.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": key}, {"Key": "copy of " + key[:1000]}]})
    assert len(deleted["Deleted"]) == 2
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)


def test_headers_and_metadata(client, bucket):
    said = {"ContentType": "image/png", "CacheControl": "max-age=60",
            "ContentDisposition": 'attachment; filename="a.png"', "ContentEncoding": "br",
            "ContentLanguage": "de", "Metadata": {"camera": "K 1000", "empty": ""}}
    client.put_object(Bucket=bucket, Key="a", Body=b"hello", StorageClass="STANDARD_IA", **said)
    for answer in (client.head_object(Bucket=bucket, Key="a"),
                   client.get_object(Bucket=bucket, Key="a")):
        for name, value in said.items():
            assert answer[name] == value
        assert answer["StorageClass"] == "STANDARD_IA"
    listed = client.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert listed["StorageClass"] == "STANDARD_IA"


def test_metadata_over_the_limit(client, bucket):
    refused(client.put_object, "MetadataTooLarge", 400, Bucket=bucket, Key="a", Body=b"hello",
            Metadata={"k": "v" * 2048})


def test_unknown_storage_class(client, bucket):
    refused(client.put_object, "InvalidStorageClass", 400, Bucket=bucket, Key="a", Body=b"hello",
            StorageClass="FREEZER")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums(client, bucket, algorithm):
    name = "Checksum" + algorithm
    stored = client.put_object(Bucket=bucket, Key="a", Body=b"hello", ChecksumAlgorithm=algorithm)
    head = client.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert head[name] == stored[name]
    assert body_of(client, bucket, "a", ChecksumMode="ENABLED") == b"hello"


def test_wrong_checksums(client, bucket):
    refused(client.put_object, "BadDigest", 400, Bucket=bucket, Key="a", Body=b"hello",
            ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==")
    refused(client.put_object, "BadDigest", 400, Bucket=bucket, Key="a", Body=b"hello",
            ChecksumCRC32="AAAAAA==")
    refused(client.get_object, "NoSuchKey", 404, Bucket=bucket, Key="a")


@pytest.mark.parametrize("wanted, first, last", [
    ("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=99990-", 99990, 99999),
    ("bytes=-5", 99995, 99999), ("bytes=99999-200000", 99999, 99999)])
def test_ranges(client, bucket, wanted, first, last):
    data = hashlib.shake_128(b"ranges").digest(100_000)
    client.put_object(Bucket=bucket, Key="a", Body=data)
    answer = client.get_object(Bucket=bucket, Key="a", Range=wanted)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["ContentRange"] == f"bytes {first}-{last}/100000"
    assert answer["Body"].read() == data[first:last + 1]


def test_range_beyond_the_end(client, bucket):
    client.put_object(Bucket=bucket, Key="a", Body=b"hello")
    refused(client.get_object, "InvalidRange", 416, Bucket=bucket, Key="a", Range="bytes=5-")


def test_conditions(client, bucket):
    etag = client.put_object(Bucket=bucket, Key="a", Body=b"hello")["ETag"]
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert body_of(client, bucket, "a", IfMatch=etag) == b"hello"
    assert body_of(client, bucket, "a", IfNoneMatch='"x"') == b"hello"
    assert body_of(client, bucket, "a", IfModifiedSince=past) == b"hello"
    refused(client.get_object, "PreconditionFailed", 412, Bucket=bucket, Key="a", IfMatch='"x"')
    refused(client.get_object, "304", 304, Bucket=bucket, Key="a", IfNoneMatch=etag)
    refused(client.get_object, "PreconditionFailed", 412, Bucket=bucket, Key="a",
            IfUnmodifiedSince=past)
    refused(client.put_object, "PreconditionFailed", 412, Bucket=bucket, Key="a", Body=b"x",
            IfNoneMatch="*")
    refused(client.put_object, "PreconditionFailed", 412, Bucket=bucket, Key="a", Body=b"x",
            IfMatch='"x"')
    client.put_object(Bucket=bucket, Key="a", Body=b"changed", IfMatch=etag)
    assert body_of(client, bucket, "a") == b"changed"


def test_copy(client, bucket):
    client.put_object(Bucket=bucket, Key="a", Body=b"hello", ContentType="text/plain",
                      Metadata={"k": "v"})
    source = {"Bucket": bucket, "Key": "a"}
    copied = client.copy_object(Bucket=bucket, Key="b", CopySource=source)
    assert copied["CopyObjectResult"]["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    assert client.head_object(Bucket=bucket, Key="b")["Metadata"] == {"k": "v"}
    client.copy_object(Bucket=bucket, Key="c", CopySource=source, MetadataDirective="REPLACE",
                       Metadata={"new": "w"}, ContentType="image/png")
    head = client.head_object(Bucket=bucket, Key="c")
    assert (head["Metadata"], head["ContentType"]) == ({"new": "w"}, "image/png")
    refused(client.copy_object, "InvalidRequest", 400, Bucket=bucket, Key="a", CopySource=source)
    refused(client.copy_object, "PreconditionFailed", 412, Bucket=bucket, Key="d",
            CopySource=source, CopySourceIfMatch='"x"')
    refused(client.copy_object, "NoSuchKey", 404, Bucket=bucket, Key="d",
            CopySource={"Bucket": bucket, "Key": "missing"})


def test_response_headers(client, bucket):
    client.put_object(Bucket=bucket, Key="a", Body=b"hello")
    answer = client.get_object(Bucket=bucket, Key="a", ResponseContentType="text/x",
                               ResponseContentDisposition='attachment; filename="ü b.txt"',
                               ResponseCacheControl="no-store")
    assert answer["ContentType"] == "text/x"
    assert answer["CacheControl"] == "no-store"


# --- buckets -------------------------------------------------------------------------------------

def test_buckets(client, bucket):
    assert bucket in [entry["Name"] for entry in client.list_buckets()["Buckets"]]
    assert client.head_bucket(Bucket=bucket)["BucketRegion"] == "us-east-1"
    assert client.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    assert "Status" not in client.get_bucket_versioning(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="a", Body=b"hello")
    refused(client.delete_bucket, "BucketNotEmpty", 409, Bucket=bucket)
    client.delete_object(Bucket=bucket, Key="a")
    client.delete_bucket(Bucket=bucket)
    refused(client.head_bucket, "404", 404, Bucket=bucket)
    refused(client.list_objects_v2, "NoSuchBucket", 404, Bucket=bucket)
    refused(client.put_object, "NoSuchBucket", 404, Bucket=bucket, Key="a", Body=b"hello")


def test_bucket_that_is_there(client, bucket):
    """In us-east-1, S3 takes it for done; in all other regions it is BucketAlreadyOwnedByYou."""
    client.put_object(Bucket=bucket, Key="a", Body=b"hello")
    client.create_bucket(Bucket=bucket)
    assert body_of(client, bucket, "a") == b"hello"


@pytest.mark.parametrize("name", ["ab", "a_b", "Upper", "a..b"])
def test_bad_bucket_names(client, name):
    client.meta.events.unregister("before-parameter-build.s3", None)
    with pytest.raises(ClientError) as caught:
        client.create_bucket(Bucket=name)
    assert caught.value.response["Error"]["Code"] == "InvalidBucketName"


# --- listing -------------------------------------------------------------------------------------

@pytest.fixture
def filled(client, bucket):
    for i in range(25):
        client.put_object(Bucket=bucket, Key=f"d{i % 5}/{i:02}", Body=b"x")
    client.put_object(Bucket=bucket, Key="top", Body=b"x")
    return bucket


def test_listing_pages(client, filled):
    expected = sorted([f"d{i % 5}/{i:02}" for i in range(25)] + ["top"])
    for operation in ("list_objects_v2", "list_objects"):
        pages = client.get_paginator(operation).paginate(
            Bucket=filled, PaginationConfig={"PageSize": 7})
        pages = list(pages)
        assert len(pages) == 4
        assert [entry["Key"] for page in pages for entry in page["Contents"]] == expected


def test_listing_folders(client, filled):
    for operation in ("list_objects_v2", "list_objects"):
        pages = list(client.get_paginator(operation).paginate(
            Bucket=filled, Delimiter="/", PaginationConfig={"PageSize": 2}))
        prefixes = [entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", [])]
        assert prefixes == [f"d{i}/" for i in range(5)]
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        assert keys == ["top"]
    inside = client.list_objects_v2(Bucket=filled, Prefix="d3/", Delimiter="/")
    assert [entry["Key"] for entry in inside["Contents"]] == [f"d3/{i:02}" for i in range(3, 25, 5)]


def test_listing_details(client, filled):
    page = client.list_objects_v2(Bucket=filled, StartAfter="d4/19", FetchOwner=True)
    assert [entry["Key"] for entry in page["Contents"]] == ["d4/24", "top"]
    assert page["Contents"][0]["Owner"]["ID"]
    assert page["KeyCount"] == 2
    assert client.list_objects_v2(Bucket=filled, MaxKeys=0).get("Contents") is None
    refused(client.list_objects_v2, "InvalidArgument", 400, Bucket=filled, MaxKeys=-1)


def test_listing_odd_keys(client, bucket):
    keys = sorted(["a\x01b", "new\nline", "tab\t", "&<>", "ü"], key=str.encode)
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=b"x")
    listed = client.list_objects_v2(Bucket=bucket)["Contents"]
    assert [entry["Key"] for entry in listed] == keys


def test_delete_many(client, bucket):
    keys = [f"k{i}" for i in range(300)]
    for key in keys[::10]:
        client.put_object(Bucket=bucket, Key=key, Body=b"x")
    answer = client.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    assert [entry["Key"] for entry in answer["Deleted"]] == keys
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)
    quiet = client.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "k1"}], "Quiet": True})
    assert "Deleted" not in quiet


# --- who may ask ---------------------------------------------------------------------------------

def test_wrong_keys(s3, bucket):
    stranger = Endpoint(s3.url, "AKIDSTRANGER", s3.secret_key).client()
    refused(stranger.list_objects_v2, "InvalidAccessKeyId", 403, Bucket=bucket)
    guesser = Endpoint(s3.url, s3.access_key, "guess").client()
    refused(guesser.list_objects_v2, "SignatureDoesNotMatch", 403, Bucket=bucket)
    refused(guesser.put_object, "SignatureDoesNotMatch", 403, Bucket=bucket, Key="a", Body=b"hello")


def test_without_a_key(s3, bucket):
    for method, path in [("GET", "/"), ("GET", f"/{bucket}"), ("PUT", f"/{bucket}/a"),
                         ("DELETE", f"/{bucket}/a")]:
        answer = requests.request(method, s3.url + path, data=b"", timeout=10)
        assert answer.status_code == 403, (method, path)
        assert "<Code>AccessDenied</Code>" in answer.text


@pytest.fixture(scope="module")
def presigner(s3):
    """For an endpoint of one's own boto3 presigns with Signature Version 2 unless told."""
    return s3.client(signature_version="s3v4")


def test_presigned(presigner, bucket):
    client = presigner
    url = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a b+ü"})
    assert requests.put(url, data=b"hello", timeout=10).status_code == 200
    url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b+ü"})
    assert requests.get(url, timeout=10).content == b"hello"
    answer = requests.get(url, headers={"Range": "bytes=1-2"}, timeout=10)
    assert (answer.status_code, answer.content) == (206, b"el")
    changed = url.replace("a%20b", "a%20c")
    assert changed != url
    assert requests.get(changed, timeout=10).status_code == 403
    assert requests.delete(url, timeout=10).status_code == 403


def test_presigned_url_is_bound(client, presigner, bucket):
    """What the signer bound cannot be changed by the holder of the URL."""
    url = presigner.generate_presigned_url(
        "put_object", {"Bucket": bucket, "Key": "a", "ContentType": "image/png",
                       "ContentLength": 5, "StorageClass": "GLACIER", "Metadata": {"k": "v"}})
    query = {name.lower() for name in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)}
    right = {"Content-Type": "image/png"}
    for name, value in [("x-amz-storage-class", "GLACIER"), ("x-amz-meta-k", "v")]:
        if name not in query:
            right[name] = value
    for headers, body in [
            ({**right, "Content-Type": "text/html"}, b"hello"),
            (right, b"hello!"), (right, b"hell"),
            ({**right, "x-amz-storage-class": "STANDARD"}, b"hello"),
            ({**right, "x-amz-meta-more": "x"}, b"hello")]:
        assert requests.put(url, data=body, headers=headers, timeout=10).status_code == 403
    assert requests.put(url, data=b"hello", headers=right, timeout=10).status_code == 200
    head = client.head_object(Bucket=bucket, Key="a")
    assert (head["StorageClass"], head["Metadata"]) == ("GLACIER", {"k": "v"})


def test_presigned_url_expires(presigner, bucket):
    url = presigner.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a"}, ExpiresIn=0)
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 403
    assert "<Message>Request has expired</Message>" in answer.text
    assert "<Expires>" in answer.text


def test_virtual_host_addressing_is_not_needed(s3, bucket):
    """A loopback address has no names below it; boto3 finds out by itself."""
    client = s3.client(s3={"addressing_style": "auto"})
    client.put_object(Bucket=bucket, Key="a", Body=b"hello")
    assert body_of(client, bucket, "a") == b"hello"


# --- what is not offered -------------------------------------------------------------------------

def test_not_implemented(client, bucket):
    client.put_object(Bucket=bucket, Key="a", Body=b"hello")
    refused(client.put_bucket_versioning, "NotImplemented", 501, Bucket=bucket,
            VersioningConfiguration={"Status": "Enabled"})
    refused(client.put_object, "NotImplemented", 501, Bucket=bucket, Key="a", Body=b"x",
            ServerSideEncryption="AES256")
    refused(client.put_bucket_policy, "NotImplemented", 501, Bucket=bucket, Policy="{}")
    assert body_of(client, bucket, "a") == b"hello"


def test_cors_preflight(s3, bucket):
    answer = requests.options(
        f"{s3.url}/{bucket}/a", timeout=10,
        headers={"Origin": "http://drive.example", "Access-Control-Request-Method": "PUT",
                 "Access-Control-Request-Headers": "content-type,x-amz-meta-a"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "http://drive.example")
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert "x-amz-meta-a" in answer.headers["Access-Control-Allow-Headers"]
