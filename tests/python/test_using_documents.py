# SPDX-License-Identifier: Apache-2.0
"""The Python examples of docs/using, in their order, as they stand there; they print what they say."""

import contextlib
import io
import pathlib
import re

import pytest

DOCUMENTS = pathlib.Path(__file__).resolve().parents[2] / "docs/using"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def run(store, tmp_path, monkeypatch):
    """Runs a document in a folder of its own, with the test's bucket in the place of "photos"."""
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cat.jpg").write_bytes(b"a cat!")
    (tmp_path / "form.pdf").write_bytes(b"%PDF-1.7")

    def run(name: str, **names) -> dict:
        blocks = BLOCK.findall((DOCUMENTS / name).read_text())
        ran = 0
        for place, (language, text) in enumerate(blocks):
            if language != "python":
                continue
            printed = io.StringIO()
            code = text.replace("photos", store.bucket)
            with contextlib.redirect_stdout(printed):
                exec(compile(code, f"{name}, example {place}", "exec"), names)
            after = blocks[place + 1] if place + 1 < len(blocks) else ("python", "")
            expected = after[1] if after[0] == "" and not after[1].startswith("STORAGES") else ""
            assert printed.getvalue().replace(store.bucket, "photos") == expected, text
            ran += 1
        assert ran
        return names

    return run


def test_python(run):
    run("python.md")


def test_from_boto3(run, store):
    def files():
        return {"one": io.BytesIO(b"1"), "two": io.BytesIO(b"2")}

    names = run("from-boto3.md", files=files)
    assert names["urls"] == {key: f"s3://{store.bucket}/{key}" for key in ("one", "two")}
    assert names["keys"] == ["a.txt"] and names["size"] == 5
