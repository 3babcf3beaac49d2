# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/using, in their order, as they stand there."""

import pathlib
import re
import subprocess

import pytest
from anonymous_s3 import AnonymousS3
from certificates import Authority
from http_front import HttpFront
from http_proxy import HttpProxy
from slipway_process import program_path

DOCUMENTS = pathlib.Path(__file__).resolve().parents[2] / "docs/using"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "=== end of an example"


def examples(name: str) -> list[list]:
    """Each example's commands, with the lines that stand right after them, or None."""
    found = []
    for language, text in BLOCK.findall((DOCUMENTS / name).read_text()):
        if language == "sh":
            found.append([text, None])
        else:
            assert found[-1][1] is None, f"two outputs of one example: {text}"
            found[-1][1] = text.splitlines()
    return found


def fits(lines: list[str], expected: list[str]) -> bool:
    """In any order, for files go side by side; '...' stands for any text."""
    left = list(lines)
    for line in expected:
        pattern = re.compile(re.escape(line).replace(r"\.\.\.", ".*"))
        match = next((each for each in left if pattern.fullmatch(each)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


@pytest.fixture
def run(bucket, tmp_path):
    """Runs a document in a folder of its own, with a new bucket in the place of s3://bucket."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/slipway").symlink_to(program_path())
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "letter.txt").write_text("hello\n")

    def run(name: str, places: dict[str, str], environment: dict):
        script = "set -eu -o pipefail\n"
        for commands, _ in examples(name):
            script += f"{commands}echo '{END}'\n"
        for place, ours in {"s3://bucket/": f"s3://{bucket}/", **places}.items():
            assert place in script
            script = script.replace(place, ours)
        path = f"{tmp_path / 'bin'}:{environment['PATH']}"
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True,
                              env={**environment, "PATH": path, "HOME": str(folder)}, timeout=60,
                              check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        outputs = done.stdout.replace(bucket, "bucket").split(END + "\n")[:-1]
        assert len(outputs) == len(examples(name))
        for (commands, expected), output in zip(examples(name), outputs):
            assert fits(output.splitlines(), expected or []), (commands, output)
        return folder

    return run


@pytest.mark.parametrize("name", ["put.md", "get.md"])
def test_examples_say_what_is_written(run, s3, name):
    run(name, {}, s3.environment())


def test_ways_to_a_store(run, s3, bucket, tmp_path):
    authority = Authority(tmp_path)
    port = s3.url.rpartition(":")[2]
    with (HttpFront(s3.url, tls=authority.server("DNS:localhost")) as secure,
          HttpProxy(login="ada:secret") as proxy, AnonymousS3() as public):
        public.objects["/data/readme.txt"] = b"public"
        places = {
            "http://s3.example.com:9000": f"http://localhost:{port}",
            "https://s3.example.com:9443": f"https://localhost:{secure.server_port}",
            "no_proxy=s3.example.com": "no_proxy=localhost",
            "ada:secret@proxy.example.com:3128": f"ada:secret@127.0.0.1:{proxy.server_port}",
            "http://public.example.com:9000": public.url,
            "ca.pem": str(authority.bundle), "my-key": s3.access_key, "my-secret": s3.secret_key}
        folder = run("connections.md", places, {"PATH": s3.environment()["PATH"]})
        assert proxy.asked == [f"CONNECT localhost:{secure.server_port}"]
        assert secure.requests["PUT", f"/{bucket}/tls/letter.txt"] == 3
        assert public.signed == [] and public.asked
    assert (folder / "copy.txt").read_text() == "hello\n"
    assert (folder / "readme.txt").read_text() == "public"
