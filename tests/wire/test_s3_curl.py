# SPDX-License-Identifier: Apache-2.0
"""curl against the S3 port: its own SigV4, presigned URLs, and what only shows on the wire."""

import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="apt-get install curl")


class Answer:
    def __init__(self, text: bytes):
        # 100 Continue comes first where it was asked for.
        self.interim = 0
        head, _, self.body = text.partition(b"\r\n\r\n")
        while head.split()[1] == b"100":
            self.interim += 1
            head, _, self.body = self.body.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in
                        (line.partition(":") for line in lines[1:])}


def curl(*words: str, data: bytes = b"") -> Answer:
    done = subprocess.run(["curl", "-sS", "-i", "--max-time", "20", *words], input=data,
                          capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return Answer(done.stdout)


@pytest.fixture
def signed(s3):
    """curl with its own signature, for a path below the endpoint. The header that S3 wants besides
    is added by curl itself only since 7.87 and not in all cases."""
    def run(path: str, *words: str, data: bytes = b"", **keys) -> Answer:
        user = f"{keys.get('access_key', s3.access_key)}:{keys.get('secret_key', s3.secret_key)}"
        return curl("--aws-sigv4", "aws:amz:us-east-1:s3", "-u", user,
                    "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", *words, s3.url + path,
                    data=data)

    return run


@pytest.fixture(scope="module")
def presigner(s3):
    return s3.client(signature_version="s3v4")


def test_own_signature(signed, bucket):
    stored = signed(f"/{bucket}/a.txt", "-X", "PUT", "--data-binary", "hello", "-H",
                    "Content-Type: text/plain")
    assert stored.status == 200, stored.body
    assert stored.headers["etag"] == '"5d41402abc4b2a76b9719d911017c592"'
    got = signed(f"/{bucket}/a.txt")
    assert (got.status, got.body) == (200, b"hello")
    assert got.headers["content-type"] == "text/plain"
    assert got.headers["content-length"] == "5"
    head = signed(f"/{bucket}/a.txt", "--head")
    assert (head.status, head.headers["content-length"], head.body) == (200, "5", b"")
    assert signed(f"/{bucket}/a.txt", "-X", "DELETE").status == 204
    missing = signed(f"/{bucket}/a.txt")
    assert missing.status == 404
    assert b"<Code>NoSuchKey</Code>" in missing.body
    assert missing.headers["content-type"] == "application/xml"
    assert signed(f"/{bucket}/a.txt", "--head").status == 404


def test_wrong_secret(signed, bucket):
    answer = signed(f"/{bucket}/a", "-X", "PUT", "--data-binary", "hello", secret_key="guess")
    assert answer.status == 403
    assert b"<Code>SignatureDoesNotMatch</Code>" in answer.body
    assert signed(f"/{bucket}/a", access_key="AKIDSTRANGER").status == 403


def test_upload_of_a_file(presigner, bucket, tmp_path):
    (tmp_path / "big").write_bytes(bytes(range(256)) * 8000)
    url = presigner.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "big"})
    assert curl("-T", str(tmp_path / "big"), url).status == 200
    url = presigner.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "big"})
    assert curl(url).body == (tmp_path / "big").read_bytes()
    part = curl("-r", "1000000-1000009", url)
    assert (part.status, part.body) == (206, (tmp_path / "big").read_bytes()[1000000:1000010])
    assert part.headers["content-range"] == "bytes 1000000-1000009/2048000"


def test_no_continue_for_who_may_not(s3, presigner, bucket, tmp_path):
    """The body of a request that is refused anyway is not asked for."""
    (tmp_path / "big").write_bytes(b"x" * 5_000_000)
    wait = ("-H", "Expect: 100-continue", "--expect100-timeout", "10", "-T", str(tmp_path / "big"))
    refused = curl(*wait, f"{s3.url}/{bucket}/big")
    assert (refused.status, refused.interim) == (403, 0)
    url = presigner.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "big"})
    taken = curl(*wait, url)
    assert (taken.status, taken.interim) == (200, 1)


def test_chunked_upload_is_refused(presigner, bucket):
    url = presigner.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a"})
    answer = curl("-T", "-", url, data=b"hello")
    assert answer.status == 501
    assert b"Transfer-Encoding" in answer.body


def test_put_without_a_length(presigner, bucket):
    url = presigner.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a"})
    answer = curl("-X", "PUT", "-H", "Content-Length:", url)
    assert answer.status == 411
    assert b"<Code>MissingContentLength</Code>" in answer.body


def test_listing(signed, bucket):
    for key in ("a", "b"):
        assert signed(f"/{bucket}/{key}", "-X", "PUT", "--data-binary", "x").status == 200
    page = signed(f"/{bucket}?list-type=2&max-keys=1")
    assert page.status == 200, page.body
    assert b"<Key>a</Key>" in page.body and b"<IsTruncated>true</IsTruncated>" in page.body
    assert b"<Name>" + bucket.encode() + b"</Name>" in signed("/").body


def test_conditional_get(presigner, bucket, client):
    etag = client.put_object(Bucket=bucket, Key="a", Body=b"hello")["ETag"]
    url = presigner.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a"})
    unchanged = curl("-H", f"If-None-Match: {etag}", url)
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers["etag"] == etag
    assert curl("-H", 'If-None-Match: "x"', url).status == 200
    assert curl("-H", 'If-Match: "x"', url).status == 412


def test_every_answer_has_its_id(s3, signed, bucket):
    for answer in (signed(f"/{bucket}/missing"), signed(f"/{bucket}"), curl(s3.url + "/")):
        assert answer.headers["x-amz-request-id"]
        assert answer.headers["date"]
    refused = curl(s3.url + "/")
    assert f"<RequestId>{refused.headers['x-amz-request-id']}</RequestId>".encode() in refused.body
