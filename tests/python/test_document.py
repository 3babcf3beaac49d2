# SPDX-License-Identifier: Apache-2.0
"""Every code block of the document that AWSService was built to, word for word.

tests/data/concurrent-file-upload.md is that document. The package it imports from, ocr.services.aws, is
another name of slipway.aws here.
"""

import inspect
import pathlib
import re
import sys
import types
import typing
import unittest
import unittest.mock

import django_project  # noqa: F401  (configures Django)
import pytest
import slipway.aws
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from rest_framework.test import APIRequestFactory, force_authenticate

DOCUMENT = pathlib.Path(__file__).resolve().parents[1] / "data/concurrent-file-upload.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)


class User:
    pk = 123
    is_authenticated = True


def upload(name: str, content: bytes = b"content") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content + b" of " + name.encode())


@pytest.fixture(autouse=True)
def ocr(monkeypatch):
    services = types.ModuleType("ocr.services")
    services.aws = slipway.aws
    package = types.ModuleType("ocr")
    package.services = services
    for name, module in {"ocr": package, "ocr.services": services,
                         "ocr.services.aws": slipway.aws}.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def store(either_store, monkeypatch):
    for name, value in either_store.environment.items():
        monkeypatch.setenv(name, value)
    return either_store


def run(words: str, **names) -> dict:
    """Runs the block that holds these words."""
    found = [block for block in BLOCKS if words in block]
    assert len(found) == 1, words
    exec(compile(found[0], f"the block with {words!r}", "exec"), names)
    return names


def check_urls(store, urls: dict, category: str, types_of: list, user: int = 123) -> None:
    assert list(urls) == types_of
    for name, url in urls.items():
        key = url.removeprefix(f"s3://{store.bucket}/")
        assert re.fullmatch(rf"{category}/user_{user}/{name}/[0-9a-f]+\.\w+", key), key
        assert store.content(key).startswith(b"content of ")


def test_the_document_has_the_blocks_that_are_run_here():
    assert len(BLOCKS) == 11


def test_signature():
    block = next(block for block in BLOCKS if block.startswith("def "))
    names = {**vars(typing), "InMemoryUploadedFile": InMemoryUploadedFile}
    exec(block + "    ...\n", names)
    documented = inspect.signature(names["upload_files_concurrently"]).parameters.values()
    ours = inspect.signature(slipway.aws.AWSService.upload_files_concurrently).parameters.values()
    assert [(each.name, each.default, each.kind) for each in ours] == [
        (each.name, each.default, each.kind) for each in documented]


def request(**files):
    return types.SimpleNamespace(FILES=files, user=User)


def test_basic_upload(store):
    made = run("'utility_bill': request.FILES.get('utility_bill'),\n    'bank_statement': "
               "request.FILES.get('bank_statement'),\n    'contract'",
               request=request(passport=upload("p.pdf"), contract=upload("c.pdf")))
    check_urls(store, made["urls"], "kyc_documents", ["passport", "contract"])


def test_identity_cards(store):
    service = slipway.aws.AWSService()
    made = run("image_front=front_image", aws_service=service, user=User,
               front_image=upload("f.jpg"), back_image=upload("b.jpg"), selfie_image=upload("s.jpg"),
               selfie_video=upload("v.mp4"))
    check_urls(store, made["urls"], "id_cards", ["front", "back", "selfie", "selfie_video"])


def test_profile_documents(store):
    made = run("profile_files = {", aws_service=slipway.aws.AWSService(), user=User,
               profile_pic=upload("p.png"), resume_file=upload("r.pdf"),
               cover_letter_file=upload("c.doc"), portfolio_file=None)
    check_urls(store, made["urls"], "profile", ["profile_picture", "resume", "cover_letter"])


def test_bulk_upload(store):
    documents = [upload(f"{number}.txt") for number in range(30)]
    made = run("bulk_files = {", aws_service=slipway.aws.AWSService(), user=User,
               document_list=documents)
    check_urls(store, made["urls"], "bulk_documents", [f"document_{n}" for n in range(30)])


def test_error_handling(store, capsys, tmp_path):
    files = {"good": upload("g.txt"), "bad": tmp_path / "missing"}
    run("# Critical error occurred", aws_service=slipway.aws.AWSService(), user=User, files=files)
    assert capsys.readouterr().out == "Failed uploads: {'bad'}\n"


def test_a_critical_error(store, capsys, monkeypatch):
    monkeypatch.delenv("AWS_STORAGE_BUCKET_NAME")
    run("# Critical error occurred", aws_service=slipway.aws.AWSService(), user=User,
        files={"good": upload("g.txt")})
    assert capsys.readouterr().out.startswith("Upload failed: no bucket is configured")


def post(view, **files):
    made = APIRequestFactory().post("/", files, format="multipart")
    force_authenticate(made, user=User)
    return view.as_view()(made)


def test_view(store, monkeypatch):
    view = run("class DocumentUploadView")["DocumentUploadView"]
    answer = post(view, passport=upload("p.pdf"), utility_bill=upload("u.pdf"))
    assert answer.status_code == 200
    assert {name: answer.data[name] for name in ("status", "uploaded_count", "total_files")} == {
        "status": "success", "uploaded_count": 2, "total_files": 2}
    check_urls(store, answer.data["uploaded_files"], "verification_documents",
               ["passport", "utility_bill"])
    answer = post(view)
    assert (answer.status_code, answer.data) == (400, {"error": "No files provided"})
    monkeypatch.delenv("AWS_STORAGE_BUCKET_NAME")
    answer = post(view, passport=upload("p.pdf"))
    assert answer.status_code == 500 and answer.data["error"].startswith("Upload failed: no bucket")


def test_serializer(store):
    made = run("class DocumentUploadSerializer")
    serializer = made["DocumentUploadSerializer"](data={"passport": upload("p.pdf")})
    assert serializer.is_valid(), serializer.errors
    check_urls(store, serializer.save(user=User), "user_documents", ["passport"])


@pytest.mark.parametrize("mock_file", [upload("a.jpg"), unittest.mock.Mock(), None],
                         ids=["upload", "mock", "none"])
def test_the_documents_own_test(store, mock_file):
    case = run("class TestConcurrentUpload", mock_file=mock_file)["TestConcurrentUpload"]
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.testsRun == 1 and result.wasSuccessful(), result.errors + result.failures


def test_with_gevent_alone_mocked(store):
    """The files are stored all the same."""
    with unittest.mock.patch("ocr.services.aws.gevent") as mocked:
        urls = slipway.aws.AWSService().upload_files_concurrently(123, {"a": upload("a.jpg")})
    mocked.pool.Pool.assert_called_once_with(5)
    check_urls(store, urls, "general", ["a"])


def test_migration(store):
    made = run("# Old way (sequential)", aws_service=slipway.aws.AWSService(), user=User, urls={},
               files={"a": upload("a.txt"), "b": upload("b.txt")})
    check_urls(store, made["urls"], "documents", ["a", "b"])


def test_monitoring(store, capsys):
    run("import time", aws_service=slipway.aws.AWSService(), user=User,
        files={"a": upload("a.txt"), "b": upload("b.txt")})
    told = capsys.readouterr().out
    assert re.fullmatch(r"Uploaded 2 files in \d+\.\d\d seconds\nSuccess rate: 100\.0%\n", told)
