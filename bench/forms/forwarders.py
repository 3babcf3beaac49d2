# SPDX-License-Identifier: Apache-2.0
"""The servers that take forms and store their files in another S3, each started in front of it."""
import functools
import os
import subprocess

from harness import servers
from harness.processes import CACHE, Server, free_port, new_folder

PROCESSES = os.cpu_count()
PEERS = servers.PEERS
# `timeout`: how long a request may keep a worker from saying that it lives.
DJANGO_WORKERS = {
    "gevent": ["--worker-class", "gevent"],
    "gthread": ["--worker-class", "gthread", "--threads", "8"],
}


def _watched(server, port, *folders):
    """`watched`: where the server might put what it has no room for in memory."""
    server.api_port = port
    server.watched = folders
    return server


def slipway(store):
    server = servers.start_slipway(
        more=["--s3-endpoint", store.url, "--bucket", servers.BUCKET, "--file-size-max", "2GB"],
        env={"AWS_ACCESS_KEY_ID": servers.ACCESS_KEY,
             "AWS_SECRET_ACCESS_KEY": servers.SECRET_KEY, "AWS_REGION": "us-east-1",
             "AWS_EC2_METADATA_DISABLED": "true", "TMPDIR": str(folder := new_folder("tmp"))})
    return _watched(server, server.api_port, folder, server.data)


def _peer(name, command, store, *, port, cwd=None):
    folder = new_folder("tmp")
    server = Server(name, command, lambda: servers.answers(port, "/"), cwd=cwd,
                    env=servers.peer_environment(store.port) | {"TMPDIR": str(folder)})
    return _watched(server, port, folder)


def django(worker, store):
    port = free_port()
    return _peer(f"django-{worker}", [
        CACHE / "django" / "bin" / "gunicorn", "--workers", PROCESSES, *DJANGO_WORKERS[worker],
        "--timeout", "600", "--bind", f"127.0.0.1:{port}", "--log-level", "warning",
        "app:application"], store, port=port, cwd=PEERS / "django")


def express(store):
    port = free_port()
    return _peer("express", ["node", CACHE / "express" / "app.js", port, PROCESSES], store,
                 port=port)


def go(store):
    port = free_port()
    return _peer("go", [CACHE / "bin" / "peer-forms", f"127.0.0.1:{port}"], store, port=port)


def nginx(store):
    """Takes no forms: plain PUTs go through it, for what forwarding costs at least."""
    port, folder = free_port(), new_folder("nginx")
    text = (PEERS / "nginx" / "nginx.conf.in").read_text()
    for name, value in {"folder": folder, "port": port, "store_port": store.port}.items():
        text = text.replace(f"@{name}@", str(value))
    (folder / "nginx.conf").write_text(text)
    server = Server("nginx", [CACHE / "bin" / "nginx", "-e", "stderr", "-p", folder,
                              "-c", folder / "nginx.conf"], lambda: servers.answers(port, "/"))
    return _watched(server, port, folder)


STARTERS = {
    "slipway": slipway,
    "django-gevent": functools.partial(django, "gevent"),
    "django-gthread": functools.partial(django, "gthread"),
    "express": express,
    "go": go,
    "nginx": nginx,
}
# What bench/peers/install.sh calls them.
INSTALLED_AS = {"django-gevent": "django", "django-gthread": "django", "express": "express",
                "go": "go", "nginx": "nginx"}


def install(names):
    """Those of `names` that can be had."""
    missing = set()
    for name in dict.fromkeys(INSTALLED_AS[name] for name in names if name in INSTALLED_AS):
        try:
            servers.install(name)
        except subprocess.CalledProcessError:
            missing.add(name)
    return [name for name in names if INSTALLED_AS.get(name) not in missing]
