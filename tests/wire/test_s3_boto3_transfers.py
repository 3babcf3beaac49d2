# SPDX-License-Identifier: Apache-2.0
"""boto3's everyday work with large objects, copies, forms, URLs and clean-up, at its defaults."""

import hashlib
import io
import urllib.parse

import pytest
import requests
from botocore.exceptions import ClientError

from foreign_client import MIB, bytes_of


@pytest.fixture
def large(client, bucket):
    """An object that boto3 stores in three parts of 8 MiB, and its bytes."""
    data = bytes_of(17 * MIB, "large")
    client.upload_fileobj(io.BytesIO(data), bucket, "large",
                          ExtraArgs={"ContentType": "video/mp4", "Metadata": {"k": "v"}})
    return data


def download(client, bucket: str, key: str) -> bytes:
    into = io.BytesIO()
    client.download_fileobj(bucket, key, into)
    return into.getvalue()


def composite_etag(data: bytes, part: int) -> str:
    parts = [hashlib.md5(data[at:at + part]).digest() for at in range(0, len(data), part)]
    return f'"{hashlib.md5(b"".join(parts)).hexdigest()}-{len(parts)}"'


def test_a_file_up_and_down(client, bucket, tmp_path):
    data = bytes_of(20 * MIB, "file")
    (tmp_path / "up").write_bytes(data)
    seen = []
    client.upload_file(str(tmp_path / "up"), bucket, "dir/a b", Callback=seen.append)
    assert sum(seen) == len(data)
    head = client.head_object(Bucket=bucket, Key="dir/a b")
    assert (head["ContentLength"], head["ETag"]) == (len(data), composite_etag(data, 8 * MIB))
    client.download_file(bucket, "dir/a b", str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == data


def test_what_is_known_of_an_object_in_parts(client, bucket, large):
    head = client.head_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    assert (head["ContentType"], head["Metadata"]) == ("video/mp4", {"k": "v"})
    assert head["ChecksumCRC32"]
    second = client.get_object(Bucket=bucket, Key="large", PartNumber=2)
    assert (second["PartsCount"], second["ContentRange"]) == (
        3, f"bytes {8 * MIB}-{16 * MIB - 1}/{17 * MIB}")
    assert second["Body"].read() == large[8 * MIB:16 * MIB]
    across = client.get_object(Bucket=bucket, Key="large", Range=f"bytes={8 * MIB - 5}-{8 * MIB + 4}")
    assert across["Body"].read() == large[8 * MIB - 5:8 * MIB + 5]
    told = client.get_object_attributes(
        Bucket=bucket, Key="large",
        ObjectAttributes=["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"])
    assert told["ETag"] == composite_etag(large, 8 * MIB).strip('"')
    assert (told["ObjectSize"], told["ObjectParts"]["TotalPartsCount"]) == (17 * MIB, 3)
    assert download(client, bucket, "large") == large


@pytest.mark.parametrize("algorithm, kind", [
    ("CRC32", "FULL_OBJECT"), ("CRC32", "COMPOSITE"), ("SHA1", "COMPOSITE"),
    ("SHA256", "COMPOSITE")])
def test_parts_with_checksums(client, bucket, algorithm, kind):
    data = bytes_of(11 * MIB, "parts")
    upload = client.create_multipart_upload(
        Bucket=bucket, Key="a", ChecksumAlgorithm=algorithm, ChecksumType=kind)
    assert (upload["ChecksumAlgorithm"], upload["ChecksumType"]) == (algorithm, kind)
    named = {"Bucket": bucket, "Key": "a", "UploadId": upload["UploadId"]}
    field, parts = f"Checksum{algorithm}", []
    for number, at in enumerate(range(0, len(data), 6 * MIB), 1):
        part = client.upload_part(**named, PartNumber=number, Body=data[at:at + 6 * MIB],
                                  ChecksumAlgorithm=algorithm)
        parts.append({"PartNumber": number, "ETag": part["ETag"], field: part[field]})
    listed = client.list_parts(**named)["Parts"]
    assert [each[field] for each in listed] == [each[field] for each in parts]
    wrong = [parts[0], {**parts[1], "ETag": parts[0]["ETag"]}]
    with pytest.raises(ClientError, match="InvalidPart"):
        client.complete_multipart_upload(**named, MultipartUpload={"Parts": wrong})
    done = client.complete_multipart_upload(**named, MultipartUpload={"Parts": parts},
                                            ChecksumType=kind)
    head = client.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert (head["ChecksumType"], head[field]) == (kind, done[field])
    assert head[field].endswith("-2") == (kind == "COMPOSITE")
    assert download(client, bucket, "a") == data


def test_uploads_that_are_open(client, bucket):
    uploads = {key: client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
               for key in ("a", "dir/b", "dir/c", "z")}
    client.upload_part(Bucket=bucket, Key="a", UploadId=uploads["a"], PartNumber=7, Body=b"x")
    listed = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert {each["Key"]: each["UploadId"] for each in listed} == uploads
    folded = client.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [each["Prefix"] for each in folded["CommonPrefixes"]] == ["dir/"]
    pages = client.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 1})
    assert [each["Key"] for page in pages for each in page["Uploads"]] == sorted(uploads)
    for key, upload in uploads.items():
        client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        client.list_parts(Bucket=bucket, Key="a", UploadId=uploads["a"])


def test_copies(client, bucket, large):
    source = {"Bucket": bucket, "Key": "large"}
    client.copy(source, bucket, "twin ü")
    head = client.head_object(Bucket=bucket, Key="twin ü")
    assert (head["ContentLength"], head["ContentType"]) == (len(large), "video/mp4")
    assert download(client, bucket, "twin ü") == large
    upload = client.create_multipart_upload(Bucket=bucket, Key="joined")["UploadId"]
    named = {"Bucket": bucket, "Key": "joined", "UploadId": upload}
    parts = []
    for number, span in enumerate((f"0-{6 * MIB - 1}", f"{9 * MIB}-{17 * MIB - 1}"), 1):
        part = client.upload_part_copy(**named, PartNumber=number, CopySource=source,
                                       CopySourceRange=f"bytes={span}")
        parts.append({"PartNumber": number, "ETag": part["CopyPartResult"]["ETag"]})
    client.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    assert download(client, bucket, "joined") == large[:6 * MIB] + large[9 * MIB:]


def test_metadata_is_changed_in_place(client, bucket):
    client.put_object(Bucket=bucket, Key="a", Body=b"hello", Tagging="t=1",
                      StorageClass="STANDARD_IA")
    client.copy_object(Bucket=bucket, Key="a", CopySource={"Bucket": bucket, "Key": "a"},
                       MetadataDirective="REPLACE", Metadata={"new": "w"}, CacheControl="no-store")
    head = client.head_object(Bucket=bucket, Key="a")
    assert (head["Metadata"], head["CacheControl"]) == ({"new": "w"}, "no-store")
    tags = client.get_object_tagging(Bucket=bucket, Key="a")["TagSet"]
    assert tags == [{"Key": "t", "Value": "1"}]


def test_presigned_as_it_comes(client, bucket):
    """boto3 presigns for an endpoint of one's own with Signature Version 2."""
    url = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a b+ü"})
    assert "Signature" in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    assert requests.put(url, data=b"hello", timeout=10).status_code == 200
    url = client.generate_presigned_url(
        "get_object", {"Bucket": bucket, "Key": "a b+ü", "ResponseContentType": "text/x"})
    got = requests.get(url, timeout=10)
    assert (got.content, got.headers["Content-Type"]) == (b"hello", "text/x")
    assert requests.get(url.replace("a%20b", "a%20c"), timeout=10).status_code == 403
    assert requests.delete(url, timeout=10).status_code == 403
    old = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a b+ü"},
                                        ExpiresIn=-10)
    assert "Request has expired" in requests.get(old, timeout=10).text


@pytest.mark.parametrize("version", [None, "s3v4"])
def test_a_form(s3, client, bucket, version):
    signer = s3.client(signature_version=version) if version else client
    post = signer.generate_presigned_post(
        bucket, "up/${filename}", Fields={"acl": "private", "Content-Type": "text/plain"},
        Conditions=[{"acl": "private"}, ["starts-with", "$Content-Type", "text/"],
                    ["content-length-range", 1, 1000]])

    def send(data: bytes, **changed):
        return requests.post(post["url"], data={**post["fields"], **changed}, timeout=10,
                             files={"file": ("a b.txt", data)})

    answer = send(b"hello")
    assert answer.status_code == 204, answer.text
    assert client.get_object(Bucket=bucket, Key="up/a b.txt")["ContentType"] == "text/plain"
    assert "<Code>EntityTooLarge</Code>" in send(b"x" * 1001).text
    assert "<Code>EntityTooSmall</Code>" in send(b"").text
    assert send(b"hello", **{"Content-Type": "image/png"}).status_code == 403
    assert send(b"hello", key="elsewhere").status_code == 403


def test_clean_up_by_versions(client, bucket):
    """As those do it who do not know whether there are versions."""
    keys = [f"{i % 3}/ü {i}" for i in range(20)]
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=b"x")
    found = []
    for page in client.get_paginator("list_object_versions").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": 7}):
        versions = [{"Key": each["Key"], "VersionId": each["VersionId"]}
                    for each in page.get("Versions", []) + page.get("DeleteMarkers", [])]
        found += [each["Key"] for each in versions]
        deleted = client.delete_objects(Bucket=bucket, Delete={"Objects": versions})
        assert len(deleted["Deleted"]) == len(versions)
    assert found == sorted(keys)
    client.delete_bucket(Bucket=bucket)


def test_conditions_on_writes(client, bucket, large):
    etag = client.head_object(Bucket=bucket, Key="large")["ETag"]

    def complete(**conditions):
        upload = client.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
        named = {"Bucket": bucket, "Key": "large", "UploadId": upload}
        part = client.upload_part(**named, PartNumber=1, Body=b"new")
        return client.complete_multipart_upload(
            **named, **conditions,
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})

    for conditions in ({"IfNoneMatch": "*"}, {"IfMatch": '"other"'}):
        with pytest.raises(ClientError, match="PreconditionFailed"):
            complete(**conditions)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.delete_object(Bucket=bucket, Key="large", IfMatch='"other"')
    complete(IfMatch=etag)
    assert download(client, bucket, "large") == b"new"


def test_an_archived_object_must_be_restored(client, bucket):
    client.put_object(Bucket=bucket, Key="a", Body=b"hello", StorageClass="GLACIER")
    assert client.head_object(Bucket=bucket, Key="a")["StorageClass"] == "GLACIER"
    with pytest.raises(ClientError, match="InvalidObjectState"):
        client.get_object(Bucket=bucket, Key="a")
    client.restore_object(Bucket=bucket, Key="a", RestoreRequest={
        "Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}})
    assert "ongoing-request=" in client.head_object(Bucket=bucket, Key="a")["Restore"]
