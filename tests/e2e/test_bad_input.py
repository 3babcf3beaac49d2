# SPDX-License-Identifier: Apache-2.0
"""What clients get wrong, at the API: each mistake has its answer, and the server goes on."""

import base64
import hashlib
import json
import socket
import urllib.parse

import boto3
import pytest
from botocore.config import Config

from documented_client import DocumentedClient, http_request

MIB = 1 << 20
UPLOAD = "/api/files/upload/"
CONFIRM = "/api/files/confirm_upload/"
CONFIRM_ALL = "/api/files/confirm_uploads/"
GOOD = {"file_name": "good.txt", "content_type": "text/plain", "file_size": 4, "tier": "standard"}


@pytest.fixture
def client(slipway):
    return DocumentedClient(slipway.url, slipway.token)


@pytest.fixture(autouse=True)
def goes_on(slipway):
    """Whatever a test sent, the same process serves the next request."""
    yield
    assert slipway.process.poll() is None
    assert http_request("GET", slipway.url + "/readyz")[0] == 200


@pytest.fixture
def name(request):
    """A file name of the test's own."""
    return hashlib.sha256(request.node.name.encode()).hexdigest()[:16] + ".txt"


@pytest.fixture(scope="module")
def s3(slipway):
    return boto3.client(
        "s3", endpoint_url=slipway.store_url, region_name="us-east-1",
        aws_access_key_id=slipway.access_key, aws_secret_access_key=slipway.secret_key,
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}))


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def check_problem(answer, status: int, code: str) -> dict:
    """The answer is an RFC 9457 problem of this status and code, in words; answers it."""
    got_status, headers, body = answer
    assert got_status == status, body
    assert headers["Content-Type"] == "application/problem+json"
    problem = json.loads(body)
    assert problem["code"] == code, problem
    assert problem["status"] == status
    assert problem["type"] == f"urn:slipway:error:{code}"
    assert problem["title"]
    assert len(problem["error"]) > 10
    assert problem["detail"] == problem["error"]
    return problem


def post(client: DocumentedClient, path: str, body, headers=None):
    return http_request("POST", client.url + path, body, headers or client.headers)


# --- a request as a whole ---------------------------------------------------------------------------

NOT_OBJECTS = {
    "empty": (b"", "invalid_json"),
    "blank": (b" \r\n", "invalid_json"),
    "words": (b"not json", "invalid_json"),
    "cut": (b'{"files": [', "invalid_json"),
    "more-after-it": (b"{} {}", "invalid_json"),
    "single-quotes": (b"{'files': []}", "invalid_json"),
    "form": (b"file_name=a&file_size=1", "invalid_json"),
    "not-utf8": (b'{"file_name": "\xff"}', "invalid_json"),
    "zero-bytes": (b"\0" * 100, "invalid_json"),
    "deep": (b'{"files": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid_json"),
    "list": (b"[]", "invalid_request"),
    "text": (b'"text"', "invalid_request"),
    "number": (b"7", "invalid_request"),
    "null": (b"null", "invalid_request"),
}


@pytest.mark.parametrize("path", [UPLOAD, CONFIRM, CONFIRM_ALL])
@pytest.mark.parametrize("body, code", NOT_OBJECTS.values(), ids=NOT_OBJECTS)
def test_a_body_that_is_no_object(client, path, body, code):
    check_problem(post(client, path, body), 400, code)


WRONG_REQUESTS = {
    "nothing": (UPLOAD, {}),
    "files-null": (UPLOAD, {"files": None}),
    "files-object": (UPLOAD, {"files": GOOD}),
    "files-text": (UPLOAD, {"files": "a.txt"}),
    "files-empty": (UPLOAD, {"files": []}),
    "on-conflict": (UPLOAD, {"files": [GOOD], "on_conflict": "overwrite"}),
    "on-conflict-type": (UPLOAD, {"files": [GOOD], "on_conflict": True}),
    "keys-missing": (CONFIRM_ALL, {}),
    "keys-null": (CONFIRM_ALL, {"s3_keys": None}),
    "keys-text": (CONFIRM_ALL, {"s3_keys": "username/a"}),
    "keys-empty": (CONFIRM_ALL, {"s3_keys": []}),
    "keys-number": (CONFIRM_ALL, {"s3_keys": ["username/a", 7]}),
    "keys-lists": (CONFIRM_ALL, {"s3_keys": [["username/a"]]}),
    "key-missing": (CONFIRM, {}),
    "key-number": (CONFIRM, {"s3_key": 7}),
    "key-null": (CONFIRM, {"s3_key": None}),
    "key-list": (CONFIRM, {"s3_key": ["username/a"]}),
}


@pytest.mark.parametrize("path, document", WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_a_request_of_the_wrong_shape(client, path, document):
    check_problem(post(client, path, json.dumps(document)), 400, "invalid_request")


@pytest.mark.parametrize("path, document", [
    (UPLOAD, {"files": [GOOD] * 10_001}), (CONFIRM_ALL, {"s3_keys": ["username/a"] * 10_001})],
    ids=["files", "keys"])
def test_too_many_entries(client, path, document):
    problem = check_problem(post(client, path, json.dumps(document)), 413, "too_many_files")
    assert "10001" in problem["error"] and "10000" in problem["error"]


def test_as_many_entries_as_are_allowed(client):
    status, answer = client.post(CONFIRM_ALL, {"s3_keys": ["username/never"] * 10_000})
    assert status == 200
    assert len(answer["results"]) == 10_000


@pytest.mark.parametrize("size", [16 * MIB + 1, 64 * MIB])
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", [UPLOAD, CONFIRM, CONFIRM_ALL])
def test_a_body_that_is_too_large(client, path, size, chunked):
    """The client sends all of it, and still sees the answer instead of a reset."""
    body = iter([b" " * MIB] * (size // MIB) + [b" " * (size % MIB)]) if chunked else b" " * size
    headers = client.headers | ({} if chunked else {"Content-Length": str(size)})
    problem = check_problem(post(client, path, body, headers), 413, "too_large")
    assert str(16 * MIB) in problem["error"]


def test_a_body_of_just_the_limit_is_read(client):
    text = json.dumps(GOOD | {"file_name": "just-the-limit.txt"})
    assert post(client, UPLOAD, text.ljust(16 * MIB).encode())[0] == 200


# --- one file ---------------------------------------------------------------------------------------

LONG_NAME = "n" * (1024 - len("username/"))
WRONG_FILES = {
    "size-missing": ({"file_size": ...}, 400, "invalid_file_size"),
    "size-null": ({"file_size": None}, 400, "invalid_file_size"),
    "size-text": ({"file_size": "1024"}, 400, "invalid_file_size"),
    "size-bool": ({"file_size": True}, 400, "invalid_file_size"),
    "size-list": ({"file_size": [4]}, 400, "invalid_file_size"),
    "size-negative": ({"file_size": -1}, 400, "invalid_file_size"),
    "size-very-negative": ({"file_size": -(2**63)}, 400, "invalid_file_size"),
    "size-beyond-negative": ({"file_size": -(2**80)}, 400, "invalid_file_size"),
    "size-fraction": ({"file_size": 4.5}, 400, "invalid_file_size"),
    "size-over-limit": ({"file_size": 800_000_001}, 413, "file_too_large"),
    "size-2^32": ({"file_size": 2**32}, 413, "file_too_large"),
    "size-2^63": ({"file_size": 2**63}, 413, "file_too_large"),
    "size-2^64": ({"file_size": 2**64}, 413, "file_too_large"),
    "size-10^300": ({"file_size": 10**300}, 413, "file_too_large"),
    "tier-unknown": ({"tier": "platinum"}, 400, "unknown_tier"),
    "tier-empty": ({"tier": ""}, 400, "unknown_tier"),
    "tier-class": ({"tier": "STANDARD"}, 400, "unknown_tier"),
    "tier-number": ({"tier": 1}, 400, "invalid_request"),
    "name-missing": ({"file_name": ...}, 400, "invalid_request"),
    "name-null": ({"file_name": None}, 400, "invalid_request"),
    "name-number": ({"file_name": 5}, 400, "invalid_request"),
    "name-empty": ({"file_name": ""}, 400, "invalid_file_name"),
    "name-absolute": ({"file_name": "/etc/passwd"}, 400, "invalid_file_name"),
    "name-up": ({"file_name": "../a.txt"}, 400, "invalid_file_name"),
    "name-up-inside": ({"file_name": "a/../../b.txt"}, 400, "invalid_file_name"),
    "name-up-at-end": ({"file_name": "a/.."}, 400, "invalid_file_name"),
    "name-dot": ({"file_name": "./a.txt"}, 400, "invalid_file_name"),
    "name-empty-part": ({"file_name": "a//b.txt"}, 400, "invalid_file_name"),
    "name-folder": ({"file_name": "a/"}, 400, "invalid_file_name"),
    "name-zero-byte": ({"file_name": "a\0.txt"}, 400, "invalid_file_name"),
    "name-newline": ({"file_name": "a\nb.txt"}, 400, "invalid_file_name"),
    "name-delete": ({"file_name": "a\x7fb.txt"}, 400, "invalid_file_name"),
    "name-c1": ({"file_name": "a\x85b.txt"}, 400, "invalid_file_name"),
    "name-1025": ({"file_name": LONG_NAME + "n"}, 400, "invalid_file_name"),
    "name-1025-of-two-byte-letters": ({"file_name": "ü" * 508}, 400, "invalid_file_name"),
    "type-number": ({"content_type": 5}, 400, "invalid_request"),
    "type-words": ({"content_type": "a picture"}, 400, "invalid_content_type"),
    "type-header": ({"content_type": "text/plain\r\nX-Evil: 1"}, 400, "invalid_content_type"),
    "type-long": ({"content_type": "text/" + "x" * 300}, 400, "invalid_content_type"),
    "checksum-type": ({"checksum_sha256": 5}, 400, "invalid_checksum"),
    "checksum-short": ({"checksum_sha256": "AAAA"}, 400, "invalid_checksum"),
    "checksum-hex": ({"checksum_sha256": "0" * 64}, 400, "invalid_checksum"),
    "checksum-letters": ({"checksum_crc32c": "!!!!!!=="}, 400, "invalid_checksum"),
    "checksums-two": ({"checksum_sha256": sha256(b"good"), "checksum_crc32c": "AAAAAA=="}, 400,
                      "invalid_checksum"),
    "on-conflict": ({"on_conflict": "overwrite"}, 400, "invalid_request"),
    "renew-unknown": ({"s3_key": "username/never-asked-for"}, 404, "unknown_upload"),
    "renew-of-another": ({"s3_key": "somebody/a.txt"}, 404, "unknown_upload"),
    "renew-type": ({"s3_key": 5}, 400, "invalid_request"),
}


def changed(name: str, changes: dict) -> dict:
    entry = GOOD | {"file_name": name} | changes
    return {key: value for key, value in entry.items() if value is not ...}


@pytest.mark.parametrize("changes, status, code", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_alone(client, name, changes, status, code):
    answer = post(client, UPLOAD, json.dumps(changed(name, changes)))
    if changes.get("file_name") is ...:
        code = "invalid_request"  # then it is no file at all
    check_problem(answer, status, code)


@pytest.mark.parametrize("changes, status, code", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_of_a_batch_fails_alone(client, name, changes, status, code):
    wrong = changed(name, changes)
    files = [GOOD | {"file_name": "1" + name}, wrong, GOOD | {"file_name": "2" + name}]
    status, answer = client.post(UPLOAD, {"files": files})
    assert status == 200
    assert answer["message"] == (
        "Successfully generated presigned URLs for 2 files. 1 files failed.")
    assert [entry["file_name"] for entry in answer["successful"]] == ["1" + name, "2" + name]
    (failed,) = answer["failed"]
    assert (failed["status"], failed["code"], failed["index"]) == ("failed", code, 1)
    assert len(failed["error"]) > 10
    given = wrong.get("file_name")
    assert failed["file_name"] == (given if isinstance(given, str) else "")


@pytest.mark.parametrize("entry", [None, 7, "a.txt", [], [GOOD]])
def test_a_file_that_is_no_object(client, entry):
    status, answer = client.post(UPLOAD, {"files": [entry]})
    assert (status, answer["successful"]) == (200, [])
    assert answer["failed"][0]["code"] == "invalid_request"


@pytest.mark.parametrize("changes", [
    {"file_size": 0}, {"file_size": 800_000_000}, {"file_name": LONG_NAME}, {"tier": None},
    {"content_type": None}, {"content_type": ""}, {"content_type": ...}, {"tier": ...},
    {"file_name": "ü/日本 📎?#&%2F+ \"'.txt"}, {"file_name": "..."}, {"unheard_of": [1, {"a": 2}]}],
    ids=str)
def test_what_is_unusual_and_right(client, name, changes):
    status, answer = client.post(UPLOAD, changed(name, changes) | {"on_conflict": "replace"})
    assert status == 200, answer


def test_two_files_of_one_name_are_two_files(client, name):
    """The second is renamed, as the first is there to be uploaded."""
    status, answer = client.post(UPLOAD, {"files": [GOOD | {"file_name": name}] * 3})
    assert (status, answer["failed"]) == (200, [])
    stem = name.removesuffix(".txt")
    keys = [entry["s3_key"] for entry in answer["successful"]]
    assert keys == [f"username/{stem}.txt", f"username/{stem} (1).txt", f"username/{stem} (2).txt"]
    assert len({entry["id"] for entry in answer["successful"]}) == 3
    assert [entry["file_name"] for entry in answer["successful"]] == [name] * 3


def test_two_files_of_one_name_where_that_is_to_fail(client, name):
    status, answer = client.post(
        UPLOAD, {"files": [GOOD | {"file_name": name}] * 2, "on_conflict": "fail"})
    assert (status, len(answer["successful"])) == (200, 1)
    assert (answer["failed"][0]["code"], answer["failed"][0]["index"]) == ("file_exists", 1)


# --- confirming -------------------------------------------------------------------------------------

def reserve(client, name: str, body: bytes, **more) -> dict:
    status, answer = client.post(UPLOAD, GOOD | {"file_name": name, "file_size": len(body)} | more)
    assert status == 200, answer
    return answer


def check_confirm(client, key: str, status: int, code: str) -> None:
    """One by one it is a problem, in a batch an entry that failed."""
    check_problem(post(client, CONFIRM, json.dumps({"s3_key": key})), status, code)
    answered, answer = client.post(CONFIRM_ALL, {"s3_keys": [key]})
    assert answered == 200
    (result,) = answer["results"]
    assert (result["s3_key"], result["status"], result["code"]) == (key, "failed", code)
    assert result["message"] == result["error"] != ""


@pytest.mark.parametrize("key", [
    "username/never-asked-for", "somebody/good.txt", "", "/", "username", "username/",
    "../slipway/username/a", "a\0b", "k" * 5000])
def test_confirm_of_what_was_never_asked_for(client, key):
    check_confirm(client, key, 404, "unknown_key")


def test_confirm_before_the_upload(client, name):
    check_confirm(client, reserve(client, name, b"body")["s3_key"], 404, "object_missing")


@pytest.mark.parametrize("body", [b"", b"bod", b"body and more"])
def test_confirm_of_another_length(slipway, client, s3, name, body):
    key = reserve(client, name, b"body")["s3_key"]
    s3.put_object(Bucket=slipway.bucket, Key=key, Body=body)
    check_confirm(client, key, 409, "size_differs")


def test_confirm_in_another_class(slipway, client, s3, name):
    key = reserve(client, name, b"body", tier="glacier")["s3_key"]
    s3.put_object(Bucket=slipway.bucket, Key=key, Body=b"body")
    check_confirm(client, key, 409, "class_differs")


@pytest.mark.parametrize("more", [{}, {"ChecksumAlgorithm": "SHA256"}], ids=["crc", "sha256"])
def test_confirm_of_altered_bytes(slipway, client, s3, name, more):
    key = reserve(client, name, b"body", checksum_sha256=sha256(b"body"))["s3_key"]
    s3.put_object(Bucket=slipway.bucket, Key=key, Body=b"BODY", **more)
    check_confirm(client, key, 409, "checksum_differs")


def test_confirm_again(slipway, client, s3, name):
    """The same answer each time, as long as the object is the one that was confirmed."""
    entry = reserve(client, name, b"body")
    key = entry["s3_key"]
    assert http_request("PUT", entry["presigned_url"], b"body", entry["headers"])[0] == 200
    status, answer = client.post(CONFIRM_ALL, {"s3_keys": [key, key, key]})
    assert (status, [result["status"] for result in answer["results"]]) == (200, ["success"] * 3)
    for _ in range(2):
        assert client.post(CONFIRM, {"s3_key": key})[0] == 200
    s3.put_object(Bucket=slipway.bucket, Key=key, Body=b"BODY")
    check_confirm(client, key, 409, "object_changed")
    s3.delete_object(Bucket=slipway.bucket, Key=key)
    check_confirm(client, key, 404, "object_missing")


# --- who asks, and for what -------------------------------------------------------------------------

@pytest.mark.parametrize("method, path", [
    ("POST", UPLOAD), ("POST", CONFIRM), ("POST", CONFIRM_ALL), ("GET", "/api/files/"),
    ("GET", "/api/files/username-a"), ("GET", "/api/files/username-a/download"),
    ("DELETE", "/api/files/username-a"), ("GET", "/api/settings")])
@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"},
    {"Authorization": "Basic dXNlcm5hbWU6dGVzdC10b2tlbg=="}, {"Authorization": "test-token"},
    {"Cookie": "slipway_session=dXNlcm5hbWU=.9999999999." + "0" * 64},
    {"Cookie": "slipway_session="}], ids=str)
def test_nobody_we_know(slipway, method, path, headers):
    answer = http_request(method, slipway.url + path, None, headers)
    check_problem(answer, 401, "unauthenticated")
    assert answer[1]["WWW-Authenticate"] == "Bearer"


def test_a_link_with_a_wrong_token(slipway):
    answer = http_request("GET", slipway.url + "/?token=wrong")
    check_problem(answer, 401, "unauthenticated")
    assert "Set-Cookie" not in answer[1]


def test_a_link_signs_in_and_its_cookie_only_serves_our_own_page(slipway):
    status, headers, _ = http_request("GET", f"{slipway.url}/?token={slipway.token}")
    assert (status, headers["Location"]) == (303, "/")
    assert "HttpOnly" in headers["Set-Cookie"] and "SameSite=Strict" in headers["Set-Cookie"]
    cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    body = json.dumps(GOOD | {"file_name": "by-cookie.txt"})
    own = cookie | {"Origin": slipway.url}
    assert http_request("POST", slipway.url + UPLOAD, body, own)[0] == 200
    for other in ({"Origin": "https://evil.example"}, {"Origin": "null"},
                  {"Sec-Fetch-Site": "cross-site"}):
        answer = http_request("POST", slipway.url + UPLOAD, body, cookie | other)
        check_problem(answer, 403, "cross_site")


def test_another_host_name(slipway, client):
    """A page elsewhere whose name was pointed at us gets nothing, not even with the token."""
    answer = http_request("GET", slipway.url + "/api/files/", None,
                          client.headers | {"Host": "evil.example"})
    check_problem(answer, 403, "unknown_host")


@pytest.mark.parametrize("method, path, allowed", [
    ("GET", UPLOAD, "POST"), ("DELETE", UPLOAD, "POST"), ("PUT", CONFIRM, "POST"),
    ("GET", CONFIRM_ALL, "POST"), ("POST", "/api/files/", "GET, HEAD"),
    ("DELETE", "/api/files/", "GET, HEAD"), ("PUT", "/api/files/a", "GET, HEAD, DELETE"),
    ("POST", "/api/files/a/download", "GET, HEAD"), ("POST", "/healthz", "GET, HEAD"),
    ("PATCH", "/api/settings", "GET, HEAD"), ("BREW", "/api/settings", "GET, HEAD")])
def test_a_wrong_method(client, method, path, allowed):
    answer = http_request(method, client.url + path, None, client.headers)
    check_problem(answer, 405, "method_not_allowed")
    assert answer[1]["Allow"] == allowed


@pytest.mark.parametrize("path", [
    "/api", "/api/nothing", "/api/files/a/b", "/api/files/a/download/b", "/api//files",
    "/API/files", "/nothing.html", "/../etc/passwd", "/%2e%2e/etc/passwd", "/assets/"])
def test_a_wrong_path(client, path):
    check_problem(http_request("GET", client.url + path, None, client.headers), 404,
                  "unknown_route")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("file_id", ["username-nothing", "%00", "%2e%2e", "a%2Fb", "k" * 3000])
def test_an_unknown_file(client, method, file_id):
    answer = http_request(method, f"{client.url}/api/files/{file_id}", None, client.headers)
    check_problem(answer, 404, "unknown_file")


@pytest.mark.parametrize("query, code", [
    ("limit=0", "invalid_limit"), ("limit=-1", "invalid_limit"), ("limit=1001", "invalid_limit"),
    ("limit=ten", "invalid_limit"), ("limit=", "invalid_limit"), ("limit=1.5", "invalid_limit"),
    ("limit=99999999999999999999", "invalid_limit"), ("cursor=zz", "invalid_cursor"),
    ("cursor=6", "invalid_cursor")])
def test_a_wrong_page(client, query, code):
    check_problem(http_request("GET", f"{client.url}/api/files/?{query}", None, client.headers),
                  400, code)


@pytest.mark.parametrize("path", ["/api/files/%zz", "/api/files/?prefix=%", "/?token=%zz"])
def test_a_broken_escape(client, path):
    status, headers, body = http_request("GET", client.url + path, None, client.headers)
    assert status == 400
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["error"]


def test_a_promised_body_that_never_comes_whole(slipway, client, name):
    """A request that is cut is not carried out."""
    body = json.dumps(GOOD | {"file_name": name, "on_conflict": "fail"})
    host, port = urllib.parse.urlsplit(slipway.url).netloc.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall((
            f"POST {UPLOAD} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {slipway.token}\r\n"
            f"Content-Length: {len(body) + 1}\r\n\r\n{body}").encode())
    assert post(client, UPLOAD, body)[0] == 200
