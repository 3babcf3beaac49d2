# SPDX-License-Identifier: Apache-2.0
"""Everything that can be uploaded, from where it is, and left as it was."""

import array
import hashlib
import io
import mmap
import os
import pathlib
import tempfile
import threading

import pytest
import slipway
from slipway import HashedKey
from sources_of_tests import Failing, OnlyRead, Seekable, silent_server
from starlette.datastructures import UploadFile
from werkzeug.datastructures import FileStorage

CONTENT = os.urandom((1 << 20) + 17)


def open_file(folder: pathlib.Path, content: bytes = CONTENT):
    path = folder / "file.bin"
    path.write_bytes(content)
    return open(path, "rb")


@pytest.mark.parametrize("make", [
    bytes, bytearray, memoryview, lambda content: array.array("B", content), io.BytesIO, OnlyRead,
    Seekable], ids=lambda make: getattr(make, "__name__", "array"))
def test_content_arrives(client, store, make):
    outcome = client.upload(make(CONTENT), key="a/object")
    assert store.content("a/object") == CONTENT
    assert (outcome.size, outcome.url) == (len(CONTENT), f"s3://{store.bucket}/a/object")
    assert outcome.ok and not outcome.skipped and outcome.attempts == 1 and outcome.checksum


@pytest.mark.parametrize("make", [bytes, io.BytesIO, OnlyRead, Seekable])
def test_empty_ones_too(client, store, make):
    assert client.upload(make(b""), key="empty").ok
    assert store.content("empty") == b""


def test_paths_and_open_files(client, store, tmp_path):
    file = open_file(tmp_path)
    (tmp_path / os.fsdecode(b"not \xff utf-8")).write_bytes(b"odd name")
    outcomes = client.upload_many({
        "str": str(tmp_path / "file.bin"), "path": tmp_path / "file.bin", "open": file,
        "raw": open(tmp_path / "file.bin", "rb", buffering=0),
        "odd": tmp_path / os.fsdecode(b"not \xff utf-8")})
    assert [outcome.error for outcome in outcomes] == [None] * 5
    assert all(store.content(key) == CONTENT for key in ("str", "path", "open", "raw"))
    assert store.content("odd") == b"odd name"
    assert not file.closed and file.tell() == 0 and file.read() == CONTENT


def test_a_file_whose_name_is_gone(client, store):
    with tempfile.TemporaryFile() as file:
        file.write(b"what was just written and not flushed")
        file.seek(0)
        client.upload(file, key="gone")
        assert file.tell() == 0
    assert store.content("gone") == b"what was just written and not flushed"


@pytest.mark.parametrize("limit", [10, 10 << 20], ids=["on disk", "in memory"])
def test_spooled_files(client, store, limit):
    with tempfile.SpooledTemporaryFile(max_size=limit) as file:
        file.write(CONTENT)
        file.seek(0)
        client.upload(file, key="spooled")
        assert file.read(5) == CONTENT[:5]
    assert store.content("spooled") == CONTENT


def test_uploads_of_other_frameworks(client, store):
    spooled = tempfile.SpooledTemporaryFile(max_size=10)
    spooled.write(CONTENT)
    spooled.seek(0)
    files = {"werkzeug": FileStorage(io.BytesIO(CONTENT), "a.bin"),
             "starlette": UploadFile(spooled, filename="a.bin")}
    assert [outcome.error for outcome in client.upload_many(files)] == [None, None]
    assert [store.content(key) for key in files] == [CONTENT, CONTENT]
    assert not spooled.closed and not files["werkzeug"].closed


@pytest.mark.parametrize("make", [io.BytesIO, Seekable, None], ids=["BytesIO", "Seekable", "file"])
def test_what_follows_the_position(client, store, tmp_path, make):
    file = make(CONTENT) if make else open_file(tmp_path)
    file.seek(1000)
    client.upload(file, key="rest")
    assert store.content("rest") == CONTENT[1000:]
    assert file.tell() == 1000 and not getattr(file, "closed", False)


def test_a_stream_is_at_its_end_and_open(client, store):
    stream = OnlyRead(CONTENT)
    stream.read(3)
    client.upload(stream, key="stream")
    assert store.content("stream") == CONTENT[3:]
    assert stream.read(1) == b"" and not stream.closed


def test_a_pipe(client, store):
    read_end, write_end = os.pipe()
    os.write(write_end, b"through a pipe")
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        client.upload(pipe, key="pipe")
    assert store.content("pipe") == b"through a pipe"


def test_a_mapped_file(client, store, tmp_path):
    with open_file(tmp_path) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        mapped.seek(7)
        client.upload(mapped, key="mapped")
        assert mapped.tell() == 7
    assert store.content("mapped") == CONTENT[7:]


@pytest.mark.parametrize("bucket", [None, "there-is-no-such-bucket"])
def test_buffers_are_let_go(client, bucket):
    """A bytearray can be resized and a BytesIO closed again, however it ended."""
    content = bytearray(CONTENT)
    memory = io.BytesIO(CONTENT)
    outcomes = client.upload_many({"a": content, "b": memory}, bucket=bucket)
    assert [outcome.ok for outcome in outcomes] == [bucket is None] * 2
    content.append(1)
    memory.close()


def test_buffers_are_held_while_they_are_sent(store):
    content = bytearray(CONTENT)
    held = []
    token = slipway.CancelToken()
    with silent_server() as (url, asked):
        def resize():
            asked.wait(30)
            try:
                content.append(0)
            except BufferError:
                held.append(True)
            token.cancel()

        thread = threading.Thread(target=resize)
        thread.start()
        with slipway.Client(**{**store.options, "endpoint_url": url}) as client:
            outcome = client.upload_many({"a": content}, cancel=token)[0]
        thread.join()
    assert held == [True] and isinstance(outcome.error, slipway.CancelledError)
    content.append(1)


def test_a_buffer_in_pieces_is_refused(client):
    outcome = client.upload_many({"a": memoryview(b"123456")[::2]})[0]
    assert isinstance(outcome.error, slipway.InvalidArgumentError)
    assert "contiguous" in str(outcome.error)


@pytest.mark.parametrize("given, words", [
    (12, "an object of type int is nothing that can be uploaded: give a path, bytes"),
    (None, "NoneType"), (io.StringIO("text"), 'is open as text: open it with "rb"')])
def test_what_is_no_source(client, given, words):
    with pytest.raises(slipway.InvalidArgumentError) as raised:
        client.upload(given, key="a")
    assert words in str(raised.value) and raised.value.key == "a"


def test_a_closed_file(client, tmp_path):
    file = open_file(tmp_path)
    file.close()
    with pytest.raises(slipway.InvalidArgumentError, match="closed"):
        client.upload(file, key="a")


def test_a_path_that_is_not_there(client, tmp_path):
    outcome = client.upload_many({"a": tmp_path / "missing"})[0]
    assert isinstance(outcome.error, slipway.NotFoundError) and "missing" in str(outcome.error)


@pytest.mark.parametrize("answer, words", [("text", "answered str"), (None, "answered NoneType")])
def test_a_read_that_answers_no_bytes(client, answer, words):
    class Wrong(Seekable):
        def read(self, size=-1):
            return answer

    with pytest.raises(slipway.SourceError, match=words):
        client.upload(Wrong(b"12"), key="a")


def test_a_read_that_raises_is_the_cause(client, store):
    broken = ConnectionResetError("the disk is on fire")
    outcomes = client.upload_many({"bad": Failing(broken), "good": b"good"})
    assert store.content("good") == b"good"
    error = outcomes[0].error
    assert isinstance(error, slipway.SourceError) and error.__cause__ is broken
    assert "ConnectionResetError: the disk is on fire" in str(error)


def test_a_file_that_is_shorter_than_it_said(client):
    class Shrunk(Seekable):
        def read(self, size=-1):
            return b""

    with pytest.raises(slipway.CorruptedError):
        client.upload(Shrunk(b"1234"), key="a")


@pytest.mark.parametrize("make", [bytes, io.BytesIO, Seekable, None],
                         ids=["bytes", "BytesIO", "Seekable", "path"])
def test_keys_named_after_their_content(client, store, tmp_path, make):
    source = make(CONTENT) if make else open_file(tmp_path).name
    outcome = client.upload(source, key=HashedKey("by-hash/", ".bin", 16))
    assert outcome.key == f"by-hash/{hashlib.sha256(CONTENT).hexdigest()[:16]}.bin"
    assert store.content(outcome.key) == CONTENT


def test_the_same_content_is_one_object(client, store):
    contents = [CONTENT, bytearray(CONTENT), Seekable(CONTENT), b"other"]
    outcomes = client.upload_many([(content, HashedKey("same/")) for content in contents])
    assert [outcome.ok for outcome in outcomes] == [True] * 4
    assert len({outcome.key for outcome in outcomes[:3]}) == 1
    assert store.keys("same/") == sorted({outcome.key for outcome in outcomes})


def test_a_stream_has_no_name_by_content(client):
    with pytest.raises(slipway.InvalidArgumentError, match="read only once"):
        client.upload(OnlyRead(b"1"), key=HashedKey("a/"))


def test_in_parts(minio_store):
    content = os.urandom(21 << 20)
    with slipway.Client(**minio_store.options) as client:
        outcomes = client.upload_many({"stream": OnlyRead(content), "seekable": Seekable(content),
                                       "memory": content}, part_bytes=8 << 20)
    assert [outcome.error for outcome in outcomes] == [None] * 3
    for outcome in outcomes:
        assert minio_store.content(outcome.key) == content
