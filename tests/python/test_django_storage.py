# SPDX-License-Identifier: Apache-2.0
"""The storage as Django's own tests have it of theirs: names, modes, errors, urls, times."""

import datetime
import io
import os
import pathlib
import threading

import django_project  # noqa: F401  (configures Django)
import pytest
import requests
import slipway.django.storage
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db.migrations.writer import MigrationWriter
from django.test import override_settings
from slipway.django import S3Storage


@pytest.fixture
def options(store):
    return {"bucket_name": store.bucket, "endpoint_url": store.endpoint.url,
            "access_key": store.endpoint.access_key, "secret_key": store.endpoint.secret_key,
            "region_name": "us-east-1"}


@pytest.fixture
def storage(options):
    return S3Storage(**options)


def test_by_its_name_in_settings(options, store):
    with override_settings(STORAGES={
            "default": {"BACKEND": "slipway.django.S3Storage", "OPTIONS": options}}):
        assert storages["default"].save("a.txt", ContentFile(b"content")) == "a.txt"
    assert store.content("a.txt") == b"content"


def test_save_open_exists_size_delete(storage):
    assert not storage.exists("d/a.txt")
    name = storage.save("d/a.txt", ContentFile(b"first\nsecond\n"))
    assert name == "d/a.txt" and storage.exists(name) and storage.size(name) == 13
    with storage.open(name) as file:
        assert isinstance(file, File) and file.name == name and file.size == 13
        assert list(file) == [b"first\n", b"second\n"]
    with storage.open(name, "r") as file:
        assert file.read() == "first\nsecond\n"
    storage.delete(name)
    assert not storage.exists(name)
    storage.delete(name)


def test_a_name_that_is_taken_gets_another(storage):
    names = [storage.save("a.txt", ContentFile(str(number).encode())) for number in range(3)]
    assert names[0] == "a.txt" and len(set(names)) == 3
    assert all(name.startswith("a_") and name.endswith(".txt") for name in names[1:])
    assert [storage.open(name).read() for name in names] == [b"0", b"1", b"2"]


def test_a_name_that_two_take_at_once(storage, store, monkeypatch):
    """Neither is lost: the store decides, not a look before."""
    monkeypatch.setattr(S3Storage, "exists", lambda self, name: name in taken)
    taken = set()
    names = []
    threads = [threading.Thread(target=lambda n=n: names.append(
        storage.save("a.txt", ContentFile(b"%d" % n)))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 6
    assert sorted(store.content(name) for name in names) == [b"%d" % n for n in range(6)]


def test_file_overwrite(options, storage):
    overwriting = S3Storage(**options, file_overwrite=True)
    assert [overwriting.save("a", ContentFile(text)) for text in (b"1", b"2")] == ["a", "a"]
    assert storage.open("a").read() == b"2"


def test_max_length(storage):
    storage.save("a" * 20 + ".txt", ContentFile(b"1"))
    name = storage.save("a" * 20 + ".txt", ContentFile(b"2"), max_length=24)
    assert len(name) <= 24 and storage.open(name).read() == b"2"
    with pytest.raises(SuspiciousFileOperation):
        storage.save("a" * 20 + "/b.txt", ContentFile(b"1"), max_length=10)


def test_kinds_of_content(storage, tmp_path):
    (tmp_path / "file").write_bytes(b"a file")
    temporary = TemporaryUploadedFile("t", "text/plain", 9, None)
    temporary.write(b"temporary")
    kinds = {"text": ContentFile("ümlaut"), "plain": io.BytesIO(b"plain"),
             "memory": SimpleUploadedFile("m", b"memory", "image/png"), "temporary": temporary,
             "file": File(open(tmp_path / "file", "rb"))}
    for name, content in kinds.items():
        storage.save(name, content)
    assert {name: storage.open(name).read() for name in kinds} == {
        "text": "ümlaut".encode(), "plain": b"plain", "memory": b"memory",
        "temporary": b"temporary", "file": b"a file"}
    assert storage.client.stat(key="memory").content_type == "image/png"


def test_from_the_beginning_wherever_it_stands(storage):
    content = ContentFile(b"0123456789")
    content.read(5)
    storage.save("a", content)
    assert storage.size("a") == 10


def test_writing(storage):
    with storage.open("a.txt", "wb") as file:
        file.write(b"one")
        assert not storage.exists("a.txt")
    with storage.open("a.txt", "ab") as file:
        file.write(b" two")
    assert storage.open("a.txt").read() == b"one two"
    with storage.open("a.txt", "w") as file:
        file.write("ü")
    assert storage.open("a.txt").read() == "ü".encode()
    with pytest.raises(FileExistsError):
        storage.open("a.txt", "xb")


def test_what_is_not_there(storage):
    for call in (storage.open, storage.size, storage.get_modified_time):
        with pytest.raises(FileNotFoundError, match="missing"):
            call("missing")
    with pytest.raises(ValueError):
        storage.delete("")
    with pytest.raises(NotImplementedError):
        storage.path("a")


def test_listdir(storage):
    for name in ("a.txt", "d/b.txt", "d/e/c.txt", "f/g.txt"):
        storage.save(name, ContentFile(b""))
    assert storage.listdir("") == (["d", "f"], ["a.txt"])
    assert storage.listdir("d") == storage.listdir("d/") == (["e"], ["b.txt"])
    assert storage.listdir("none") == ([], [])


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "..\\a"])
def test_names_that_lead_out(options, name):
    storage = S3Storage(**options, location="media")
    for call in (storage.exists, storage.open, storage.delete, storage.url,
                 lambda name: storage.save(name, ContentFile(b"1"))):
        with pytest.raises(SuspiciousFileOperation):
            call(name)


def test_location(options, store):
    storage = S3Storage(**options, location="/media/")
    assert storage.save("d\\a.txt", ContentFile(b"1")) == "d/a.txt"
    assert store.keys() == ["media/d/a.txt"] and storage.listdir("d") == ([], ["a.txt"])


def test_urls(options, storage):
    name = storage.save("a ü?.txt", ContentFile(b"content"))
    answer = requests.get(storage.url(name, {"ResponseContentType": "text/x-own"}))
    assert answer.content == b"content" and answer.headers["Content-Type"] == "text/x-own"
    assert "X-Amz-Expires=60&" in storage.url(name, expire=60)
    assert "X-Amz-Expires=90&" in S3Storage(**options, querystring_expire=90).url(name)
    public = S3Storage(**options, querystring_auth=False).url(name)
    assert "?" not in public and requests.get(public).status_code == 403
    domain = S3Storage(**options, custom_domain="cdn.example.com", location="m")
    assert domain.url("a b.txt") == "https://cdn.example.com/m/a%20b.txt"


def test_times(storage):
    storage.save("a", ContentFile(b"1"))
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs(storage.get_modified_time("a") - now) < datetime.timedelta(minutes=1)
    with override_settings(USE_TZ=False, TIME_ZONE="Asia/Tokyo"):
        naive = storage.get_modified_time("a")
    assert naive.tzinfo is None


def test_object_parameters(options):
    storage = S3Storage(**options, object_parameters={"CacheControl": "max-age=60"})
    storage.save("a", ContentFile(b"1"))
    assert storage.client.stat(key="a").cache_control == "max-age=60"
    with pytest.raises(ImproperlyConfigured, match="Grant"):
        S3Storage(**options, object_parameters={"GrantRead": "all"})


def test_wrong_options(options):
    with pytest.raises(ImproperlyConfigured, match="default_acl"):
        S3Storage(**options, default_acl="public-read")
    with pytest.raises(ImproperlyConfigured, match="AWS_STORAGE_BUCKET_NAME"):
        S3Storage().exists("a")


def test_in_a_migration(options):
    text, imports = MigrationWriter.serialize(S3Storage(**options))
    assert text.startswith("slipway.django.storage.S3Storage(")
    assert imports == {"import slipway.django.storage"}


def test_an_error_is_none_of_a_file(options):
    storage = S3Storage(**{**options, "secret_key": "wrong"})
    with pytest.raises(slipway.SlipwayError):
        storage.exists("a")


def open_files() -> list:
    """Those of the disk: connections may come and go."""
    folder = pathlib.Path("/proc/self/fd")
    return [link for each in folder.iterdir()
            if each.is_symlink() and (link := os.readlink(each)).startswith("/") and "pytest" not in link]


def test_no_files_are_left(storage):
    before = len(open_files())
    for turn in range(10):
        with storage.open(storage.save(f"{turn}", ContentFile(b"1"))) as file:
            file.read()
    assert len(open_files()) < before + 5  # one may be just about to be closed
