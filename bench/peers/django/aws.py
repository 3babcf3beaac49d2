# SPDX-License-Identifier: Apache-2.0
"""The documented upload service by boto3: files at the same time in a gevent pool, or in threads.

Greenlets where everything was monkey patched before this was imported, threads elsewhere. One
client for the process's life: making one for each request would cost more than the requests.
"""
import os
import pathlib
import secrets
from concurrent.futures import ThreadPoolExecutor

import boto3
import gevent.monkey
import gevent.pool
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

BUCKET = "slipway"
CONNECTIONS_MAX = 64
# Its own checksum besides the SHA-256 that signs each body would only cost more.
CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "path"},
                max_pool_connections=CONNECTIONS_MAX,
                request_checksum_calculation="when_required")
# The service's pool is what runs at the same time. With a pool of boto3's own for each file besides
# it needs a fifth more CPU, twice the memory, and is no faster.
TRANSFER = TransferConfig(use_threads=False, preferred_transfer_client="classic")


def make_client():
    return boto3.client(
        "s3", region_name="us-east-1", endpoint_url=os.environ["PEER_S3_ENDPOINT"],
        aws_access_key_id=os.environ["PEER_ACCESS_KEY"],
        aws_secret_access_key=os.environ["PEER_SECRET_KEY"], config=CONFIG)


class AWSService:
    def __init__(self, s3):
        self.s3 = s3

    def upload_files_concurrently(self, user_id, files, file_category="general", max_workers=5):
        """s3:// URLs of those that were stored, by type."""
        def upload(file_type, file):
            extension = pathlib.PurePath(getattr(file, "name", None) or "").suffix
            key = f"{file_category}/user_{user_id}/{file_type}/{secrets.token_hex(16)}{extension}"
            self.s3.upload_fileobj(file, BUCKET, key, Config=TRANSFER)
            return f"s3://{BUCKET}/{key}"
        if gevent.monkey.is_module_patched("socket"):
            return self._in_greenlets(upload, files, max_workers)
        return self._in_threads(upload, files, max_workers)

    @staticmethod
    def _in_greenlets(upload, files, max_workers):
        pool = gevent.pool.Pool(max_workers)
        jobs = {name: pool.spawn(upload, name, file) for name, file in files.items()}
        pool.join()
        return {name: job.value for name, job in jobs.items() if job.successful()}

    @staticmethod
    def _in_threads(upload, files, max_workers):
        with ThreadPoolExecutor(max_workers) as pool:
            jobs = {name: pool.submit(upload, name, file) for name, file in files.items()}
        return {name: job.result() for name, job in jobs.items() if job.exception() is None}
