# SPDX-License-Identifier: Apache-2.0
"""How each measured server is started: Slipway and its peers."""
import http.client
import json
import os
import pathlib
import subprocess
from urllib.parse import urlsplit

from .processes import CACHE, Server, free_port, new_folder

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PEERS = REPOSITORY / "bench" / "peers"
ACCESS_KEY = "benchaccesskey"
SECRET_KEY = "bench-secret-key-of-no-worth"
TOKEN = "bench-token-of-no-worth"
USERNAME = "username"
BUCKET = "slipway"


def install(*names):
    subprocess.run([PEERS / "install.sh", *names], check=True)


def slipway_binary():
    """$SLIPWAY_BIN, else what ./run builds."""
    if path := os.environ.get("SLIPWAY_BIN"):
        return pathlib.Path(path).resolve()
    built = subprocess.run([REPOSITORY / "run", "--build-only"], stdout=subprocess.PIPE, text=True,
                           check=True)
    return pathlib.Path(built.stdout.strip().splitlines()[-1])


def request(port, method, target, body=None, headers=None):
    """One request on a connection of its own: (status, headers, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def answers(port, target):
    try:
        return request(port, "GET", target)[0] < 500
    except OSError:
        return False


def start_slipway(data=None, store_port=0, more=(), env=None):
    """`slipway serve`; .api_port and .store_port are its listener and its store's, whose URL is
    that of another S3 where `more` options name one."""
    data = data or new_folder("slipway-data")
    ready_file = data.with_name(data.name + ".ready")
    ready_file.unlink(missing_ok=True)
    server = Server("slipway", [
        slipway_binary(), "serve", "--listen", "127.0.0.1:0",
        "--store-listen", f"127.0.0.1:{store_port}", "--data-dir", data,
        "--user", USERNAME, "--token", TOKEN,
        "--ready-file", ready_file, "--store-access-key", ACCESS_KEY,
        "--store-secret-key", SECRET_KEY, *more,
    ], lambda: ready_file.exists() and ready_file.read_text().rstrip().endswith("}"), env=env)
    ports = json.loads(ready_file.read_text())
    server.api_port = urlsplit(ports["url"]).port
    server.store_port = urlsplit(ports["store_url"]).port
    server.data = data
    return server


def start_minio(data=None):
    port, data = free_port(), data or new_folder("minio-data")
    server = Server("minio", [
        CACHE / "bin" / "minio", "server", "--quiet", "--address", f"127.0.0.1:{port}",
        "--console-address", f"127.0.0.1:{free_port()}", data,
    ], lambda: answers(port, "/minio/health/ready"), env={
        "MINIO_ROOT_USER": ACCESS_KEY, "MINIO_ROOT_PASSWORD": SECRET_KEY,
        "MINIO_BROWSER": "off", "MINIO_UPDATE": "off", "MINIO_CALLHOME_ENABLE": "off",
    })
    server.store_port = port
    server.data = data
    return server


def start_versitygw(data=None):
    """Over a folder, as it comes: it does not sync what it stores."""
    port, data = free_port(), data or new_folder("versitygw-data")
    server = Server("versitygw", [
        CACHE / "bin" / "versitygw", "--port", f"127.0.0.1:{port}", "--access", ACCESS_KEY,
        "--secret", SECRET_KEY, "--quiet", "--keep-alive", "posix", data,
    ], lambda: answers(port, "/"))
    server.store_port = port
    server.data = data
    return server


STORES = {"slipway": start_slipway, "minio": start_minio, "versitygw": start_versitygw}


def peer_environment(store_port=9000):
    """Unless told otherwise a store that need not be there: who only signs for it does not ask."""
    return {"PEER_S3_ENDPOINT": f"http://127.0.0.1:{store_port}", "PEER_ACCESS_KEY": ACCESS_KEY,
            "PEER_SECRET_KEY": SECRET_KEY}


FLASK_WORKERS = {
    "sync": ["--worker-class", "sync"],
    "gthread": ["--worker-class", "gthread", "--threads", "4"],
}


def start_flask(worker):
    """gunicorn with 2 workers of the class that FLASK_WORKERS names."""
    port = free_port()
    server = Server(f"flask-{worker}", [
        CACHE / "flask" / "bin" / "gunicorn", "--workers", "2", *FLASK_WORKERS[worker],
        "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "app:app",
    ], lambda: answers(port, "/"), env=peer_environment(), cwd=PEERS / "flask")
    server.api_port = port
    return server


def start_go():
    port = free_port()
    server = Server("go", [CACHE / "bin" / "peer-presign", f"127.0.0.1:{port}"],
                    lambda: answers(port, "/"), env=peer_environment())
    server.api_port = port
    return server
