# SPDX-License-Identifier: Apache-2.0
"""upload.py OUT CLIENT FILES BYTES WORKERS: one call of upload_files_concurrently.

CLIENT is slipway or boto3, a dash, and the world it lives in: threads, gevent or asyncio. Files are
BytesIO in memory; with --path FILE it is one open file instead. WORKERS 0: one for each file.
--nothing does all but the call. --ticker has a greenlet or task beside it that ticks each 5 ms.
OUT gets what the call took, and the ticker's longest gap.
"""
import sys

if sys.argv[2].endswith("-gevent"):
    import gevent.monkey
    gevent.monkey.patch_all()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402

BUCKET = "slipway"
USER = 123
BLOCK_BYTES = 1024 * 1024
TICK_SECONDS = 0.005


def make_service(library):
    if library == "slipway":
        from slipway import AWSService
        return AWSService(BUCKET, **slipway_options())
    from aws import AWSService, make_client  # bench/peers/django
    return AWSService(make_client())


def slipway_options():
    return {"endpoint_url": os.environ["PEER_S3_ENDPOINT"], "region": "us-east-1",
            "access_key_id": os.environ["PEER_ACCESS_KEY"],
            "secret_access_key": os.environ["PEER_SECRET_KEY"]}


def make_files(count, size, path):
    """Each begins with its number, so that no two are the same."""
    if path:
        return {"file_0": open(path, "rb")}
    block = random.Random(size).randbytes(min(size, BLOCK_BYTES))
    return {f"file_{i}": make_file(i, block, size) for i in range(count)}


def make_file(number, block, size):
    """Written block by block: a gigabyte is held once."""
    file = io.BytesIO()
    for at in range(0, size, len(block)):
        file.write(block[:size - at])
    file.seek(0)
    file.write(number.to_bytes(8, "big"))
    file.seek(0)
    return file


class Ticker:
    def __init__(self):
        self.gap_s, self.over = 0.0, False
        self._last = time.perf_counter()

    def tick(self):
        now = time.perf_counter()
        self.gap_s, self._last = max(self.gap_s, now - self._last), now

    def run_in_greenlet(self):
        while not self.over:
            gevent.sleep(TICK_SECONDS)
            self.tick()

    async def run_in_task(self):
        while not self.over:
            await asyncio.sleep(TICK_SECONDS)
            self.tick()


def call(service, files, workers):
    urls = service.upload_files_concurrently(USER, files, "bench", max_workers=workers)
    return len(urls)


def under_gevent(service, files, workers, ticker):
    ticking = gevent.spawn(ticker.run_in_greenlet)
    gevent.sleep(4 * TICK_SECONDS)
    began = time.perf_counter()
    stored = call(service, files, workers)
    wall_s = time.perf_counter() - began
    ticker.over = True
    ticking.join()
    return stored, wall_s


async def in_tasks(library, service, files, workers, ticker):
    """Slipway by its AsyncClient; boto3 in the loop's threads, as it has no other way."""
    ticking = asyncio.create_task(ticker.run_in_task())
    await asyncio.sleep(4 * TICK_SECONDS)
    began = time.perf_counter()
    if library == "slipway":
        from slipway import AsyncClient
        outcomes = await AsyncClient(bucket=BUCKET, **slipway_options()).upload_many(
            {f"bench/{name}": file for name, file in files.items()}, max_workers=workers)
        stored = sum(outcome.ok for outcome in outcomes)
    else:
        stored = await asyncio.to_thread(call, service, files, workers)
    wall_s = time.perf_counter() - began
    ticker.over = True
    await ticking
    return stored, wall_s


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("client")
    parser.add_argument("files", type=int)
    parser.add_argument("bytes", type=int)
    parser.add_argument("workers", type=int)
    parser.add_argument("--path")
    parser.add_argument("--nothing", action="store_true")
    parser.add_argument("--ticker", action="store_true")
    options = parser.parse_args()
    library, world = options.client.split("-")
    workers = options.workers or options.files
    service = make_service(library)
    files = make_files(options.files, options.bytes, options.path)
    if options.nothing:
        return
    ticker = Ticker()
    if world == "asyncio":
        stored, wall_s = asyncio.run(in_tasks(library, service, files, workers, ticker))
    elif options.ticker:
        stored, wall_s = under_gevent(service, files, workers, ticker)
    else:
        began = time.perf_counter()
        stored = call(service, files, workers)
        wall_s = time.perf_counter() - began
    with open(options.out, "w") as out:
        json.dump({"stored": stored, "wall_s": wall_s, "gap_ms": ticker.gap_s * 1000}, out)


if __name__ == "__main__":
    main()
