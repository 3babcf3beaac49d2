# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` brings, used as others use it: examples/ built against it, and run."""

import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess

import pytest
from s3_endpoint import endpoint_of_minio, new_bucket
from slipway_process import program_path

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUARES = b"".join(b"%15d\n" % (number * number) for number in range(100_000))


def run(*command, **options) -> str:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, timeout=300,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}:\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """An installation of the build that the program is from."""
    folder = tmp_path_factory.mktemp("installed")
    build = pathlib.Path(program_path()).parent
    assert (build / "libslipway.so").exists(), f"build all of {build} first: ninja -C {build}"
    run("cmake", "--install", build, "--prefix", folder, "--strip")
    return folder


@pytest.fixture(scope="module")
def examples(prefix, tmp_path_factory):
    """The folder with the examples' programs, built against the installation and nothing else."""
    source = tmp_path_factory.mktemp("elsewhere") / "examples"
    source.mkdir()
    for file in (ROOT / "examples").glob("*.*"):
        (source / file.name).write_bytes(file.read_bytes())
    build = source / "build"
    run("cmake", "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
        "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wconversion -Werror")
    run("ninja", "-C", build)
    return build


def test_installs_what_each_reader_looks_for(prefix):
    version = run(prefix / "bin/slipway", "--version").strip().split()[-1]
    library = next(prefix.rglob("libslipway.so"))
    assert library.resolve().name == f"libslipway.so.{version}"
    assert {path.name for path in (prefix / "include/slipway").iterdir()} == {
        path.name for path in (ROOT / "include/slipway").iterdir()}
    page = (prefix / "share/man/man1/slipway.1").read_text()
    assert page.startswith(".TH") and "presign" in page
    for name in ("bash-completion/completions/slipway", "zsh/site-functions/_slipway",
                 "fish/vendor_completions.d/slipway.fish"):
        assert "slipway" in (prefix / "share" / name).read_text(), name
    run("bash", "-n", prefix / "share/bash-completion/completions/slipway")


def test_the_library_shows_its_public_names_alone(prefix):
    names = run("nm", "-DC", "--defined-only", next(prefix.rglob("libslipway.so"))).splitlines()
    shown = [name.split(" ", 2)[2] for name in names]
    assert any("slipway::Upload::start(" in name for name in shown)
    ours = re.compile(r"(typeinfo (name )?for |vtable for )?slipway::"
                      r"(to_string|parse_s3_uri|each_of|version|make_token|default_data_dir|"
                      r"read_store_keys|check_store|Error|S3|Sha256|Upload|Download|Server|"
                      r"StoreServer)\b")
    assert [name for name in shown if not ours.match(name)] == []


@pytest.mark.parametrize("header", sorted(
    path.name for path in (ROOT / "include/slipway").iterdir()))
def test_each_header_stands_alone(prefix, header, tmp_path):
    user = tmp_path / "user.cpp"
    user.write_text(f'#include "slipway/{header}"\n')
    run("c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
        "-fsyntax-only", f"-I{prefix}/include", user)


def test_the_documented_program_is_one(prefix, tmp_path):
    document = (ROOT / "docs/using/cpp.md").read_text()
    program = tmp_path / "program.cpp"
    program.write_text(re.search(r"```cpp\n(.*?)```", document, re.DOTALL).group(1))
    run("c++", "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{prefix}/include",
        program)


def test_upload_folder(examples, s3, client, bucket, tmp_path):
    tree = {"a.txt": b"one", "deep/er/b c.bin": os.urandom(17 << 20), "empty": b""}
    folder = tmp_path / "folder"
    for name, content in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    told = run(examples / "upload_folder", folder, f"s3://{bucket}/to", env=s3.environment())
    assert f"{len(tree)} of {len(tree)} files" in told
    listed = client.list_objects_v2(Bucket=bucket)["Contents"]
    assert {entry["Key"]: client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            for entry in listed} == {f"to/{name}": content for name, content in tree.items()}


def test_upload_folder_says_what_failed(examples, s3, bucket, tmp_path):
    (tmp_path / ("k" * 200 + "a")).write_text("too long a key, with its prefix")
    (tmp_path / "good").write_text("good")

    def upload(*words):
        return subprocess.run([examples / "upload_folder", *words], env=s3.environment(),
                              capture_output=True, text=True, timeout=60, check=False)

    done = upload(tmp_path, f"s3://{bucket}/" + "p" * 900)
    assert done.returncode == 1
    assert f"failed: {tmp_path}/kkk" in done.stderr and "1 of 1 files" in done.stderr
    assert upload(tmp_path).returncode == 2
    assert upload(tmp_path, "no-uri").returncode == 2
    missing = upload(tmp_path, "s3://there-is-no-such-bucket/")
    assert missing.returncode == 1 and "bucket" in missing.stderr


def test_upload_folder_stops_on_ctrl_c(examples, s3, tmp_path):
    (tmp_path / "file").write_text("nobody will ever answer")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {**s3.environment(),
                       "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        process = subprocess.Popen([examples / "upload_folder", tmp_path, "s3://bucket/"],
                                   env=environment, stderr=subprocess.PIPE, text=True)
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(16).startswith(b"PUT ")
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert "stopping" in told


def check_upload_memory(examples, s3, input_bytes):
    client = s3.client()
    bucket = new_bucket(client)
    text = os.urandom(input_bytes)
    done = subprocess.run([examples / "upload_memory", f"s3://{bucket}/from"], input=text, timeout=60,
                          env=s3.environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.decode().splitlines()) == [
        "from/greeting.txt 19", f"from/input {len(text)}", f"from/squares.csv {len(SQUARES)}"]

    def stored(key):
        return client.get_object(Bucket=bucket, Key=key)

    assert stored("from/greeting.txt")["Body"].read() == b"Hello from memory.\n"
    assert stored("from/input")["Body"].read() == text
    squares = stored("from/squares.csv")
    assert squares["Body"].read() == SQUARES
    assert squares["CacheControl"] == "max-age=3600" and squares["ContentType"] == "text/csv"


def test_upload_memory(examples, s3):
    check_upload_memory(examples, s3, 5 << 20)


def test_upload_memory_in_parts(examples, minio):
    check_upload_memory(examples, endpoint_of_minio(minio), 21 << 20)
