# SPDX-License-Identifier: Apache-2.0
"""Users of the settings file: each has their own prefix, and learns nothing about the others'."""

import hashlib
import json
import pathlib
import re
import subprocess
import urllib.parse

import pytest
from slipway_process import program_path

from documented_client import DocumentedClient, http_request

# The id of ada's "b-x" and of ada-b's "x" would both be "ada-b-x".
USERS = ("ada", "ada-b", "grace")


def new_token() -> tuple[str, str]:
    """What `slipway token` prints: the token, and its SHA-256 for the settings file."""
    printed = subprocess.run([program_path(), "token"], check=True, capture_output=True, text=True,
                             timeout=30).stdout
    token = re.search(r"^token:\s*(\S+)$", printed, re.MULTILINE).group(1)
    digest = re.search(r'^token_sha256 = "([0-9a-f]{64})"$', printed, re.MULTILINE).group(1)
    return token, digest


def write_settings(path: pathlib.Path, digests: dict[str, str]) -> None:
    path.write_text("".join(f'[[users]]\nname = "{name}"\ntoken_sha256 = "{digest}"\n'
                            for name, digest in digests.items()))


class Somebody(DocumentedClient):
    """A user, with the routes of the drive."""

    def request(self, method: str, path: str, headers: dict | None = None):
        status, headers, body = http_request(method, self.url + path,
                                             headers=self.headers if headers is None else headers)
        is_json = "json" in headers.get("Content-Type", "")
        return status, headers, json.loads(body) if is_json else body

    def store(self, name: str, body: bytes, **more) -> dict:
        """Uploads and confirms; answers the upload's entry."""
        entry = self.put(name, body, **more)
        status, answer = self.post("/api/files/confirm_upload/", {"s3_key": entry["s3_key"]})
        assert status == 200, answer
        return entry

    def put(self, name: str, body: bytes, **more) -> dict:
        status, entry = self.post("/api/files/upload/", {
            "file_name": name, "file_size": len(body), **more})
        assert status == 200, entry
        assert http_request("PUT", entry["presigned_url"], body, entry["headers"])[0] == 200
        return entry

    def listed(self, query: str = "") -> list[str]:
        status, _, page = self.request("GET", "/api/files/" + query)
        assert status == 200
        return [file["s3_key"] for file in page["files"]]

    def download(self, file_id: str) -> bytes:
        quoted = urllib.parse.quote(file_id, safe="")
        status, headers, _ = self.request("GET", f"/api/files/{quoted}/download")
        assert status == 302
        return http_request("GET", headers["Location"])[2]


@pytest.fixture
def settings(tmp_path):
    return tmp_path / "slipway.toml"


@pytest.fixture
def tokens(settings):
    made = {name: new_token() for name in USERS}
    write_settings(settings, {name: digest for name, (_, digest) in made.items()})
    return {name: token for name, (token, _) in made.items()}


@pytest.fixture
def server(slipway_factory, settings, tokens):
    return slipway_factory("--config", str(settings))


@pytest.fixture
def people(server, tokens):
    users = {name: Somebody(server.url, token) for name, token in tokens.items()}
    users[server.user] = Somebody(server.url, server.token)
    return users


def test_tokens_are_made_anew_and_their_digests_are_theirs():
    token, digest = new_token()
    assert hashlib.sha256(token.encode()).hexdigest() == digest
    assert new_token()[0] != token


def test_each_has_their_own_prefix(people):
    """One name for all of them: nobody is in another's way."""
    for name, somebody in people.items():
        assert somebody.request("GET", "/api/settings")[2]["user"] == name
        entry = somebody.store("same/name.txt", f"of {name}".encode())
        assert entry["s3_key"] == f"{name}/same/name.txt"
    for name, somebody in people.items():
        assert somebody.listed() == [f"{name}/same/name.txt"]
        assert somebody.download(f"{name}-same-name.txt") == f"of {name}".encode()


def test_lists_show_their_own_files_only(people):
    for somebody in people.values():
        for number in range(3):
            somebody.store(f"{number}.txt", b"body")
    for name, somebody in people.items():
        own = [f"{name}/{number}.txt" for number in range(3)]
        assert somebody.listed() == own
        for query in ("?prefix=../", "?prefix=" + urllib.parse.quote("../grace/"), "?prefix=grace/"):
            assert somebody.listed(query) == []
    # A page's end does not lead into another's files, and their cursors are no use.
    _, _, page = people["ada"].request("GET", "/api/files/?limit=2")
    cursor = page["next_cursor"]
    assert people["ada"].listed(f"?limit=2&cursor={cursor}") == ["ada/2.txt"]
    status, _, answer = people["grace"].request("GET", f"/api/files/?cursor={cursor}")
    assert (status, answer["code"]) == (400, "invalid_cursor")


def test_ids_that_would_be_the_same(people):
    first, second = people["ada"].store("b-x", b"ada's"), people["ada-b"].store("x", b"ada-b's")
    assert first["id"] != second["id"]
    assert people["ada"].download(first["id"]) == b"ada's"
    assert people["ada-b"].download(second["id"]) == b"ada-b's"
    assert people["ada"].request("GET", f"/api/files/{second['id']}")[0] == 404
    assert people["ada-b"].request("DELETE", f"/api/files/{first['id']}")[0] == 404


@pytest.mark.parametrize("method, suffix", [("GET", ""), ("GET", "/download"), ("DELETE", "")])
def test_a_file_of_another_is_as_if_it_were_not_there(people, method, suffix):
    entry = people["ada"].store("private.txt", b"private")
    path = f"/api/files/{entry['id']}{suffix}"
    missing = f"/api/files/ada-missing.txt{suffix}"
    status, _, answer = people["grace"].request(method, path)
    assert (status, answer["code"]) == (404, "unknown_file")
    words = people["grace"].request(method, missing)[2]["error"]
    assert answer["error"].replace("private", "missing") == words
    assert people["ada"].download(entry["id"]) == b"private"


def test_an_upload_of_another_cannot_be_confirmed_or_renewed(people):
    entry = people["ada"].put("waiting.txt", b"waiting")
    for somebody in (people["grace"], people["ada-b"]):
        status, answer = somebody.post("/api/files/confirm_upload/", {"s3_key": entry["s3_key"]})
        assert (status, answer["code"]) == (404, "unknown_key")
        status, answer = somebody.post("/api/files/confirm_uploads/", {"s3_keys": [entry["s3_key"]]})
        assert (status, answer["results"][0]["code"]) == (200, "unknown_key")
        status, answer = somebody.post("/api/files/upload/", {
            "file_name": "waiting.txt", "file_size": 7, "s3_key": entry["s3_key"]})
        assert (status, answer["code"]) == (404, "unknown_upload")
    status, _ = people["ada"].post("/api/files/confirm_upload/", {"s3_key": entry["s3_key"]})
    assert status == 200
    assert people["grace"].listed() == []


@pytest.mark.parametrize("name", ["../ada/private.txt", "/ada/private.txt", "x/../../ada/private.txt"])
def test_a_name_does_not_lead_to_another_prefix(people, name):
    status, answer = people["grace"].post("/api/files/upload/", {"file_name": name, "file_size": 1})
    assert (status, answer["code"]) == (400, "invalid_file_name")
    # A name that only looks like it stays below the user's own prefix.
    entry = people["grace"].store("ada/private.txt", b"mine", on_conflict="replace")
    assert entry["s3_key"] == "grace/ada/private.txt"
    assert people["ada"].listed() == []


def test_the_link_is_for_whom_the_token_is(people, server, tokens):
    _, headers, _ = http_request("GET", f"{server.url}/?token={tokens['grace']}")
    cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    assert people["grace"].request("GET", "/api/settings", cookie)[2]["user"] == "grace"
    name, _, value = cookie["Cookie"].partition("=")
    user, _, rest = value.partition(".")
    forged = {"Cookie": f"{name}=YWRh.{rest}"}  # ada
    assert user != "YWRh"
    assert people["grace"].request("GET", "/api/settings", forged)[0] == 401


def test_who_is_taken_off_the_settings_is_out(people, server, settings, tokens):
    entry = people["ada"].store("stays.txt", b"stays")
    _, headers, _ = http_request("GET", f"{server.url}/?token={tokens['ada']}")
    cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    assert people["ada"].request("GET", "/api/files/", cookie)[0] == 200
    server.terminate()
    grace = hashlib.sha256(tokens["grace"].encode()).hexdigest()
    write_settings(settings, {"grace": grace})
    server.start()
    ada = Somebody(server.url, tokens["ada"])  # the ports are new ones
    for headers in (None, cookie):
        status, answered, answer = ada.request("GET", f"/api/files/{entry['id']}", headers)
        assert (status, answer["code"]) == (401, "unauthenticated")
        assert answered["WWW-Authenticate"] == "Bearer"
    assert Somebody(server.url, tokens["grace"]).request("GET", "/api/files/")[0] == 200


@pytest.mark.parametrize("spoil", [str.upper, lambda token: token[:-1], lambda token: token + "0",
                                   lambda token: hashlib.sha256(token.encode()).hexdigest()],
                         ids=["upper", "shorter", "longer", "its-digest"])
def test_a_token_that_is_nearly_right(people, server, tokens, spoil):
    for path in ("/api/files/", "/api/settings"):
        status, _, answer = Somebody(server.url, spoil(tokens["ada"])).request("GET", path)
        assert (status, answer["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("text, word", [
    ('[[users]]\nname = "ada"\n', "token_sha256"),
    ('[[users]]\nname = "ada"\ntoken_sha256 = "secret"\n', "64"),
    ('[[users]]\nname = "a/b"\ntoken_sha256 = "' + "0" * 64 + '"\n', "without '/'"),
    ('[[users]]\nname = "username"\ntoken_sha256 = "' + "0" * 64 + '"\n', "twice"),
    ('[[users]]\nname = ".."\ntoken_sha256 = "' + "0" * 64 + '"\n', "'..'"),
    ("".join(f'[[users]]\nname = "{name}"\ntoken_sha256 = "' + "0" * 64 + '"\n'
             for name in USERS), "ada and ada-b"),
    ('[[users]]\ntoken_sha256 = "' + "0" * 64 + '"\n', "name")],
    ids=["no-digest", "a-plain-token", "slash", "the-default-user", "dots", "one-token", "no-name"])
def test_settings_that_cannot_be(settings, tmp_path, text, word):
    """It does not start, and says why."""
    settings.write_text(text)
    done = subprocess.run(
        [program_path(), "serve", "--config", str(settings), "--data-dir", str(tmp_path / "data"),
         "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0"],
        capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert word in done.stderr
