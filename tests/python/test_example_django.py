# SPDX-License-Identifier: Apache-2.0
"""examples/django, its own tests and the project itself behind gunicorn: greenlets and threads, loaded
before the fork and after."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

import pytest
import requests
from conftest import PACKAGE
from slipway_process import free_port

PROJECT = pathlib.Path(__file__).resolve().parents[2] / "examples/django"
LARGE = 3 << 20  # Django keeps it in a file


@pytest.fixture
def environment(store, tmp_path):
    return {**os.environ, **store.environment, "PYTHONPATH": str(PACKAGE),
            "PYTHONDONTWRITEBYTECODE": "1", "AWS_S3_ENDPOINT_URL": store.endpoint.url,
            "DJANGO_DATABASE": str(tmp_path / "db.sqlite3"), "DJANGO_SUPERUSER_USERNAME": "ada",
            "DJANGO_SUPERUSER_PASSWORD": "lovelace", "DJANGO_SUPERUSER_EMAIL": "ada@example.com"}


def manage(environment, *words) -> str:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=PROJECT, env=environment,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_its_own_tests(environment):
    assert "Ran 6 tests" in manage(environment, "test")


@pytest.fixture(params=["-k gevent", "-c gunicorn_gevent.py", "-k gthread", "-k gthread --preload"])
def url(request, environment, tmp_path):
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "createsuperuser", "--noinput")
    address = f"127.0.0.1:{free_port()}"
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "project.wsgi", "--bind", address, "--workers", "2",
             "--threads", "8", *request.param.split()], cwd=PROJECT, env=environment,
            stdout=log, stderr=log)
    deadline = time.monotonic() + 30
    while True:
        try:
            requests.post(f"http://{address}/documents/", timeout=5)
            break
        except requests.ConnectionError:
            assert server.poll() is None and time.monotonic() < deadline, \
                (tmp_path / "log").read_text()
            time.sleep(0.05)
    yield f"http://{address}"
    server.terminate()
    assert server.wait(40) == 0, (tmp_path / "log").read_text()


def test_behind_gunicorn(url, store):
    def post(number: int):
        files = {"passport": (f"{number}.pdf", b"small %d" % number, "application/pdf"),
                 "bank_statement": (f"{number}.csv", number.to_bytes(4, "big") * (LARGE // 4))}
        answer = requests.post(f"{url}/documents/", files=files, auth=("ada", "lovelace"), timeout=60)
        assert answer.status_code == 200, answer.text
        return number, answer.json()

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = dict(threads.map(post, range(24)))
    for number, answer in answers.items():
        assert (answer["status"], answer["uploaded_count"], answer["total_files"]) == ("success", 2, 2)
        contents = {name: store.content(stored.removeprefix(f"s3://{store.bucket}/"))
                    for name, stored in answer["uploaded_files"].items()}
        assert contents == {"passport": b"small %d" % number,
                            "bank_statement": number.to_bytes(4, "big") * (LARGE // 4)}
    many = [("documents", (f"{number}.txt", b"%d" % number)) for number in range(100)]
    answer = requests.post(f"{url}/documents/bulk/", files=many, auth=("ada", "lovelace"), timeout=60)
    assert len(answer.json()["uploaded_files"]) == 100 and answer.json()["failed"] == {}
