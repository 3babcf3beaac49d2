# SPDX-License-Identifier: Apache-2.0
"""Our signatures against botocore's, both ways: what it signs we verify, what we sign it signs alike.

Needs the test program `sigv4_tool` (built with the unit tests) and no server.
"""

import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import urllib.parse

import botocore.session
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ENDPOINT = "http://127.0.0.1:9000"
BUCKET = "photos"
PAIR = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TOKEN = "FwoGZXIvYXdzE/+token=="
SESSION = botocore.session.Session()
EMPTY_HASH = hashlib.sha256(b"").hexdigest()

HOSTILE_KEYS = [
    "plain.jpg",
    "with space and  two.jpg",
    "plus+sign.jpg",
    "percent%2Fslash%20.jpg",
    "100%",
    "double//slash",
    "trailing/",
    "dots/./and/../more",
    "\"quoted\" 'single' `back`.txt",
    "Über größe 日本語.png",
    "emoji \U0001f600\U0001f468‍\U0001f469‍\U0001f467.gif",
    "e\u0301 decomposed.txt",
    "?query=1&b#hash;semi:colon@at,comma!$*()[]{}|\\^~<>",
    "tab\tand\nnewline",
]


def find_tool() -> pathlib.Path:
    named = os.environ.get("SLIPWAY_SIGV4_TOOL")
    if named:
        return pathlib.Path(named)
    built = sorted(ROOT.glob("build/*/tests/support/sigv4_tool"),
                   key=lambda path: path.stat().st_mtime)
    if not built:
        pytest.fail("sigv4_tool is not built: ninja -C build/release sigv4_tool")
    return built[-1]


class Tool:
    """The running test program; one question, one answer."""

    def __init__(self, token: str) -> None:
        self.process = subprocess.Popen([find_tool()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.token = token

    def ask(self, op: str, **job) -> dict:
        question = {"op": op, "access_key_id": PAIR[0], "secret_access_key": PAIR[1],
                    "session_token": self.token, "region": REGION, **job}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0


@pytest.fixture(params=["", TOKEN], ids=["permanent", "temporary"])
def tool(request):
    running = Tool(request.param)
    yield running
    running.close()


@pytest.fixture
def client(tool):
    """A botocore client whose requests are caught before they leave; client.sent holds them."""
    made = SESSION.create_client(
        "s3", region_name=REGION, endpoint_url=ENDPOINT, aws_access_key_id=PAIR[0],
        aws_secret_access_key=PAIR[1], aws_session_token=tool.token or None,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"},
                      retries={"max_attempts": 0}))
    made.sent = []

    def catch(request, **_):
        made.sent.append(request)
        return AWSResponse(request.url, 200, {}, Raw())

    made.meta.events.register("before-send.s3", catch)
    return made


class Raw:
    """The empty body of a caught request's answer."""

    def stream(self, *_, **__):
        return iter([b""])

    def read(self, *_):
        return b""


def text(value) -> str:
    return value.decode() if isinstance(value, bytes) else value


def arrived(request) -> dict:
    """A caught request as a server sees it."""
    url = urllib.parse.urlsplit(request.url)
    headers = [[name, text(value)] for name, value in request.headers.items()]
    if not any(name.lower() == "host" for name, _ in headers):
        headers.append(["Host", url.netloc])
    date = next(value for name, value in headers if name.lower() == "x-amz-date")
    return {"method": request.method, "headers": headers, "date": date,
            "target": url.path + ("?" + url.query if url.query else "")}


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_we_verify_what_a_client_sends(tool, client, key):
    client.put_object(Bucket=BUCKET, Key=key, Body=b"bytes", ContentType="image/jpeg",
                      Metadata={"title": "two  spaces", "who": "me"})
    client.get_object(Bucket=BUCKET, Key=key, Range="bytes=0-9",
                      ResponseContentDisposition="attachment; filename=\"a + b&c.jpg\"")
    client.list_objects_v2(Bucket=BUCKET, Prefix=key, Delimiter="/")
    client.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": key})
    assert len(client.sent) == 4
    for request in client.sent:
        answer = tool.ask("verify", **arrived(request))
        assert answer.get("verified"), (request.url, answer)
        assert answer["bucket"] == BUCKET
    assert tool.ask("verify", **arrived(client.sent[0]))["key"] == key


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_we_verify_a_clients_presigned_url(tool, client, key):
    url = client.generate_presigned_url("put_object", ExpiresIn=900, Params={
        "Bucket": BUCKET, "Key": key, "ContentType": "text/plain", "ContentLength": 5})
    parts = urllib.parse.urlsplit(url)
    date = dict(urllib.parse.parse_qsl(parts.query))["X-Amz-Date"]
    arriving = {"method": "PUT", "target": f"{parts.path}?{parts.query}", "date": date,
                "headers": [["Host", parts.netloc], ["Content-Type", "text/plain"],
                            ["Content-Length", "5"]]}
    assert tool.ask("verify", **arriving) == {"verified": True, "bucket": BUCKET, "key": key}
    arriving["headers"][2][1] = "6"
    assert tool.ask("verify", **arriving)["error"] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_our_presigned_url_is_the_clients(tool, client, key):
    theirs = client.generate_presigned_url("get_object", ExpiresIn=900, Params={
        "Bucket": BUCKET, "Key": key, "ResponseContentDisposition": "x"})
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(theirs).query))
    ours = tool.ask("presign", method="GET", scheme_and_host=ENDPOINT, path_prefix=f"/{BUCKET}",
                    key=key, query=[["response-content-disposition", "x"]], headers=[],
                    expires_in=900, date=query["X-Amz-Date"])["url"]
    split_ours, split_theirs = urllib.parse.urlsplit(ours), urllib.parse.urlsplit(theirs)
    assert split_ours.path == split_theirs.path
    assert dict(urllib.parse.parse_qsl(split_ours.query)) == query


def botocore_signature(url: str, method: str, headers: dict, token: str, date: str) -> str:
    """What botocore would sign this request with at that time."""
    auth = S3SigV4Auth(Credentials(*PAIR, token or None), "s3", REGION)
    request = AWSRequest(method=method, url=url, headers=headers)
    request.context["timestamp"] = date
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_botocore_signs_our_request_alike(tool, key):
    path = f"/{BUCKET}/" + urllib.parse.quote(key, safe="/-._~")
    target = path + "?partNumber=1&x-id=a%20b%2B"
    signed = tool.ask("sign", method="PUT", target=target, date="20261121T050000Z",
                      payload_hash=EMPTY_HASH,
                      headers=[["Host", "127.0.0.1:9000"], ["Content-Type", "image/jpeg"],
                               ["x-amz-meta-title", "  two   spaces "],
                               ["x-amz-copy-source", path], ["User-Agent", "unsigned"]])
    headers = dict(signed["headers"])
    authorization = headers.pop("authorization")
    expected = botocore_signature(ENDPOINT + target, "PUT", headers, tool.token,
                                  "20261121T050000Z")
    assert authorization.endswith(f"Signature={expected}")


def test_botocores_low_level_signers_are_verified(tool):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    credentials = Credentials(*PAIR, tool.token or None)
    for signer in (S3SigV4Auth(credentials, "s3", REGION),
                   S3SigV4QueryAuth(credentials, "s3", REGION, expires=60)):
        request = AWSRequest(method="DELETE", url=f"{ENDPOINT}/{BUCKET}/a%20b?versionId=1")
        signer.add_auth(request)
        parts = urllib.parse.urlsplit(request.prepare().url)
        headers = [["Host", parts.netloc]] + [[n, text(v)] for n, v in request.headers.items()]
        answer = tool.ask("verify", method="DELETE", date=now, headers=headers,
                          target=f"{parts.path}?{parts.query}")
        assert answer == {"verified": True, "bucket": BUCKET, "key": "a b"}


def test_a_wrong_secret_is_found_out(tool, client):
    client.head_object(Bucket=BUCKET, Key="k")
    arriving = arrived(client.sent[0])
    assert tool.ask("verify", **arriving)["verified"]
    answer = tool.ask("verify", **{**arriving, "secret_access_key": "another"})
    assert answer["error"] == "SignatureDoesNotMatch"
