# SPDX-License-Identifier: Apache-2.0
"""`slipway store`, as a client meets it at its first start."""

import pytest

from s3_endpoint import Endpoint
from slipway_process import StoreProcess


@pytest.mark.parametrize("bucket, found", [("", []), ("photos", ["photos"])])
def test_has_the_bucket_that_was_asked_for(tmp_path, bucket, found):
    store = StoreProcess(tmp_path)
    store.bucket = bucket
    store.start()
    try:
        client = Endpoint(store.store_url, store.access_key, store.secret_key).client()
        assert [each["Name"] for each in client.list_buckets()["Buckets"]] == found
    finally:
        store.stop()
