# SPDX-License-Identifier: Apache-2.0
"""Files through the server, into the embedded store and into MinIO, from curl and requests."""

import json
import os
import subprocess

import pytest
import requests

from forms import BOUNDARY, END, FORM_TYPE, FormServer, eventually, field, file_part
from s3_endpoint import Endpoint

MIB = 1 << 20
SIZE_MAX = 60 * MIB


@pytest.fixture(params=["embedded", "minio"])
def server(request, slipway_factory):
    flags = ["--file-size-max", str(SIZE_MAX)]
    if request.param == "embedded":
        slipway = slipway_factory(*flags)
        endpoint = Endpoint(slipway.store_url, slipway.access_key, slipway.secret_key)
        return FormServer(slipway, endpoint.client(), slipway.bucket)
    return server_on(request.getfixturevalue("minio"), slipway_factory, *flags)


def server_on(minio, slipway_factory, *flags):
    slipway = slipway_factory(
        "--s3-endpoint", minio.url, "--bucket", "uploads", *flags,
        environment={"AWS_ACCESS_KEY_ID": minio.access_key,
                     "AWS_SECRET_ACCESS_KEY": minio.secret_key, "AWS_REGION": "us-east-1"})
    endpoint = Endpoint(minio.url, minio.access_key, minio.secret_key)
    return FormServer(slipway, endpoint.client(), "uploads")


@pytest.fixture
def on_minio(minio, slipway_factory):
    return server_on(minio, slipway_factory)


def post(server, body, content_type=FORM_TYPE, query=""):
    return requests.post(server.url + query, data=body, timeout=60,
                         headers={**server.headers, "Content-Type": content_type})


def curl(server, *arguments, url=None):
    done = subprocess.run(
        ["curl", "-sS", "-H", "Authorization: " + server.headers["Authorization"],
         url or server.url, *arguments], capture_output=True, timeout=60, check=True)
    return json.loads(done.stdout)


def check_problem(answer, status: int, code: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["error"] == problem["detail"]
    return problem


def test_the_documents_view(server, tmp_path):
    files = {"passport": os.urandom(300_000), "utility_bill": b"", "bank_statement": b"x" * 17,
             "contract": os.urandom(11 * MIB)}
    arguments = ["-F", "file_category=kyc_documents", "-F", "max_workers=4"]
    for name, data in files.items():
        (tmp_path / f"{name}.PDF").write_bytes(data)
        arguments += ["-F", f"{name}=@{tmp_path}/{name}.PDF;type=application/pdf"]
    answer = curl(server, *arguments)
    assert (answer["status"], answer["uploaded_count"], answer["total_files"]) == ("success", 4, 4)
    assert answer["failed"] == {}
    for name, data in files.items():
        stored = server.object(answer, name)
        assert stored["ContentType"] == "application/pdf"
        assert stored["Body"].read() == data
    assert all(key.startswith("kyc_documents/user_username/") and key.endswith(".pdf")
               for key in server.keys())
    listed = requests.get(server.slipway.url + "/api/files/", headers=server.headers, timeout=10)
    assert listed.json()["files"] == []


def test_names_survive(server):
    names = ["naïve 日本語", 'quote"d', "photos[]", "100%25", "semi;colon=x"]
    answer = requests.post(
        server.url, headers=server.headers, timeout=60,
        files=[(name, (f"{name}.txt", name.encode())) for name in names]).json()
    assert list(answer["uploaded_files"]) == names
    for name in names:
        assert server.stored(answer, name) == name.encode()


def test_hundreds_of_files(server):
    files = {f"document_{i}": os.urandom(i * 97) for i in range(400)}
    answer = requests.post(server.url, headers=server.headers, timeout=120,
                           data={"file_category": "bulk_documents", "max_workers": "10"},
                           files={name: (name + ".bin", data) for name, data in files.items()})
    answer = answer.json()
    assert (answer["uploaded_count"], answer["total_files"]) == (400, 400)
    for name in ("document_0", "document_1", "document_399"):
        assert server.stored(answer, name) == files[name]
    assert len(server.keys()) == 400


def test_a_file_over_the_limit_fails_alone(server):
    body = (file_part("a", "a.txt", b"1") + file_part("large", "l.bin", b"x" * (SIZE_MAX + 1)) +
            file_part("b", "b.txt", b"2") + END)
    answer = post(server, body)
    assert answer.status_code == 200, answer.text
    answer = answer.json()
    assert answer["failed"]["large"]["code"] == "file_too_large"
    assert (server.stored(answer, "a"), server.stored(answer, "b")) == (b"1", b"2")
    assert len(server.keys()) == 2
    assert server.slipway.bucket == server.bucket or server.open_uploads() == []
    check_problem(post(server, file_part("large", "l.bin", b"x" * (SIZE_MAX + 1)) + END), 413,
                  "file_too_large")


def test_equal_types_are_numbered(server):
    answer = post(server, file_part("photo", "a", b"1") + file_part("photo", "b", b"2") + END).json()
    assert list(answer["uploaded_files"]) == ["photo", "photo_2"]
    assert server.stored(answer, "photo_2") == b"2"


def test_a_body_without_a_form(server, tmp_path):
    data = os.urandom(7 * MIB)
    (tmp_path / "c.pdf").write_bytes(data)
    url = server.url + "documents/contract"
    answer = curl(server, "-T", f"{tmp_path}/c.pdf", url=url + "?file_name=c.pdf")
    assert server.stored(answer, "contract") == data
    # Of unknown size: chunked.
    chunked = requests.put(url, data=(data[i:i + 99_991] for i in range(0, len(data), 99_991)),
                           headers={**server.headers, "Content-Type": "application/pdf"}, timeout=60)
    assert server.stored(chunked.json(), "contract") == data


def test_a_chunked_form(server):
    body = file_part("a", "a.bin", os.urandom(2 * MIB)) + field("x", "y") + END
    answer = post(server, (body[i:i + 12_345] for i in range(0, len(body), 12_345)))
    assert len(server.stored(answer.json(), "a")) == 2 * MIB


def test_what_is_wrong_with_a_form_is_told(server):
    part = file_part("a", "a.txt", b"1")
    assert check_problem(post(server, b""), 400, "no_files")["error"] == "No files provided"
    check_problem(post(server, field("a", "b") + END), 400, "no_files")
    check_problem(post(server, file_part("left_alone", "", b"") + END), 400, "no_files")
    check_problem(post(server, part + END, "multipart/form-data"), 400, "no_boundary")
    check_problem(post(server, part + END, "multipart/form-data; boundary=other"), 400,
                  "wrong_boundary")
    check_problem(post(server, b"{}", "application/json"), 400, "not_a_form")
    for workers in ("0", "-3", "many"):
        problem = check_problem(post(server, field("max_workers", workers) + part + END), 400,
                                "invalid_max_workers")
        assert "max_workers" in problem["error"]
        check_problem(post(server, part + END, query=f"?max_workers={workers}"), 400,
                      "invalid_max_workers")
    for category in ("a/b", "..", ""):
        check_problem(post(server, field("file_category", category) + part + END), 400,
                      "invalid_file_category")
    assert server.keys() == []


def test_types_that_are_paths_fail_alone(server):
    answer = post(server, file_part("a/b", "x", b"1") + file_part("..", "x", b"1") +
                  file_part("good", "x", b"2") + END).json()
    assert {name: each["code"] for name, each in answer["failed"].items()} == {
        "a/b": "invalid_file_type", "..": "invalid_file_type"}
    assert answer["uploaded_count"] == 1


def test_too_many_parts(server):
    body = file_part("a", "a.txt", b"1") + field("x", "") * 10_000 + END
    problem = check_problem(post(server, body), 413, "too_many_parts")
    assert list(problem["uploaded_files"]) == ["a"]


def test_a_truncated_form_keeps_what_was_whole(server):
    body = file_part("a", "a.txt", b"1") + file_part("b", "b.bin", os.urandom(8 * MIB))
    answer = check_problem(post(server, body[:-MIB]), 400, "truncated_form")
    assert server.stored(answer, "a") == b"1"
    assert answer["failed"]["b"]["code"] == "truncated_form"
    assert len(server.keys()) == 1


def test_who_goes_away_leaves_nothing_half(server):
    whole, half = file_part("a", "a.txt", b"1"), file_part("b", "b.bin", os.urandom(24 * MIB))
    connection = server.begin(100 * MIB, whole + half[:-MIB])
    eventually(lambda: len(server.keys()) == 1)
    if server.slipway.bucket != server.bucket:  # the embedded store has no uploads in parts
        eventually(lambda: len(server.open_uploads()) == 1)
        connection.close()
        eventually(lambda: server.open_uploads() == [])
    connection.close()
    assert requests.get(server.slipway.url + "/healthz", timeout=10).ok
    assert post(server, file_part("c", "c.txt", b"1") + END).json()["uploaded_count"] == 1
    assert len(server.keys()) == 2


def test_a_bucket_that_is_gone(on_minio):
    on_minio.client.delete_bucket(Bucket=on_minio.bucket)
    problem = check_problem(
        post(on_minio, file_part("a", "a", b"1") + file_part("b", "b", b"x" * 6 * MIB) + END),
        502, "nothing_stored")
    assert {each["code"] for each in problem["failed"].values()} == {"NoSuchBucket"}


def test_a_store_that_is_away(on_minio, minio):
    minio.stop()
    problem = check_problem(post(on_minio, file_part("a", "a", b"1") + file_part("b", "b", b"2") + END),
                            502, "nothing_stored")
    assert list(problem["failed"]) == ["a", "b"]
    assert all("127.0.0.1" in each["error"] for each in problem["failed"].values())
    minio.start()
    eventually(lambda: post(on_minio, file_part("a", "a", b"1") + END).status_code == 200)


def test_credentials_that_are_wrong(on_minio, minio):
    minio.stop()
    minio.secret_key = "another-secret-key"
    minio.start()
    eventually(lambda: "SignatureDoesNotMatch" in
               post(on_minio, file_part("a", "a", b"1") + END).text)
    problem = check_problem(post(on_minio, file_part("a", "a", b"1") + END), 502,
                            "SignatureDoesNotMatch")
    assert problem["failed"]["a"]["code"] == "SignatureDoesNotMatch"


def test_boundaries_in_the_data(server):
    data = b"".join(b"\r\n--" + BOUNDARY[:i].encode() for i in range(len(BOUNDARY))) * 3_000
    answer = post(server, file_part("a", "a", data) + END).json()
    assert server.stored(answer, "a") == data
