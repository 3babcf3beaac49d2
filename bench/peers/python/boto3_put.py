# SPDX-License-Identifier: Apache-2.0
"""boto3_put.py ENDPOINT BUCKET PREFIX FOLDER WORKERS: all files below FOLDER, by boto3's manager."""
import sys

import boto3
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.config import Config

from uploads import exit_code, files_below


def main():
    endpoint, bucket, prefix, folder, workers = sys.argv[1:]
    client = boto3.client("s3", endpoint_url=endpoint, config=Config(
        max_pool_connections=int(workers), s3={"addressing_style": "path"}))
    config = TransferConfig(max_concurrency=int(workers), preferred_transfer_client="classic")
    with create_transfer_manager(client, config) as manager:
        return exit_code([manager.upload(path, bucket, f"{prefix}/{key}")
                          for path, key in files_below(folder)])


if __name__ == "__main__":
    sys.exit(main())
