# SPDX-License-Identifier: Apache-2.0
"""The commands that talk to an S3, as a user types them, against a server of ours and MinIO."""

import http.server
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time

import pytest
from command import Cli
from http_front import HttpFront
from s3_endpoint import Endpoint, new_bucket
from slipway_process import free_port, program_path

ODD_NAMES = ["plain.txt", "with space.txt", "1+1=2.txt", "100%.txt", "a%2Fb", "quotes\"'`.txt",
             "query?a=b&c#d", "line\nbreak", "ümlaut/日本語/🎉", "deep/er/and/deeper/x", "empty",
             "-dash", "*.star"]


@pytest.fixture(params=["slipway", "minio"])
def s3(request):
    if request.param == "minio":
        return request.getfixturevalue("minio_once")
    server = request.getfixturevalue("slipway")
    return Endpoint(server.store_url, server.access_key, server.secret_key)


@pytest.fixture
def client(s3):
    return s3.client()


@pytest.fixture
def bucket(client):
    return new_bucket(client)


@pytest.fixture
def cli(s3):
    return Cli(s3.environment())


class RefusingStore:
    """An S3 that lists a and b, has no time to send them, and knows no DeleteObjects."""

    def __init__(self):
        listing = (b"<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>"
                   + b"".join(b"<Contents><Key>%s</Key><Size>5</Size><ETag>x</ETag><LastModified>"
                              b"2026-01-01T00:00:00.000Z</LastModified></Contents>" % key
                              for key in (b"a", b"b")) + b"</ListBucketResult>")

        deleted = self.deleted = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                listed = "list-type" in self.path
                body = listing if listed else b"<Error><Code>SlowDown</Code></Error>"
                self.send_response(200 if listed else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                body = b"<Error><Code>NotImplemented</Code></Error>"
                self.send_response(501)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_DELETE(self):
                deleted.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *words):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self._server.server_port}"
        return Endpoint(url, "key", "secret").environment()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def write_tree(folder) -> dict[str, bytes]:
    tree = {name: (name * 50).encode() for name in ODD_NAMES}
    tree["empty"] = b""
    tree["big"] = os.urandom(12 << 20)
    for name, content in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return tree


def read_tree(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if not path.is_dir()}


def put_objects(client, bucket: str, *keys: str) -> None:
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=b"content of " + key.encode())


def test_round_trip(cli, bucket, tmp_path):
    source = tmp_path / "source"
    tree = write_tree(source)
    cli("put", source, f"s3://{bucket}/in/here")
    told = cli("get", f"s3://{bucket}/in/here/", tmp_path / "back")
    assert read_tree(tmp_path / "back") == tree
    assert f"{len(tree)} files stored" in told.stdout.decode()
    # Once more over what is there, and now with less.
    cli("get", "--recursive", f"s3://{bucket}/in/here", tmp_path / "back")
    assert read_tree(tmp_path / "back") == tree
    cli("get", "--exclude", "*", "--include", "*.txt", f"s3://{bucket}/in/here/", tmp_path / "txt")
    assert sorted(read_tree(tmp_path / "txt")) == sorted(n for n in tree if n.endswith(".txt"))


def test_get_of_one_object(cli, client, bucket, tmp_path):
    put_objects(client, bucket, "a/b.txt")
    uri = f"s3://{bucket}/a/b.txt"
    cli("get", uri, tmp_path)
    cli("get", uri, tmp_path / "renamed")
    cli("get", uri, f"{tmp_path}/new/folder/")
    assert read_tree(tmp_path) == dict.fromkeys(["b.txt", "renamed", "new/folder/b.txt"],
                                                b"content of a/b.txt")
    assert cli("get", uri, "-").stdout == b"content of a/b.txt"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "renamed").stat().st_mode) == 0o666 & ~umask
    events = [json.loads(line) for line in
              cli("get", "--json", uri, tmp_path).stdout.splitlines()]
    assert [event["event"] for event in events] == ["started", "stored", "ended"]
    assert events[1]["path"] == str(tmp_path / "b.txt") and events[1]["size"] == 18
    assert events[2]["bytes_stored"] == 18


def test_get_of_large_objects(cli, client, bucket, tmp_path):
    content = {name: os.urandom(size) for name, size in
               {"with_parts": 41 << 20, "with_md5": (17 << 20) + 1, "small": 100}.items()}
    for name, data in content.items():
        (tmp_path / "source" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "source" / name).write_bytes(data)
    cli("put", tmp_path / "source" / "with_parts", tmp_path / "source" / "small", f"s3://{bucket}/")
    plain = client.put_object(Bucket=bucket, Key="with_md5", Body=content["with_md5"])
    assert "-" not in plain["ETag"]
    told = cli("get", "--json", f"s3://{bucket}/", tmp_path / "back").stdout.splitlines()
    assert read_tree(tmp_path / "back") == content
    stored = {event["key"]: event for event in map(json.loads, told) if event["event"] == "stored"}
    assert stored["with_parts"]["requests"] == 7 and stored["small"]["requests"] == 1
    assert cli("get", f"s3://{bucket}/with_parts", "-").stdout == content["with_parts"]
    cli("get", "--max-workers", 1, f"s3://{bucket}/with_parts", tmp_path / "one")
    assert (tmp_path / "one").read_bytes() == content["with_parts"]


def test_get_of_what_changed(cli, client, bucket, tmp_path):
    tree = {"same": b"1", "large": os.urandom(20 << 20), "other": b"2", "longer": b"3", "new": b"4"}
    (tmp_path / "source").mkdir()
    for name, data in tree.items():
        (tmp_path / "source" / name).write_bytes(data)
    cli("put", tmp_path / "source", f"s3://{bucket}")
    target = tmp_path / "target"
    target.mkdir()
    for name, data in {"same": b"1", "large": tree["large"], "other": b"x", "longer": b"33"}.items():
        (target / name).write_bytes(data)
    before = (target / "large").stat().st_ino
    told = cli("get", "--if-changed", "--json", f"s3://{bucket}", target).stdout.splitlines()
    events = [json.loads(line) for line in told]
    assert read_tree(target) == tree and (target / "large").stat().st_ino == before
    assert sorted(e["key"] for e in events if e["event"] == "skipped") == ["large", "same"]
    assert sorted(e["key"] for e in events if e["event"] == "stored") == ["longer", "new", "other"]
    assert cli("get", "--if-changed", f"s3://{bucket}/same", target).returncode == 0


@pytest.fixture
def refusing():
    store = RefusingStore()
    yield store
    store.stop()


def test_get_gives_up(refusing, tmp_path):
    cli = Cli(refusing.environment())
    words = cli.fails("get", "--give-up-after", "1s", "s3://bucket/", tmp_path / "target")
    assert "failed  s3://bucket/a: " in words and "failed  s3://bucket/b: " in words
    assert words.count("nothing got through for 1 s") == 2 and "SlowDown" in words
    assert os.listdir(tmp_path / "target") == []
    begin = time.monotonic()
    refused = cli.fails("get", "--give-up-after", "1s", "s3://bucket/a", "-")
    assert "SlowDown" in refused and time.monotonic() - begin < 30


def test_several_sources_keep_their_names(cli, client, bucket, tmp_path):
    put_objects(client, bucket, "x/a/1", "x/b/1", "c")
    cli("get", f"s3://{bucket}/x/a/", f"s3://{bucket}/x/b/", f"s3://{bucket}/c", tmp_path)
    assert sorted(read_tree(tmp_path)) == ["a/1", "b/1", "c"]


def test_a_device_is_not_replaced(cli, client, bucket):
    put_objects(client, bucket, "a")
    assert "no regular file" in cli.fails("get", f"s3://{bucket}/a", "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


# MinIO itself refuses most of these.
@pytest.mark.parametrize("s3", ["slipway"], indirect=True)
def test_hostile_keys_stay_inside(cli, client, bucket, tmp_path):
    hostile = ["../up", "a/../../up", "/etc/absolute", "a//b", "./here", "k" * 300, "tree/",
               "file/below", "link/through"]
    put_objects(client, bucket, "file", "good", *hostile)
    target = tmp_path / "target"
    target.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (target / "link").symlink_to(outside)
    (target / "file").write_bytes(b"")
    words = cli.fails("get", f"s3://{bucket}/", target)
    assert read_tree(target) == {"file": b"content of file", "good": b"content of good"}
    assert list(outside.iterdir()) == [] and sorted(os.listdir(tmp_path)) == ["outside", "target"]
    for key in hostile:
        assert f"failed  s3://{bucket}/{key}: " in words, key
    assert "it has '..' in it" in words and "it begins with '/'" in words
    assert "symbolic link" in words


def test_marks_of_empty_folders_are_passed_over(cli, client, bucket, tmp_path):
    client.put_object(Bucket=bucket, Key="folder/", Body=b"")
    put_objects(client, bucket, "folder/a")
    cli("get", f"s3://{bucket}/folder/", tmp_path)
    assert sorted(read_tree(tmp_path)) == ["a"]


def test_ls(cli, client, bucket):
    put_objects(client, bucket, "a.txt", "photos/1", "photos/2", "photos/old/3")
    assert bucket in cli("ls").stdout.decode().splitlines()

    def names(*words):
        return [line[31:] for line in cli("ls", *words).stdout.decode().splitlines()]

    assert names(f"s3://{bucket}") == ["a.txt", "photos/"]
    assert "PRE photos/" in cli("ls", f"s3://{bucket}/").stdout.decode()
    assert names(f"s3://{bucket}/photos/") == ["1", "2", "old/"]
    assert names("--recursive", f"s3://{bucket}/pho") == ["photos/1", "photos/2", "photos/old/3"]
    lines = cli("ls", "--json", f"s3://{bucket}").stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    assert (entries[0]["key"], entries[0]["size"]) == ("a.txt", 16)
    assert entries[1] == {"bucket": bucket, "prefix": "photos/"}
    assert "nothing begins with" in cli.fails("ls", f"s3://{bucket}/none")


def test_ls_of_many_pages(cli, client, bucket, tmp_path):
    (tmp_path / "many").mkdir()
    for number in range(2100):
        (tmp_path / "many" / f"{number:04}").write_bytes(b"x")
    cli("put", "-q", tmp_path / "many", f"s3://{bucket}")
    listed = cli("ls", f"s3://{bucket}").stdout.decode().splitlines()
    assert [line.split()[-1] for line in listed] == [f"{number:04}" for number in range(2100)]
    cli("get", "-q", f"s3://{bucket}", tmp_path / "back")
    assert len(read_tree(tmp_path / "back")) == 2100
    cli("rm", "-q", "--recursive", f"s3://{bucket}")
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_rm(cli, client, bucket):
    put_objects(client, bucket, "a", "b", "d/1.txt", "d/2.jpg", "d2/1", "d/e/3.txt")

    def keys():
        return [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket).get("Contents", [])]

    assert "--recursive" in cli.fails("rm", f"s3://{bucket}", code=2)
    told = cli("rm", "--dry-run", "--recursive", f"s3://{bucket}").stdout.decode()
    assert told.count("would remove") == 6 and len(keys()) == 6
    cli("rm", f"s3://{bucket}/a", f"s3://{bucket}/never-there")
    assert keys() == ["b", "d/1.txt", "d/2.jpg", "d/e/3.txt", "d2/1"]
    cli("rm", "--recursive", "--exclude", "*.jpg", f"s3://{bucket}/d")
    assert keys() == ["b", "d/2.jpg", "d2/1"]
    cli("rm", "--recursive", f"s3://{bucket}")
    assert keys() == []


def test_rm_without_delete_objects(refusing):
    told = Cli(refusing.environment())("rm", "--recursive", "s3://bucket").stdout.decode()
    assert told == "removed  s3://bucket/a\nremoved  s3://bucket/b\n"
    assert sorted(refusing.deleted) == ["/bucket/a", "/bucket/b"]


# MinIO takes none of these.
@pytest.mark.parametrize("s3", ["slipway"], indirect=True)
def test_rm_of_odd_keys(cli, client, bucket):
    keys = ["plain", "a\rb", "\x01 is not in XML", "<&>\"'", "\uffff", " spaces ", "ümlaut"]
    put_objects(client, bucket, *keys)
    told = cli("rm", "--json", "--recursive", f"s3://{bucket}").stdout.splitlines()
    events = [json.loads(line) for line in told]
    assert sorted(event["key"] for event in events) == sorted(keys)
    assert {event["event"] for event in events} == {"removed"}
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_stat(cli, client, bucket):
    client.put_object(Bucket=bucket, Key="a b", Body=b"hello", ContentType="text/plain",
                      Metadata={"owner": "me"}, ChecksumAlgorithm="CRC32")
    told = json.loads(cli("stat", "--json", f"s3://{bucket}/a b").stdout)
    assert (told["size"], told["content_type"], told["metadata"]) == (5, "text/plain",
                                                                      {"owner": "me"})
    assert (told["checksum_algorithm"], told["checksum"]) == ("CRC32", "NhCmhg==")
    assert told["etag"] == "5d41402abc4b2a76b9719d911017c592"
    text = cli("stat", f"s3://{bucket}/a b").stdout.decode()
    assert "CRC32 NhCmhg==" in text and "metadata owner" in text
    assert "no such object" in cli.fails("stat", f"s3://{bucket}/none")
    assert "names no object" in cli.fails("stat", f"s3://{bucket}", code=2)


@pytest.mark.skipif(not shutil.which("curl"), reason="apt-get install curl")
def test_presign(cli, client, bucket):
    url = cli("presign", "--put", f"s3://{bucket}/a b").stdout.decode().strip()
    subprocess.run(["curl", "-sSf", "-X", "PUT", "--data-binary", "hello", url], check=True)
    url = cli("presign", "--expires-in", "5m", f"s3://{bucket}/a b").stdout.decode().strip()
    assert "X-Amz-Expires=300" in url
    assert subprocess.run(["curl", "-sSf", url], capture_output=True, check=True).stdout == b"hello"
    assert "--expires-in" in cli.fails("presign", "--expires-in", "soon", f"s3://{bucket}/a", code=2)


def test_what_is_not_there(cli, bucket, tmp_path):
    assert f"failed  s3://{bucket}/none: " in cli.fails("get", f"s3://{bucket}/none", tmp_path)
    assert f"nothing below s3://{bucket}/none/" in cli.fails("get", f"s3://{bucket}/none/", tmp_path)
    for words in (("get", "s3://no-such-bucket-here/", tmp_path), ("ls", "s3://no-such-bucket-here"),
                  ("stat", "s3://no-such-bucket-here/a"),
                  ("rm", "--recursive", "s3://no-such-bucket-here")):
        assert "bucket" in cli.fails(*words), words
    assert os.listdir(tmp_path) == []


def test_wrong_keys_and_no_endpoint(cli, bucket, tmp_path):
    for words in (("ls", f"s3://{bucket}"), ("get", f"s3://{bucket}/a", tmp_path),
                  ("rm", f"s3://{bucket}/a"), ("stat", f"s3://{bucket}/a")):
        refused = cli.fails(*words, AWS_SECRET_ACCESS_KEY="wrong")
        assert "SignatureDoesNotMatch" in refused or "403" in refused, words
        assert "credentials" in cli.fails(*words, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    away = f"http://127.0.0.1:{free_port()}"
    assert "connect" in cli.fails("ls", f"s3://{bucket}", "--endpoint-url", away)


def test_wrong_use(cli):
    for words in (("get", "s3://bucket/a"), ("get", "s3://a/b", "s3://c/d"), ("get", "file", "."),
                  ("get", "s3://bucket/", "-"), ("get", "--json", "s3://bucket/a", "-"),
                  ("ls", "bucket"), ("rm",), ("rm", "s3://"), ("presign", "s3://bucket")):
        assert cli.fails(*words, code=2), words


def test_ctrl_c_leaves_nothing(tmp_path):
    """Against a store that sends the beginning of an object and no more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        away = f"http://127.0.0.1:{server.getsockname()[1]}"
        target = tmp_path / "target"
        running = subprocess.Popen(
            [program_path(), "get", "--no-sign-request", "--endpoint-url", away,
             "s3://bucket/a", f"{target}/"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
        connection, _ = server.accept()
        with connection:
            head = b'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: "x"\r\n\r\n'
            assert connection.recv(65536).startswith(b"HEAD ")
            connection.sendall(head)
            assert connection.recv(65536).startswith(b"GET ")
            connection.sendall(head + b"x" * 500_000)
            while not target.exists():
                assert running.poll() is None
                time.sleep(0.01)
            running.send_signal(signal.SIGINT)
            _, words = running.communicate(timeout=20)
    assert running.returncode == 130, words
    assert b"stopping" in words and os.listdir(target) == []


def test_put_of_large_files_and_streams(cli, s3, client, bucket, tmp_path):
    """In parts where the store takes them, else whole."""
    large = os.urandom((20 << 20) + 5)
    (tmp_path / "large").write_bytes(large)
    cli("put", tmp_path / "large", f"s3://{bucket}/large")
    assert client.get_object(Bucket=bucket, Key="large")["Body"].read() == large
    done = subprocess.run([program_path(), "put", "-", f"s3://{bucket}/stream"], input=large[:5 << 20],
                          capture_output=True, timeout=60, env=s3.environment(), check=False)
    assert done.returncode == 0, done.stderr
    assert client.get_object(Bucket=bucket, Key="stream")["Body"].read() == large[:5 << 20]
    assert "no name" in cli.fails("put", "-", f"s3://{bucket}/", code=2)


def test_put_sends_what_changed_and_what_is_meant(cli, client, bucket, tmp_path):
    for name in ["a.jpg", "b.txt", "sub/c.jpg"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"first " + name.encode())
    chosen = ["--exclude", "*", "--include", "*.jpg"]
    dry = cli("put", "--dry-run", *chosen, tmp_path, f"s3://{bucket}").stdout.decode()
    assert "a.jpg" in dry and "b.txt" not in dry
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)
    cli("put", *chosen, "--tier", "reduced_redundancy", "--cache-control", "no-cache", "--metadata", "who=me",
        tmp_path, f"s3://{bucket}")
    head = client.head_object(Bucket=bucket, Key="sub/c.jpg")
    assert (head["ContentType"], head["CacheControl"], head["Metadata"]) == (
        "image/jpeg", "no-cache", {"who": "me"})
    assert head.get("StorageClass") == "REDUCED_REDUNDANCY"
    cli("put", tmp_path, f"s3://{bucket}")
    (tmp_path / "b.txt").write_bytes(b"other " + b"b.txt")
    events = [json.loads(line) for line in
              cli("put", "--json", "--if-changed", tmp_path, f"s3://{bucket}").stdout.splitlines()]
    assert [event["key"] for event in events if event["event"] == "stored"] == ["b.txt"]
    assert events[-1]["files_skipped"] == 2
    cli("put", "--if-absent", tmp_path / "a.jpg", f"s3://{bucket}/b.txt")
    assert client.get_object(Bucket=bucket, Key="b.txt")["Body"].read() == b"other b.txt"


def test_if_absent_asks_before_it_sends_much(s3, cli, client, bucket, tmp_path):
    (tmp_path / "small").write_bytes(b"x")
    (tmp_path / "large").write_bytes(bytes(1 << 20))
    (tmp_path / "new").write_bytes(bytes(1 << 20))
    put_objects(client, bucket, "small", "large")
    words = ["put", "--if-absent", tmp_path, f"s3://{bucket}/"]
    assert "would send 1 file, 1.0 MiB, 2 skipped" in cli(*words, "--dry-run").stdout.decode()
    with HttpFront(s3.url) as front:
        told = Cli({**s3.environment(), "AWS_ENDPOINT_URL": front.url})(*words).stdout.decode()
    assert "1 file stored" in told and "2 skipped" in told
    assert {path for method, path in front.requests if method == "PUT"} \
        == {f"/{bucket}/small", f"/{bucket}/new"}
    assert client.head_object(Bucket=bucket, Key="new")["ContentLength"] == 1 << 20


def test_exclude_is_for_objects_that_are_named_too(cli, client, bucket, tmp_path):
    put_objects(client, bucket, "a/kept.txt", "a/gone.txt")
    places = [f"s3://{bucket}/a/kept.txt", f"s3://{bucket}/a/gone.txt"]
    cli("rm", "--exclude", "kept*", *places)
    assert [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/kept.txt"]
    cli("get", "--exclude", "kept*", places[0], tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_fifo_that_is_named_is_a_failure(cli, bucket, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    told = cli.fails("put", tmp_path / "pipe", f"s3://{bucket}/")
    assert "is a fifo" in told and "standard input" in told


def test_put_reports_each_file_that_failed(cli, client, bucket, tmp_path):
    (tmp_path / "good").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to("nowhere")
    done = cli("put", tmp_path, tmp_path / "missing", f"s3://{bucket}", code=1)
    assert "broken" in done.stderr.decode() and "missing" in done.stderr.decode()
    assert client.head_object(Bucket=bucket, Key=f"{tmp_path.name}/good")


def test_output_that_goes_nowhere_is_a_failure(cli, client, bucket):
    put_objects(client, bucket, "a")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program_path(), "ls", f"s3://{bucket}"], stdout=full,
                              stderr=subprocess.PIPE, env=cli.environment, timeout=60, check=False)
    assert done.returncode == 1 and b"standard output" in done.stderr


def test_a_bucket_that_is_not_there_is_said_once(cli, bucket, tmp_path):
    for number in range(300):
        (tmp_path / str(number)).write_bytes(b"x")
    told = cli.fails("put", tmp_path, "s3://no-such-bucket-here/")
    assert "NoSuchBucket" in told or "bucket" in told
    assert told.count("\n") < 100
