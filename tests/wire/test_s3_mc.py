# SPDX-License-Identifier: Apache-2.0
"""MinIO's client mc, against the S3 port."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest
import requests

from foreign_client import MIB, ForeignClient, bytes_of, folder_of_files


def mc_path() -> str | None:
    """mc is also the name of a file manager: ours is asked for first."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    cached = cache / "slipway-bench/bin/mc"
    return str(cached) if cached.exists() else shutil.which("mcli")


pytestmark = pytest.mark.skipif(not mc_path(), reason="mc is not there: bench/peers/install.sh mc")


@pytest.fixture
def mc(s3, tmp_path):
    host = s3.url.replace("://", f"://{s3.access_key}:{s3.secret_key}@")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
                   "MC_HOST_s3": host, "MC_UPDATE": "off"}
    return ForeignClient(mc_path(), environment, tmp_path)


def listed(mc, *words: str) -> list[dict]:
    return [json.loads(line) for line in mc("ls", "--json", *words).splitlines()]


def test_buckets_and_files(mc):
    bucket = "wire-mc-files"
    mc("mb", f"s3/{bucket}")
    assert f"{bucket}/" in [entry["key"] for entry in listed(mc, "s3")]
    data = mc.write("up.txt", b"hello")
    mc("cp", "--attr", "k=v", "up.txt", f"s3/{bucket}/dir/")
    stat = json.loads(mc("stat", "--json", f"s3/{bucket}/dir/up.txt"))
    assert (stat["size"], stat["metadata"]["Content-Type"]) == (5, "text/plain")
    assert stat["metadata"]["X-Amz-Meta-K"] == "v"
    assert mc.run("cat", f"s3/{bucket}/dir/up.txt").stdout == data
    mc("cp", f"s3/{bucket}/dir/up.txt", f"s3/{bucket}/copy.txt")
    mc("mv", f"s3/{bucket}/copy.txt", f"s3/{bucket}/moved.txt")
    mc("cp", f"s3/{bucket}/moved.txt", "down.txt")
    assert mc.read("down.txt") == data
    assert {entry["key"] for entry in listed(mc, f"s3/{bucket}/")} == {"moved.txt", "dir/"}
    mc.fails("rb", f"s3/{bucket}")
    mc("rb", "--force", f"s3/{bucket}")
    assert f"{bucket}/" not in [entry["key"] for entry in listed(mc, "s3")]


def test_a_mirror(mc, bucket):
    files = folder_of_files(mc, "up")
    mc("mirror", "up", f"s3/{bucket}/all")
    assert mc("diff", "up", f"s3/{bucket}/all") == ""
    name = sorted(files)[2]
    (mc.folder / "up" / name).unlink()
    del files[name]
    mc("mirror", "--overwrite", "--remove", "up", f"s3/{bucket}/all")
    mc("mirror", f"s3/{bucket}/all", "down")
    assert mc.tree("down") == files
    assert len(mc("find", f"s3/{bucket}", "--name", "*.bin").splitlines()) == len(files)
    du = json.loads(mc("du", "--json", f"s3/{bucket}"))
    assert (du["objects"], du["size"]) == (len(files), sum(map(len, files.values())))
    mc("rm", "--recursive", "--force", f"s3/{bucket}/all")
    assert listed(mc, "--recursive", f"s3/{bucket}") == []


def test_a_large_file_in_parts(mc, bucket, client):
    data = mc.write("large.bin", bytes_of(36 * MIB, "large"))
    mc("cp", "large.bin", f"s3/{bucket}/")
    assert re.search(r'-\d+"$', client.head_object(Bucket=bucket, Key="large.bin")["ETag"])
    mc("cp", f"s3/{bucket}/large.bin", "down.bin")
    assert mc.read("down.bin") == data
    mc("cp", f"s3/{bucket}/large.bin", f"s3/{bucket}/twin.bin")
    assert client.head_object(Bucket=bucket, Key="twin.bin")["ContentLength"] == len(data)
    assert listed(mc, "--incomplete", f"s3/{bucket}") == []


def test_from_a_pipe(mc, bucket):
    data = bytes_of(18 * MIB, "pipe")
    mc("pipe", f"s3/{bucket}/piped", data=data)
    assert mc.run("cat", f"s3/{bucket}/piped").stdout == data
    assert mc.run("cat", "--offset", "1000000", "--tail", "0", f"s3/{bucket}/piped").stdout == (
        data[1_000_000:])


def test_tags(mc, bucket):
    mc("pipe", "--tags", "a=1&b=x%20y", f"s3/{bucket}/tagged", data=b"x")
    tags = json.loads(mc("tag", "list", "--json", f"s3/{bucket}/tagged"))
    assert tags["tagset"] == {"a": "1", "b": "x y"}
    mc("tag", "set", f"s3/{bucket}/tagged", "c=2")
    assert json.loads(mc("tag", "list", "--json", f"s3/{bucket}/tagged"))["tagset"] == {"c": "2"}
    mc("tag", "remove", f"s3/{bucket}/tagged")
    assert "No tags" in mc("tag", "list", f"s3/{bucket}/tagged")


def test_lifecycle_and_versioning(mc, bucket):
    mc("ilm", "rule", "add", "--expire-days", "3", "--prefix", "tmp/", f"s3/{bucket}")
    rules = json.loads(mc("ilm", "rule", "list", "--json", f"s3/{bucket}"))
    [rule] = rules["config"]["Rules"]
    assert rule["Expiration"]["Days"] == 3
    mc("ilm", "rule", "remove", "--all", "--force", f"s3/{bucket}")
    assert "un-versioned" in mc("version", "info", f"s3/{bucket}")


def test_shared_for_download_and_upload(mc, bucket):
    mc("pipe", f"s3/{bucket}/a b", data=b"hello")
    share = json.loads(mc("share", "download", "--json", f"s3/{bucket}/a b"))
    assert requests.get(share["share"], timeout=10).content == b"hello"
    # A form with a policy, as a curl command.
    share = json.loads(mc("share", "upload", "--json", f"s3/{bucket}/posted"))
    mc.write("form.txt", b"from a form")
    command = share["share"].replace("<FILE>", "form.txt")
    done = subprocess.run([*shlex.split(command), "-sS", "--fail-with-body"], cwd=mc.folder,
                          capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert mc.run("cat", f"s3/{bucket}/posted").stdout == b"from a form"
