# SPDX-License-Identifier: Apache-2.0
"""Sources of one run that would go to one place: nothing is overwritten without a word."""

import os

import pytest
from command import Cli
from s3_endpoint import Endpoint


@pytest.fixture(scope="module")
def s3(slipway):
    return Endpoint(slipway.store_url, slipway.access_key, slipway.secret_key)


@pytest.fixture
def cli(s3):
    return Cli(s3.environment())


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to be in, with another one beside it."""
    write(tmp_path / "here/photos/n.txt", "here")
    write(tmp_path / "here/photos/only.txt", "here")
    write(tmp_path / "other/photos/n.txt", "other")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def write(path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def objects(client, bucket: str) -> dict[str, str]:
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {entry["Key"]: client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode()
            for entry in listed}


@pytest.mark.parametrize("first,second,place", [
    ("2024/a.jpg", "2025/a.jpg", "a.jpg"), ("x/photos/", "y/photos/", "photos"),
    ("x/photos", "y/photos/", "photos"), ("2024/a.jpg", "2024/a.jpg", "a.jpg")])
def test_get_of_sources_with_one_name_brings_none(cli, client, bucket, tmp_path, first, second,
                                                  place):
    for key in (first, second):
        name = key + "p.jpg" if key.endswith("/") else key
        client.put_object(Bucket=bucket, Key=name, Body=name.encode())
    target = tmp_path / "out"
    words = cli.fails("get", f"s3://{bucket}/{first}", f"s3://{bucket}/{second}", f"{target}/")
    assert f"s3://{bucket}/{second} would go where s3://{bucket}/{first} goes" in words
    assert f"{target}/{place}" in words
    assert not target.exists()


def test_put_of_here_and_of_a_folder_whose_name_is_here(cli, client, bucket, here):
    words = cli.fails("put", ".", "../other/photos", f"s3://{bucket}/pc/")
    assert "failed  ../other/photos: ../other/photos has the key of ./photos" in words
    assert objects(client, bucket) == {"pc/photos/n.txt": "here", "pc/photos/only.txt": "here"}


def test_put_of_a_folder_and_of_here_which_has_its_name(cli, client, bucket, here):
    write(here / "letter.txt", "letter")
    words = cli.fails("put", "../other/photos", ".", f"s3://{bucket}/pc/")
    assert "failed  ./photos: ./photos has the key of ../other/photos" in words
    assert objects(client, bucket) == {"pc/photos/n.txt": "other", "pc/letter.txt": "letter"}


def test_put_of_here_and_of_what_has_no_name_here(cli, client, bucket, here):
    write(here.parent / "other/more/n.txt", "more")
    cli("put", ".", "../other/more", f"s3://{bucket}/")
    assert objects(client, bucket)["more/n.txt"] == "more"


def test_put_of_a_list_with_one_key_for_two_files(cli, client, bucket, here, tmp_path):
    absolute = str(here / "photos/n.txt")
    relative = absolute.lstrip("/")
    write(here / relative, "relative")
    write(tmp_path / "list", f"{absolute}\n{relative}\nphotos/only.txt\nphotos/only.txt\n")
    words = cli.fails("put", "--from-file", tmp_path / "list", f"s3://{bucket}/")
    assert f"failed  {relative}: {relative} has the key of {absolute}" in words
    assert objects(client, bucket) == {relative: "here", "photos/only.txt": "here"}


@pytest.mark.parametrize("source", ["../other", "../other/photos"])
def test_put_of_sources_and_a_list(cli, client, bucket, here, tmp_path, source):
    """Alone in front of a list, what is in a folder goes right below the prefix."""
    name = "photos/n.txt" if source == "../other" else "n.txt"
    write(here / "n.txt", "here")
    write(tmp_path / "list", f"photos/only.txt\n{name}\n")
    words = cli.fails("put", source, "--from-file", tmp_path / "list", f"s3://{bucket}/")
    assert f"failed  {name}: {name} has the key of ../other/photos/n.txt" in words
    assert objects(client, bucket) == {name: "other", "photos/only.txt": "here"}


def test_put_of_here_and_a_list_of_the_same_files(cli, client, bucket, here, tmp_path):
    write(tmp_path / "list", "photos/n.txt\n")
    cli("put", ".", "--from-file", tmp_path / "list", f"s3://{bucket}/")
    assert sorted(objects(client, bucket)) == ["photos/n.txt", "photos/only.txt"]


def test_get_of_keys_that_differ_only_as_keys(cli, client, bucket, tmp_path):
    for key in ("a/b", "a//b", "a/./b", "./a/b", "a/b/"):
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    words = cli.fails("get", f"s3://{bucket}/", tmp_path / "out")
    assert words.count("failed  ") == 4
    assert os.listdir(tmp_path / "out") == ["a"]
    assert (tmp_path / "out/a/b").read_text() == "a/b"
