# SPDX-License-Identifier: Apache-2.0
"""The documented Flask back end's upload route: presigned PUT URLs by boto3, files in parallel.

It keeps no record of what it promised. Its signatures are SigV4, as every S3 of today wants them.
"""
import os
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from flask import Flask, jsonify, request

FILE_BYTES_MAX = 800_000_000
URL_SECONDS = 3600
USERNAME = "username"
BUCKET = "slipway"
STORAGE_CLASSES = {"standard": None, "glacier": "GLACIER"}

app = Flask(__name__)
s3 = boto3.client(
    "s3",
    region_name="us-east-1",
    endpoint_url=os.environ["PEER_S3_ENDPOINT"],
    aws_access_key_id=os.environ["PEER_ACCESS_KEY"],
    aws_secret_access_key=os.environ["PEER_SECRET_KEY"],
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)
# One pool for the process's life: a pool made for each request costs its threads each time.
signers = ThreadPoolExecutor(max_workers=10)


def presign(file):
    try:
        if file["file_size"] > FILE_BYTES_MAX:
            raise ValueError("the file exceeds the size limit of 800 MB")
        key = f"{USERNAME}/{file['file_name']}"
        params = {"Bucket": BUCKET, "Key": key, "ContentType": file["content_type"]}
        storage_class = STORAGE_CLASSES[file.get("tier", "standard")]
        if storage_class:
            params["StorageClass"] = storage_class
        url = s3.generate_presigned_url("put_object", Params=params, ExpiresIn=URL_SECONDS)
    except (KeyError, ValueError) as error:
        return {"file_name": file.get("file_name"), "status": "failed", "error": str(error)}
    return {
        "file_name": file["file_name"],
        "presigned_url": url,
        "s3_key": key,
        "id": key.replace("/", "-"),
        "status": "success",
    }


@app.post("/api/files/upload/")
def upload():
    body = request.get_json()
    if "files" not in body:
        return jsonify(message="Successfully generated presigned URL", **presign(body))
    entries = list(signers.map(presign, body["files"]))
    successful = [entry for entry in entries if entry["status"] == "success"]
    failed = [entry for entry in entries if entry["status"] == "failed"]
    return jsonify(
        message=f"Successfully generated presigned URLs for {len(successful)} files. "
        f"{len(failed)} files failed.",
        successful=successful,
        failed=failed,
    )
