# SPDX-License-Identifier: Apache-2.0
"""Presigned URLs (SigV4, UNSIGNED-PAYLOAD): made fast for loads, recomputed to judge others'."""
import hashlib
import hmac
import time
from urllib.parse import parse_qsl, quote, urlsplit


def _hmac(key, text):
    return hmac.digest(key, text.encode(), "sha256")


def signing_key(secret, date, region):
    key = _hmac(("AWS4" + secret).encode(), date)
    for part in (region, "s3", "aws4_request"):
        key = _hmac(key, part)
    return key


def _signature(key, amz_date, scope, canonical_request):
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    return _hmac(key, f"AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{digest}").hex()


class Presigner:
    """Signs path-style requests to one host; the key is derived once, dates are its making's."""

    def __init__(self, host, access_key, secret_key, *, region="us-east-1", expires_s=3600):
        self.host = host
        now = time.gmtime()
        self._amz_date = time.strftime("%Y%m%dT%H%M%SZ", now)
        date = self._amz_date[:8]
        self._scope = f"{date}/{region}/s3/aws4_request"
        self._key = signing_key(secret_key, date, region)
        credential = quote(f"{access_key}/{self._scope}", safe="")
        self._query = (f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}"
                       f"&X-Amz-Date={self._amz_date}&X-Amz-Expires={expires_s}"
                       "&X-Amz-SignedHeaders=host")

    def path(self, method, path, query=""):
        """The request target for `path`, which starts with /bucket and needs no encoding.

        `query`: more parameters, encoded and sorted, with names in lower case.
        """
        query = f"{self._query}&{query}" if query else self._query
        canonical = (f"{method}\n{path}\n{query}\nhost:{self.host}\n\nhost\n"
                     "UNSIGNED-PAYLOAD")
        signature = _signature(self._key, self._amz_date, self._scope, canonical)
        return f"{path}?{query}&X-Amz-Signature={signature}"


def check_presigned(method, url, headers, secret_key):
    """Raises unless `url` is rightly signed for a request with these headers besides Host."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
    signature = query.pop("X-Amz-Signature")
    _access_key, date, region, *_rest = query["X-Amz-Credential"].split("/")
    scope = query["X-Amz-Credential"].split("/", 1)[1]
    values = {name.lower(): value for name, value in headers.items()} | {"host": parts.netloc}
    signed = query["X-Amz-SignedHeaders"].split(";")
    missing = [name for name in signed if name not in values]
    if missing:
        raise ValueError(f"{url} signs headers that the client was not told to send: {missing}")
    canonical_query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}"
                               for name, value in sorted(query.items()))
    canonical = "\n".join([method, parts.path, canonical_query,
                           *(f"{name}:{values[name]}" for name in signed), "", ";".join(signed),
                           "UNSIGNED-PAYLOAD"])
    key = signing_key(secret_key, date, region)
    if _signature(key, query["X-Amz-Date"], scope, canonical) != signature:
        raise ValueError(f"{url} is not rightly signed")
