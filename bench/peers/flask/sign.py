# SPDX-License-Identifier: Apache-2.0
"""Signs presigned PUT URLs by boto3 in one thread for argv[1] seconds of CPU; prints the rate."""
import sys
import time

import boto3
from botocore.config import Config

s3 = boto3.client(
    "s3",
    region_name="us-east-1",
    endpoint_url="http://127.0.0.1:9000",
    aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)
end = time.process_time() + float(sys.argv[1])
began, count = time.process_time(), 0
while time.process_time() < end:
    params = {"Bucket": "slipway", "Key": f"username/{count}.jpg", "ContentType": "image/jpeg"}
    s3.generate_presigned_url("put_object", Params=params, ExpiresIn=3600)
    count += 1
print(count / (time.process_time() - began))
