# SPDX-License-Identifier: Apache-2.0
"""A presigned URL takes what was promised and nothing else: whatever is refused leaves no object, no
file, and a server that goes on."""

import base64
import hashlib
import http.client
import json
import os
import socket
import time
import urllib.parse
import xml.etree.ElementTree

import pytest

from documented_client import DocumentedClient, http_request
from test_crash import leftovers

# On both sides of the border between index and data files.
SIZES = [1_000, 300_000]
WAIT_SECONDS_MAX = 30


@pytest.fixture
def client(slipway):
    return DocumentedClient(slipway.url, slipway.token)


@pytest.fixture(params=SIZES, ids=["small", "large"])
def body(request):
    return os.urandom(request.param)


def permission(client, body: bytes, name: str, tier: str) -> dict:
    """For `body`, declared with its checksum."""
    status, answer = client.post("/api/files/upload/", {
        "file_name": hashlib.sha256(name.encode()).hexdigest()[:16] + ".txt",
        "content_type": "text/plain", "file_size": len(body), "tier": tier,
        "checksum_sha256": checksum(body)})
    assert status == 200, answer
    return answer


@pytest.fixture
def upload(client, body, request):
    """A permission into a class of its own."""
    return permission(client, body, request.node.name, "glacier")


def checksum(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def check_refused(answer, status: int, code: str) -> xml.etree.ElementTree.Element:
    """The answer is an S3 error of this status and code, in words; answers it."""
    got_status, headers, text = answer
    assert got_status == status, text
    assert headers["Content-Type"] == "application/xml"
    error = xml.etree.ElementTree.fromstring(text)
    assert (error.tag, error.findtext("Code")) == ("Error", code), text
    assert error.findtext("Message")
    assert error.findtext("RequestId") == headers["x-amz-request-id"]
    return error


def check_nothing_there(server, client, s3_key: str) -> None:
    """Not to be confirmed, not listed, and no bytes on the disk."""
    status, answer = client.post("/api/files/confirm_upload/", {"s3_key": s3_key})
    assert (status, answer["code"]) == (404, "object_missing")
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while leftovers(server.data_dir):
        assert time.monotonic() < deadline, "a data file of no object is left"
        time.sleep(0.05)


def with_query(url: str, **changes) -> str:
    """The URL with parameters changed, added, or taken out (None); '_' stands for '-'."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    for name, value in changes.items():
        query[name.replace("_", "-")] = value
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urllib.parse.urlencode(kept, quote_via=urllib.parse.quote)).geturl()


def test_what_was_promised_is_taken(slipway, client, upload, body):
    """Without this, all the refusals below would say nothing."""
    assert http_request("PUT", upload["presigned_url"], body, upload["headers"])[0] == 200
    assert client.post("/api/files/confirm_upload/", {"s3_key": upload["s3_key"]})[0] == 200


ALTERED_BODIES = {"empty": lambda body: b"", "shorter": lambda body: body[:-1],
                  "longer": lambda body: body + b"!"}


@pytest.mark.parametrize("alter", ALTERED_BODIES.values(), ids=ALTERED_BODIES)
def test_another_length(slipway, client, upload, body, alter):
    answer = http_request("PUT", upload["presigned_url"], alter(body), upload["headers"])
    check_refused(answer, 403, "SignatureDoesNotMatch")
    check_nothing_there(slipway, client, upload["s3_key"])


def test_other_bytes_of_the_length(slipway, client, upload, body):
    altered = bytes([body[0] ^ 1]) + body[1:]
    answer = http_request("PUT", upload["presigned_url"], altered, upload["headers"])
    check_refused(answer, 400, "BadDigest")
    check_nothing_there(slipway, client, upload["s3_key"])


ALTERED_HEADERS = {
    "another-type": {"Content-Type": "text/html"},
    "no-type": {"Content-Type": None},
    "another-checksum": {"x-amz-checksum-sha256": checksum(b"another")},
    "no-checksum": {"x-amz-checksum-sha256": None},
}


@pytest.mark.parametrize("changes", ALTERED_HEADERS.values(), ids=ALTERED_HEADERS)
def test_another_header(slipway, client, upload, body, changes):
    headers = {name: value for name, value in (upload["headers"] | changes).items() if value}
    answer = http_request("PUT", upload["presigned_url"], body, headers)
    check_refused(answer, 403, "SignatureDoesNotMatch")
    check_nothing_there(slipway, client, upload["s3_key"])


@pytest.mark.parametrize("header", [
    {"x-amz-storage-class": "STANDARD"}, {"x-amz-meta-color": "blue"},
    {"x-amz-copy-source": "/slipway/username/other"}], ids=str)
def test_a_header_that_was_not_signed(slipway, client, upload, body, header):
    answer = http_request("PUT", upload["presigned_url"], body, upload["headers"] | header)
    check_refused(answer, 403, "AccessDenied")
    check_nothing_there(slipway, client, upload["s3_key"])


ALTERED_QUERIES = {
    "another-class": {"x_amz_storage_class": "STANDARD"},
    "no-class": {"x_amz_storage_class": None},
    "longer-life": {"X_Amz_Expires": "604800"},
    "another-signature": {"X_Amz_Signature": "0" * 64},
    "fewer-signed-headers": {"X_Amz_SignedHeaders": "host"},
    "one-more-parameter": {"response_content_type": "text/html"},
}


@pytest.mark.parametrize("changes", ALTERED_QUERIES.values(), ids=ALTERED_QUERIES)
def test_an_altered_url(slipway, client, upload, body, changes):
    url = with_query(upload["presigned_url"], **changes)
    assert url != upload["presigned_url"]
    check_refused(http_request("PUT", url, body, upload["headers"]), 403,
                  "AccessDenied" if "X_Amz_SignedHeaders" in changes else "SignatureDoesNotMatch")
    check_nothing_there(slipway, client, upload["s3_key"])


def test_the_url_of_another_key(slipway, client, upload, body):
    url = upload["presigned_url"].replace(".txt?", ".exe?")
    assert url != upload["presigned_url"]
    answer = http_request("PUT", url, body, upload["headers"])
    check_refused(answer, 403, "SignatureDoesNotMatch")
    check_nothing_there(slipway, client, upload["s3_key"])


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_another_method(upload, method):
    answer = http_request(method, upload["presigned_url"], None, upload["headers"])
    check_refused(answer, 403, "SignatureDoesNotMatch")


def test_no_signature(slipway, client, upload, body):
    url = upload["presigned_url"].partition("?")[0]
    check_refused(http_request("PUT", url, body, upload["headers"]), 403, "AccessDenied")
    check_nothing_there(slipway, client, upload["s3_key"])


def test_a_body_without_a_length(slipway, client, upload, body):
    """Chunks have no declared length, so they cannot be the signed one."""
    answer = http_request("PUT", upload["presigned_url"], iter([body]), upload["headers"])
    check_refused(answer, 403, "SignatureDoesNotMatch")
    check_nothing_there(slipway, client, upload["s3_key"])


def test_the_connection_serves_the_next_request(upload, body):
    """A refusal ends the request, not the connection, when the body is small enough to be read."""
    parts = urllib.parse.urlsplit(upload["presigned_url"])
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    wrong = f"{parts.path}?{parts.query}".replace("X-Amz-Expires=", "X-Amz-Expires=9")
    for target, status in ((wrong, 403), (f"{parts.path}?{parts.query}", 200)):
        connection.request("PUT", target, body, upload["headers"])
        response = connection.getresponse()
        assert (response.status, bool(response.read())) == (status, status == 403)
    connection.close()


@pytest.mark.parametrize("cut_at", [0, 1, 0.5, -1], ids=["start", "one-byte", "half", "last-byte"])
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_cut_connection(slipway, client, upload, body, cut_at, reset):
    parts = urllib.parse.urlsplit(upload["presigned_url"])
    headers = upload["headers"] | {"Host": parts.netloc, "Content-Length": str(len(body))}
    head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    sent = body[:int(len(body) * cut_at) if isinstance(cut_at, float) else cut_at]
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(head.encode() + sent)
        if reset:  # closing with linger 0 sends RST
            time.sleep(0.05)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    check_nothing_there(slipway, client, upload["s3_key"])
    # And the same URL still takes the whole.
    assert http_request("PUT", upload["presigned_url"], body, upload["headers"])[0] == 200
    assert client.post("/api/files/confirm_upload/", {"s3_key": upload["s3_key"]})[0] == 200


def test_a_failed_put_leaves_the_object_that_was_there(slipway, client, body, request):
    upload = permission(client, body, request.node.name, "standard")
    assert http_request("PUT", upload["presigned_url"], body, upload["headers"])[0] == 200
    altered = body[:-1] + bytes([body[-1] ^ 1])
    answer = http_request("PUT", upload["presigned_url"], altered, upload["headers"])
    check_refused(answer, 400, "BadDigest")
    assert client.post("/api/files/confirm_upload/", {"s3_key": upload["s3_key"]})[0] == 200
    file_id = urllib.parse.quote(upload["id"], safe="")
    status, headers, _ = http_request(
        "GET", f"{slipway.url}/api/files/{file_id}/download", headers=client.headers)
    assert status == 302
    assert http_request("GET", headers["Location"])[2] == body


def test_after_its_time(slipway_factory):
    """The URL is good for two seconds; renewed by its key, the upload goes on."""
    server = slipway_factory("--url-expiry", "2s")
    client = DocumentedClient(server.url, server.token)
    wish = {"file_name": "late.txt", "content_type": "text/plain", "file_size": 4}
    status, answer = client.post("/api/files/upload/", wish)
    assert status == 200, answer
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        late = http_request("PUT", answer["presigned_url"], b"late", answer["headers"])
        if late[0] != 200:
            break
        assert time.monotonic() < deadline, "the URL does not expire"
        time.sleep(0.1)
    error = check_refused(late, 403, "AccessDenied")
    assert error.findtext("Message") == "Request has expired"
    assert error.findtext("X-Amz-Expires") == "2"

    status, renewed = client.post("/api/files/upload/", wish | {"s3_key": answer["s3_key"]})
    assert (status, renewed["s3_key"], renewed["id"]) == (200, answer["s3_key"], answer["id"])
    put = http_request("PUT", renewed["presigned_url"], b"late", renewed["headers"])
    assert put[0] == 200, put
    status, refused = client.post("/api/files/upload/", wish | {
        "s3_key": answer["s3_key"], "file_size": 5})
    assert (status, refused["code"]) == (400, "renewal_differs")


def test_the_download_url_only_reads(slipway, client, upload, body):
    assert http_request("PUT", upload["presigned_url"], body, upload["headers"])[0] == 200
    assert client.post("/api/files/confirm_upload/", {"s3_key": upload["s3_key"]})[0] == 200
    status, headers, _ = http_request(
        "GET", f"{slipway.url}/api/files/{upload['id']}/download", headers=client.headers)
    assert status == 302
    for method in ("PUT", "DELETE"):
        check_refused(http_request(method, headers["Location"], b"x"), 403, "SignatureDoesNotMatch")
    tampered = with_query(headers["Location"], response_content_type="text/html")
    check_refused(http_request("GET", tampered), 403, "SignatureDoesNotMatch")
    status, _, found = http_request(
        "GET", f"{slipway.url}/api/files/{upload['id']}", headers=client.headers)
    assert (status, json.loads(found)["checksum"]) == (200, "sha256:" + checksum(body))
