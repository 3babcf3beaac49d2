# SPDX-License-Identifier: Apache-2.0
"""Threads, gevent's greenlets, asyncio's tasks, forked processes: each waits in its own way."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import slipway
from slipway import AsyncClient, Client
from sources_of_tests import OnlyRead, Seekable, silent_server

BIG = (1 << 30) if os.environ.get("SLIPWAY_LONG") else (192 << 20)
# The embedded store takes it whole.
WHOLE = {"part_bytes": 2 << 30}
PRELUDE = """
import json, os, sys, time
options = json.loads(sys.argv[1])
"""


@pytest.fixture
def big_file(tmp_path):
    path = tmp_path / "big"
    with open(path, "wb") as file:
        file.truncate(BIG)
    return path


def run_in(run_python, store, text, *arguments, **environment):
    import json
    return run_python(PRELUDE + text, json.dumps(store.options), *map(str, arguments), **environment)


# --- threads --------------------------------------------------------------------------------------

def test_other_threads_go_on(client, big_file):
    """While one thread waits for an upload another counts: the GIL is released."""
    counts = [0]
    over = threading.Event()

    def count():
        while not over.is_set():
            counts[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counts[0]
    client.upload(big_file, key="big", **WHOLE)
    counted = counts[0] - before
    over.set()
    thread.join()
    assert counted > 10_000


# A shell has what it starts in the background ignore SIGINT, and Python keeps to that.
HEAR_CTRL_C = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
"""


def test_ctrl_c_ends_an_upload(run_python, store):
    with silent_server() as (url, asked):
        text = PRELUDE + HEAR_CTRL_C + """
import slipway
client = slipway.Client(**{**options, "endpoint_url": sys.argv[2]})
try:
    client.upload(b"1", key="a")
except KeyboardInterrupt:
    print("interrupted")
"""
        import json

        from conftest import PACKAGE
        process = subprocess.Popen(
            [sys.executable, "-c", text, json.dumps(store.options), url], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(PACKAGE)})
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)
    assert (process.returncode, told) == (0, "interrupted\n")


def test_a_signal_that_another_thread_took_ends_an_upload(run_python, store):
    """The system may give a signal to any thread; the one that waits is then not interrupted."""
    with silent_server() as (url, _):
        told = run_in(run_python, store, HEAR_CTRL_C + """
import slipway, threading
other = threading.Thread(target=time.sleep, args=(50,), daemon=True)
other.start()
threading.Timer(0.5, signal.pthread_kill, (other.ident, signal.SIGINT)).start()
client = slipway.Client(**{**options, "endpoint_url": sys.argv[2]})
began = time.monotonic()
try:
    client.upload(b"1", key="a")
except KeyboardInterrupt:
    print(time.monotonic() - began < 30)
""", url, timeout=60)
    assert told.strip() == "True"


def test_it_ends_while_requests_wait(run_python, store):
    """A process that ends with a call of a daemon thread under way is not held up, and does not crash."""
    with silent_server() as (url, _):
        run_in(run_python, store, """
import slipway, threading
client = slipway.Client(**{**options, "endpoint_url": sys.argv[2]})
for call in (lambda: client.stat(key="a"), lambda: client.upload(b"1", key="a")):
    threading.Thread(target=call, daemon=True).start()
time.sleep(0.3)
""", url, timeout=60)


# --- gevent ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("loop", ["libev-cext", "libuv-cffi"])
def test_the_hub_keeps_running(run_python, store, big_file, loop):
    told = run_in(run_python, store, """
from gevent import monkey; monkey.patch_all()
import gevent, slipway
gaps, last = [], [time.perf_counter()]
def tick():
    while True:
        gevent.sleep(0.002)
        now = time.perf_counter()
        gaps.append(now - last[0]); last[0] = now
client = slipway.Client(**options)
client.upload(b"warm", key="warm")
ticker = gevent.spawn(tick)
gevent.sleep(0.01)
gaps.clear()
begun = time.perf_counter()
client.upload(sys.argv[2], key="big", part_bytes=2 << 30)
took = time.perf_counter() - begun
ticker.kill()
print(len(gaps), max(gaps), took)
""", big_file, GEVENT_LOOP=loop)
    ticks, longest, took = map(float, told.split())
    assert ticks > 20 and ticks * 0.05 > took  # it ticked throughout
    assert longest < max(0.5, took / 4)


def test_greenlets_read_side_by_side(run_python, store):
    """One read() waits until the other file is stored; in gevent's pool and without one."""
    told = run_in(run_python, store, """
from gevent import monkey; monkey.patch_all()
import gevent, gevent.event, gevent.pool, slipway
class Waiting:
    def __init__(self):
        self.stored = gevent.event.Event()
        self.left = [b"content"]
    def read(self, size):
        assert self.stored.wait(20)
        return self.left.pop() if self.left else b""
client = slipway.Client(**options)
for pool in (None, gevent.pool.Pool(2)):
    slow = Waiting()
    def look(progress):
        if progress.items_stored: slow.stored.set()
    outcomes = client.upload_many({"slow": slow, "fast": __import__("io").BytesIO(b"1")}, pool=pool,
                                  on_progress=look)
    print([outcome.ok for outcome in outcomes])
""")
    assert told == "[True, True]\n" * 2


def test_a_greenlet_that_is_told_to_stop(run_python, store):
    with silent_server() as (url, _):
        told = run_in(run_python, store, """
from gevent import monkey; monkey.patch_all()
import gevent, slipway
client = slipway.Client(**{**options, "endpoint_url": sys.argv[2]})
content = bytearray(b"content")
try:
    with gevent.Timeout(0.3):
        client.upload(content, key="a")
except gevent.Timeout:
    content.append(1)
    print("timeout")
greenlet = gevent.spawn(client.upload, content, key="a")
gevent.sleep(0.2)
greenlet.kill()
content.append(1)
print("killed", greenlet.dead)
""", url)
    assert told == "timeout\nkilled True\n"


def test_a_hub_without_patches(run_python, store):
    told = run_in(run_python, store, """
import gevent, slipway
client = slipway.Client(**options)
jobs = [gevent.spawn(client.upload, b"%d" % n, key="g/%d" % n) for n in range(20)]
gevent.joinall(jobs, raise_error=True)
print(len(list(client.list("g/"))))
""")
    assert told == "20\n"


# --- asyncio --------------------------------------------------------------------------------------

def test_tasks(store, big_file):
    gaps = []

    async def tick():
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    async def run():
        async with AsyncClient(**store.options) as client:
            ticker = asyncio.ensure_future(tick())
            begun = time.perf_counter()
            outcomes = await asyncio.gather(
                client.upload(big_file, key="big", **WHOLE),
                client.upload_many({f"a/{n}": b"%d" % n for n in range(50)}),
                *(client.upload(b"1", key=f"b/{n}") for n in range(20)))
            took = time.perf_counter() - begun
            ticker.cancel()
            assert outcomes[0].ok and all(outcome.ok for outcome in outcomes[1])
            keys = [entry.key async for entry in client.list("b/")]
            assert len(keys) == 20 and (await client.stat(key="big")).size == BIG
            await client.delete(key="big")
            assert await client.delete_many(["a/"], recursive=True) == {}
            assert (await client.presign_get("b/1")).startswith("http")
            return took

    took = asyncio.run(run())
    assert len(gaps) > 20 and len(gaps) * 0.05 > took
    assert max(gaps) < max(0.5, took / 4)


def test_reads_in_a_loop(store):
    """A coroutine's read() is awaited, a plain one runs on a thread: neither holds up the other."""
    async def run():
        stored = asyncio.Event()

        class Awaited:
            content = [b"tail", b"head "]

            async def read(self, size):
                await asyncio.wait_for(stored.wait(), 20)
                return self.content.pop() if self.content else b""

        async with AsyncClient(**store.options) as client:
            outcomes = await client.upload_many(
                {"awaited": Awaited(), "plain": OnlyRead(b"plain"), "seekable": Seekable(b"seek")},
                on_progress=lambda progress: progress.items_stored and stored.set())
            assert [outcome.error for outcome in outcomes] == [None] * 3

    asyncio.run(run())
    assert store.content("awaited") == b"head tail" and store.content("seekable") == b"seek"


def test_a_cancelled_task(store):
    async def run():
        content = bytearray(b"content")
        with silent_server() as (url, asked):
            async with AsyncClient(**{**store.options, "endpoint_url": url}) as client:
                task = asyncio.ensure_future(client.upload(content, key="a"))
                while not asked.is_set():
                    await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                content.append(1)
                with pytest.raises(slipway.TimedOutError):
                    await client.upload(content, key="a", timeout=0.2)
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.stat(key="a"), 0.2)

    asyncio.run(run())


def test_an_exception_comes_out_of_await(store):
    async def run():
        async with AsyncClient(**store.options) as client:
            with pytest.raises(slipway.NotFoundError):
                await client.stat(key="missing")

    asyncio.run(run())


# --- processes ------------------------------------------------------------------------------------

@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)"])
def test_a_server_that_forks_after_import(run_python, store, end):
    """Parent and children use one client object, before and after the fork, and all end in peace."""
    told = run_in(run_python, store, f"""
import slipway
client = slipway.Client(**options)
client.upload(b"before", key="before")
service = slipway.AWSService()
service.upload_files_concurrently(1, {{"a": b"before"}})
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        client.upload(b"child", key="child/%d" % number)
        assert client.stat(key="before").size == 6
        assert service.upload_files_concurrently(1, {{"a": b"%d" % number}})
        {end}
    children.append(child)
client.upload(b"parent", key="parent")
print([os.waitpid(child, 0)[1] for child in children])
""", **store.environment)
    assert told == "[0, 0, 0]\n"
    assert len(store.keys("child/")) == 3 and store.content("parent") == b"parent"


def test_a_client_is_not_connected_before_its_first_call(run_python):
    threads = run_python("""
import os, slipway
client = slipway.Client("http://127.0.0.1:1", access_key_id="a", secret_access_key="b")
service = slipway.AWSService("bucket")
print(len(os.listdir("/proc/self/task")))
""")
    assert threads == "1\n"


def test_many_clients_come_and_go(store):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        client = Client(**store.options)
        client.upload(b"1", key="a")
        del client
    assert len(os.listdir("/proc/self/fd")) < before + 20
