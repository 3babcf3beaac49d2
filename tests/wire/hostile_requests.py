# SPDX-License-Identifier: Apache-2.0
"""Requests as nobody sends them by accident: every operation of S3, bent and broken by a seed.

A request begins as one that a client could send, gets up to four mutations, is signed in one of the
ways there are (rightly or not), and is put on the wire with its framing whole or not.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import random
import urllib.parse
import zlib

from hostile_words import DOCUMENTS, HEADERS, KEYS, METHODS, ODD_TEXT, OPERATIONS, SUBRESOURCES

REGION = "us-east-1"
UNRESERVED = "-._~"

@dataclasses.dataclass
class Request:
    """One on its way; `signed` is false where the answer must be a refusal."""

    method: str
    path: str
    query: list[tuple[str, str | None]]
    headers: list[tuple[str, str]]
    body: bytes
    whole: bool = True

    def bytes(self, host: str) -> bytes:
        query = "&".join(name if value is None else f"{name}={value}" for name, value in self.query)
        target = self.path + ("?" + query if query else "")
        names = {name.lower() for name, _ in self.headers}
        headers = ([] if "host" in names else [("Host", host)]) + self.headers
        if not names & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(self.body))))
        head = f"{self.method} {target} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        return head.encode("utf-8", "surrogateescape") + self.body


def quote(text: str) -> str:
    return urllib.parse.quote(text, safe="/" + UNRESERVED)


def hmac_sha256(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()


class Hostility:
    """Makes requests. `upload_ids` may be fed with what the store answers."""

    def __init__(self, host: str, access_key: str, secret_key: str, bucket: str):
        self.host, self.bucket = host, bucket
        self.access_key, self.secret_key = access_key, secret_key
        self.upload_ids = ["0" * 32]
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.date = self.now.strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.date[:8]}/{REGION}/s3/aws4_request"
        key = b"AWS4" + secret_key.encode()
        for word in self.scope.split("/"):
            key = hmac_sha256(key, word)
        self.signing_key = key

    def make(self, seed: str) -> tuple[bytes, bool]:
        """The bytes of one, and whether an answer to it must come while the connection is open."""
        rng = random.Random(seed)
        if rng.random() < 0.02:
            return self.garbage(rng), False
        request = self.begin(rng)
        for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 4))):
            rng.choice((self.bend_method, self.bend_path, self.bend_query, self.bend_headers,
                        self.bend_headers, self.bend_body))(rng, request)
        [sign] = rng.choices((self.sign_header, self.sign_chunks, self.sign_query,
                              self.sign_version_2, self.sign_nonsense, lambda *_: None),
                             (10, 4 if request.body else 0, 2, 1.5, 0.5, 1))
        sign(rng, request)
        framed = {"content-length", "transfer-encoding", "connection", "host", "expect"}
        if any(name.lower() in framed for name, _ in request.headers):
            request.whole = False
        wire = request.bytes(self.host)
        if rng.random() < 0.02:
            wire, request.whole = wire[:rng.randrange(1, len(wire))], False
        elif rng.random() < 0.02:
            at = rng.randrange(len(wire))
            wire, request.whole = wire[:at] + bytes([rng.randrange(256)]) + wire[at + 1:], False
        return wire, request.whole

    # --- a request as it should be ----------------------------------------------------------------

    def begin(self, rng: random.Random) -> Request:
        method, target, *body = rng.choice(OPERATIONS).split()
        path, _, query = target.partition("?")
        path = path.replace("B", self.bucket).replace("K", quote(rng.choice(KEYS)))
        pairs = [tuple(pair.split("=", 1)) if "=" in pair else (pair, None)
                 for pair in query.split("&") if pair]
        pairs = [(name, rng.choice(self.upload_ids) if value == "U" else value)
                 for name, value in pairs]
        request = Request(method, path, pairs, [], b"")
        kind = body[0] if body else ""
        if kind == "form":
            self.fill_form(rng, request)
        elif kind == "data":
            request.body = rng.choice((b"", b"hello", rng.randbytes(rng.choice((1, 100, 20_000)))))
        elif kind:
            request.body = DOCUMENTS[kind].encode()
        return request

    def fill_form(self, rng: random.Random, request: Request) -> None:
        later = (self.now + datetime.timedelta(hours=rng.choice((1, 1, -1))))
        credential = f"{self.access_key}/{self.scope}"
        policy = {"expiration": later.strftime("%Y-%m-%dT%H:%M:%SZ"),
                  "conditions": [{"bucket": self.bucket}, ["starts-with", "$key", ""],
                                 {"x-amz-algorithm": "AWS4-HMAC-SHA256"}, {"x-amz-date": self.date},
                                 {"x-amz-credential": credential},
                                 ["content-length-range", 0, rng.choice((4, 1000))],
                                 rng.choice((["eq", "$acl", "private"], ["eq"], 7, {}, [], None))]}
        if rng.random() < 0.5:
            policy["conditions"].pop()
        text = json.dumps(policy)
        if rng.random() < 0.2:
            text = self.bent_text(rng, text)
        encoded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
        signature = hmac_sha256(self.signing_key, encoded).hex()
        fields = [("key", rng.choice(("${filename}", *KEYS, *ODD_TEXT))), ("policy", encoded),
                  ("x-amz-algorithm", "AWS4-HMAC-SHA256"), ("x-amz-credential", credential),
                  ("x-amz-date", self.date), ("x-amz-signature", signature)]
        if rng.random() < 0.4:
            fields.append((rng.choice(("acl", "success_action_status", "success_action_redirect",
                                       "tagging", "x-amz-meta-a", "x-ignore-a", "file", "")),
                           rng.choice(ODD_TEXT)))
        rng.random() < 0.2 and rng.shuffle(fields)
        boundary = rng.choice(("b", "----x", "a" * 70))
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                 for name, value in fields]
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="'
                     f'{rng.choice(("a.txt", "", "../x", "ü"))}"\r\n\r\nhello\r\n--{boundary}--\r\n')
        request.headers.append(("Content-Type", f"multipart/form-data; boundary={boundary}"))
        request.body = "".join(parts).encode("utf-8", "surrogateescape")

    # --- mutations --------------------------------------------------------------------------------

    def bend_method(self, rng: random.Random, request: Request) -> None:
        request.method = rng.choice(METHODS)

    def bend_path(self, rng: random.Random, request: Request) -> None:
        odd = rng.choice(ODD_TEXT)
        odd = quote(odd.encode("utf-8", "surrogateescape").decode("latin-1")) if (
            rng.random() < 0.7) else odd.replace(" ", "").replace("\r\n", "")
        request.path = rng.choice((request.path + odd, f"/{self.bucket}/{odd}", "/" + odd,
                                   request.path.replace("/", odd, 1), request.path * 2, "*",
                                   f"http://{self.host}{request.path}")) or "/"

    def bend_query(self, rng: random.Random, request: Request) -> None:
        odd = quote(rng.choice(ODD_TEXT)) if rng.random() < 0.8 else rng.choice(("%", "%z", "=", ""))
        known = [name for name, _ in request.query] or ["max-keys"]
        request.query.insert(rng.randrange(len(request.query) + 1), rng.choice((
            (rng.choice(SUBRESOURCES), None), (rng.choice(SUBRESOURCES), odd),
            (rng.choice(known), odd), (odd, None), ("max-keys", odd), ("partNumber", odd),
            ("continuation-token", odd), ("encoding-type", odd))))
        if rng.random() < 0.3:
            del request.query[rng.randrange(len(request.query))]

    def bend_headers(self, rng: random.Random, request: Request) -> None:
        name = rng.choice(list(HEADERS))
        value = rng.choice(HEADERS[name]).replace("B/", self.bucket + "/").replace("K", "a")
        if rng.random() < 0.2:
            value = rng.choice(ODD_TEXT).replace("\r\n", "").replace("\x00", "")
        request.headers.append((name, value))

    def bend_body(self, rng: random.Random, request: Request) -> None:
        text = request.body.decode("utf-8", "surrogateescape")
        if rng.random() < 0.2:
            text = rng.choice(list(DOCUMENTS.values()))
        request.body = self.bent_text(rng, text).encode("utf-8", "surrogateescape")

    def bent_text(self, rng: random.Random, text: str) -> str:
        at = rng.randrange(len(text) + 1)
        until = min(len(text), at + rng.choice((1, 5, 50)))
        odd = rng.choice(ODD_TEXT)
        return rng.choice((
            text[:at], text[at:], text[:at] + odd + text[at:], text[:at] + odd + text[until:],
            text[:at] + text[at:until] * 50 + text[until:], text * 3, "<a>" * 3000, "[" * 3000,
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]><a>&y;</a>',
            "<?xml version='1.0' encoding='utf-16'?>" + text, "\ufeff" + text, odd, ""))

    # --- who says they are ------------------------------------------------------------------------

    def canonical(self, request: Request, payload: str, signed: list[tuple[str, str]]) -> str:
        def again(text: str | None, safe: str = UNRESERVED) -> str:
            raw = urllib.parse.unquote_to_bytes((text or "").encode("utf-8", "surrogateescape"))
            return urllib.parse.quote(raw, safe=safe)

        pairs = sorted((again(name), again(value)) for name, value in request.query)
        lines = [request.method, again(request.path, "/" + UNRESERVED),
                 "&".join(f"{name}={value}" for name, value in pairs)]
        lines += [f"{name}:{value}" for name, value in signed]
        lines += ["", ";".join(name for name, _ in signed), payload]
        digest = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
        return f"AWS4-HMAC-SHA256\n{self.date}\n{self.scope}\n{digest}"

    def signature(self, rng: random.Random, text: str) -> str:
        right = hmac_sha256(self.signing_key, text).hex()
        return right if rng.random() < 0.9 else rng.choice((right[:-1], "0" * 64, "", right + "0"))

    def authorize(self, rng: random.Random, request: Request, payload: str) -> str:
        """Adds the header; answers the signature, on which chunks go on."""
        request.headers += [("x-amz-content-sha256", payload)]
        if "x-amz-date" not in {name for name, _ in request.headers}:
            request.headers.append(("x-amz-date", self.date))
        joined: dict[str, str] = {"host": self.host}
        for name, value in request.headers:
            name, value = name.lower(), " ".join(value.split())
            if name.startswith("x-amz-") or name in ("content-type", "content-md5", "host"):
                joined[name] = f"{joined[name]},{value}" if name in joined and name != "host" else value
        signed = sorted(joined.items())
        signature = self.signature(rng, self.canonical(request, payload, signed))
        request.headers.append(("Authorization", (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{self.scope}, SignedHeaders="
            f"{';'.join(name for name, _ in signed)}, Signature={signature}")))
        return signature

    def sign_header(self, rng: random.Random, request: Request) -> None:
        right = hashlib.sha256(request.body).hexdigest()
        self.authorize(rng, request, right if rng.random() < 0.8 else rng.choice(
            ("UNSIGNED-PAYLOAD", "0" * 64, "x", "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
             "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")))

    def sign_query(self, rng: random.Random, request: Request) -> None:
        age = "600" if rng.random() < 0.8 else rng.choice(("604800", "604801", "0", "-1", "x"))
        request.query += [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Date", self.date),
                          ("X-Amz-Credential", quote(f"{self.access_key}/{self.scope}")),
                          ("X-Amz-Expires", age), ("X-Amz-SignedHeaders", "host")]
        text = self.canonical(request, "UNSIGNED-PAYLOAD", [("host", self.host)])
        request.query.append(("X-Amz-Signature", self.signature(rng, text)))
        if rng.random() < 0.2:
            del request.query[rng.randrange(len(request.query))]

    def sign_version_2(self, rng: random.Random, request: Request) -> None:
        expires = str(int(self.now.timestamp()) + 3600) if rng.random() < 0.8 else (
            rng.choice(("0", "x", "9" * 30)))
        part_of_it = "&".join(name if value is None else f"{name}={value}"
                              for name, value in sorted(request.query, key=lambda pair: pair[0])
                              if name in SUBRESOURCES and name != "list-type")
        text = f"{request.method}\n\n\n{expires}\n{request.path}{'?' * bool(part_of_it)}{part_of_it}"
        mac = hmac.new(self.secret_key.encode(), text.encode("utf-8", "surrogateescape"), "sha1")
        signature = base64.b64encode(mac.digest()).decode()
        if rng.random() < 0.1:
            request.headers.append(("Authorization", f"AWS {self.access_key}:{signature}"))
            return
        request.query += [("AWSAccessKeyId", self.access_key), ("Expires", expires),
                          ("Signature", quote(signature).replace("/", "%2F"))]

    def sign_nonsense(self, rng: random.Random, request: Request) -> None:
        request.headers.append(("Authorization", rng.choice((
            "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=", "AWS x:y", "Basic eDp5", "Bearer x",
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/x/y/s3/aws4_request, SignedHeaders=host,"
            " Signature=0", "AWS4-HMAC-SHA256 " + "Credential=a," * 500, ""))))

    def sign_chunks(self, rng: random.Random, request: Request) -> None:
        """aws-chunked in its four kinds; a chunk, a signature or a trailer of which may be wrong."""
        signed, trailer = rng.random() < 0.5, rng.random() < 0.6
        body = request.body
        request.headers += [("x-amz-decoded-content-length", str(
            len(body) if rng.random() < 0.9 else rng.randrange(100_000))),
            ("Content-Encoding", "aws-chunked")]
        if trailer:
            request.headers.append(("x-amz-trailer", "x-amz-checksum-crc32"))
        kind = "AWS4-HMAC-SHA256-PAYLOAD" if signed else "UNSIGNED-PAYLOAD"
        previous = self.authorize(rng, request,
                                  f"STREAMING-{kind}{'-TRAILER' if trailer else ''}")
        size = rng.choice((1 + len(body) // 3, 8192, 65536))
        pieces = [body[at:at + size] for at in range(0, len(body), size)] + [b""]
        if len(pieces) > 200:
            pieces = [body, b""]
        wire = []
        for piece in pieces:
            head = f"{len(piece):x}"
            if signed:
                empty = hashlib.sha256(b"").hexdigest()
                text = (f"AWS4-HMAC-SHA256-PAYLOAD\n{self.date}\n{self.scope}\n{previous}\n{empty}\n"
                        f"{hashlib.sha256(piece).hexdigest()}")
                previous = self.signature(rng, text)
                head += f";chunk-signature={previous}"
            wire.append(head.encode() + b"\r\n" + piece + (b"\r\n" if piece or not trailer else b""))
        if trailer:
            line = b"x-amz-checksum-crc32:" + base64.b64encode(zlib.crc32(body).to_bytes(4, "big"))
            wire.append(line + b"\r\n")
            if signed:
                digest = hashlib.sha256(line + b"\n").hexdigest()
                text = (f"AWS4-HMAC-SHA256-TRAILER\n{self.date}\n{self.scope}\n{previous}\n{digest}")
                wire.append(f"x-amz-trailer-signature:{self.signature(rng, text)}\r\n".encode())
            wire.append(b"\r\n")
        request.body = b"".join(wire)
        if rng.random() < 0.3:
            at = rng.randrange(len(request.body))
            request.body = request.body[:at] + rng.choice((b"", b"\r\n", b"ffffffffffffffff", b"0",
                                                           rng.randbytes(3))) + request.body[at + 1:]

    def garbage(self, rng: random.Random) -> bytes:
        return rng.choice((
            rng.randbytes(rng.randrange(1, 2000)), b"\r\n" * 50, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 2000 + b"\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
            b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
            b"PUT /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
            b"PUT /a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"))
