# SPDX-License-Identifier: Apache-2.0
"""boto3_put.py ENDPOINT BUCKET PREFIX FOLDER WORKERS: all files below FOLDER, by boto3's manager."""
import sys

import boto3
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.config import Config

from files_below import files_below


def main():
    endpoint, bucket, prefix, folder, workers = sys.argv[1:]
    client = boto3.client("s3", endpoint_url=endpoint, config=Config(
        max_pool_connections=int(workers), s3={"addressing_style": "path"}))
    failed = 0
    config = TransferConfig(max_concurrency=int(workers), preferred_transfer_client="classic")
    with create_transfer_manager(client, config) as manager:
        for future in [manager.upload(path, bucket, f"{prefix}/{key}")
                       for path, key in files_below(folder)]:
            try:
                future.result()
            except Exception as error:  # any: it is counted, the others go on
                failed += 1
                print(error, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
