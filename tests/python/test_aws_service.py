# SPDX-License-Identifier: Apache-2.0
"""AWSService beyond the document's own blocks: keys, failures, configuration."""

import hashlib
import inspect
import logging
import os
import re

import django_project  # noqa: F401  (configures Django)
import pytest
import slipway
from django.core.files.uploadedfile import (InMemoryUploadedFile, SimpleUploadedFile,
                                            TemporaryUploadedFile)
from django.test import override_settings
from slipway import AWSService
from sources_of_tests import OnlyRead, silent_server


@pytest.fixture
def service(store):
    return AWSService(store.bucket, **{name: value for name, value in store.options.items()
                                       if name != "bucket"})


def temporary_upload(name: str, content: bytes) -> TemporaryUploadedFile:
    file = TemporaryUploadedFile(name, "image/png", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def test_signatures_are_the_documented_ones():
    def words(function):
        return [(name, parameter.default) for name, parameter in
                inspect.signature(function).parameters.items()]

    none = inspect.Parameter.empty
    assert words(AWSService.upload_files_concurrently) == [
        ("self", none), ("user_id", none), ("files", none), ("file_category", "general"),
        ("bucket_name", None), ("max_workers", 5)]
    assert words(AWSService.upload_to_s3) == [
        ("self", none), ("user_id", none), ("image_front", none), ("image_back", none),
        ("selfie", none), ("selfie_video", None)]
    assert next(iter(words(AWSService.upload_single_file)[1:])) == ("file_obj", none)


def test_keys_and_content(service, store, tmp_path):
    (tmp_path / "Cv.PDF").write_bytes(b"a path")
    files = {
        "memory": SimpleUploadedFile("me.JPG", b"in memory", "image/jpeg"),
        "temporary": temporary_upload("scan.png", b"on disk"), "bytes": b"bytes", "none": None,
        "stream": OnlyRead(b"stream"), "path": tmp_path / "Cv.PDF"}
    urls = service.upload_files_concurrently(7, files, "kyc/eu")
    contents = {"memory": (b"in memory", "jpg"), "temporary": (b"on disk", "png"),
                "bytes": (b"bytes", "bin"), "stream": (b"stream", "bin"), "path": (b"a path", "pdf")}
    assert list(urls) == list(contents)
    for name, (content, extension) in contents.items():
        key = urls[name].removeprefix(f"s3://{store.bucket}/")
        assert re.fullmatch(rf"kyc/eu/user_7/{name}/[0-9a-f]{{32}}\.{extension}", key)
        assert store.content(key) == content
        if name != "stream":
            assert hashlib.sha256(content).hexdigest()[:32] in key
    info = service.s3.stat(urls["memory"])
    assert info.content_type == "image/jpeg"


def test_a_temporary_upload_is_not_read_in_python(service, monkeypatch):
    file = temporary_upload("a.png", os.urandom(1 << 20))
    monkeypatch.setattr(file.file, "read", None)
    assert service.upload_files_concurrently(1, {"a": file})
    assert not file.file.closed and file.tell() == 0


def test_an_upload_in_memory_is_neither_copied_nor_closed(service, store):
    file = SimpleUploadedFile("a.txt", b"0123456789", "text/plain")
    assert isinstance(file, InMemoryUploadedFile)
    file.seek(4)
    url = service.upload_single_file(file)
    assert service.s3.stat(url).size == 6
    assert file.tell() == 4 and file.read() == b"456789"
    file.close()


def test_identity_cards(service, store):
    urls = service.upload_to_s3(5, b"f", b"b", b"s")
    assert list(urls) == ["front", "back", "selfie"]
    assert all(f"/id_cards/user_5/{name}/" in url for name, url in urls.items())
    urls = service.upload_to_s3(5, b"f", None, b"s", selfie_video=b"v")
    assert list(urls) == ["front", "selfie", "selfie_video"]


def test_a_failure_is_logged_and_readable(service, caplog, tmp_path):
    caplog.set_level(logging.ERROR, "slipway.aws")
    files = {"good": b"1", "missing": tmp_path / "missing.pdf", "../up": b"2", "a/b": b"3",
             "wrong": 12}
    urls = service.upload_files_concurrently(9, files)
    assert list(urls) == ["good"] and list(service.last_report) == list(files)
    for name in list(files)[1:]:
        assert service.last_report[name].error is not None
        assert any(f"upload of {name} for user 9 failed" in record.getMessage()
                   for record in caplog.records), name
    assert "cannot be part of a key" in str(service.last_report["../up"].error)
    assert service.last_report["good"].url == urls["good"]


def test_a_bucket_that_is_not_there_fails_each_file(service):
    assert service.upload_files_concurrently(1, {"a": b"1", "b": b"2"}, bucket_name="no-such") == {}
    codes = {outcome.error.code for outcome in service.last_report.values()}
    assert codes == {"NoSuchBucket"}


def test_a_store_that_is_away_fails_each_file(store):
    with silent_server() as (url, _):
        service = AWSService(store.bucket, endpoint_url=url, access_key_id="a",
                             secret_access_key="b", timeout=0.3)
        assert service.upload_files_concurrently(1, {"a": b"1", "b": b"2"}) == {}
    assert {type(outcome.error) for outcome in service.last_report.values()} == {
        slipway.TimedOutError}


def test_wrong_keys_fail_each_file(store):
    service = AWSService(store.bucket, endpoint_url=store.endpoint.url, access_key_id="a",
                         secret_access_key="b")
    assert service.upload_files_concurrently(1, {"a": b"1"}) == {}
    assert service.last_report["a"].error.status == 403


def test_what_concerns_all_is_raised(store, monkeypatch):
    with pytest.raises(slipway.InvalidArgumentError, match="AWS_STORAGE_BUCKET_NAME"):
        AWSService().upload_files_concurrently(1, {"a": b"1"})
    with pytest.raises(slipway.UnauthenticatedError, match="AWS_ACCESS_KEY_ID"):
        AWSService(store.bucket, endpoint_url=store.endpoint.url).upload_files_concurrently(
            1, {"a": b"1"})


@pytest.mark.parametrize("arguments", [
    {"max_workers": 0}, {"max_workers": -3}, {"max_workers": "many"}, {"file_category": ".."},
    {"file_category": ""}, {"user_id": "../1"}, {"user_id": ""}])
def test_bad_arguments(service, arguments):
    with pytest.raises(slipway.InvalidArgumentError):
        service.upload_files_concurrently(**{"user_id": 1, "files": {"a": b"1"}, **arguments})


def test_no_ceiling_for_requests(service):
    files = {f"file_{number}": b"%d" % number for number in range(20)}
    assert service.upload_files_concurrently(1, files, max_workers=None).keys() == files.keys()


def test_no_files(service):
    assert service.upload_files_concurrently(1, {}) == {} == service.last_report
    assert service.upload_files_concurrently(1, {"a": None}) == {}


def test_upload_single_file_raises(service, tmp_path):
    with pytest.raises(slipway.NotFoundError):
        service.upload_single_file(tmp_path / "missing")
    with pytest.raises(slipway.InvalidArgumentError, match="there is no file"):
        service.upload_single_file(None)


def test_settings_as_django_storages_names_them(store):
    settings = {"AWS_STORAGE_BUCKET_NAME": store.bucket, "AWS_S3_ENDPOINT_URL": store.endpoint.url,
                "AWS_S3_REGION_NAME": "us-east-1", "AWS_ACCESS_KEY_ID": store.endpoint.access_key,
                "AWS_SECRET_ACCESS_KEY": store.endpoint.secret_key}
    with override_settings(**settings):
        assert AWSService().upload_files_concurrently(1, {"a": b"1"})
        other = AWSService(access_key_id="given", secret_access_key="given")
        assert other.upload_files_concurrently(1, {"a": b"1"}) == {}
    with override_settings(**{**settings, "AWS_S3_ACCESS_KEY_ID": "other",
                              "AWS_S3_SECRET_ACCESS_KEY": "other"}):
        assert AWSService().upload_files_concurrently(1, {"a": b"1"}) == {}


def test_the_environment(store, monkeypatch):
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    assert AWSService().upload_files_concurrently(1, {"a": b"1"})
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    assert AWSService().upload_files_concurrently(1, {"a": b"1"}) == {}


def test_services_share_a_client(store):
    options = {name: value for name, value in store.options.items() if name != "bucket"}
    assert AWSService(store.bucket, **options).s3 is AWSService(store.bucket, **options).s3
