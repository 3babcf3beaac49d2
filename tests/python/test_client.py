# SPDX-License-Identifier: Apache-2.0
"""What the client does besides sending bytes: outcomes, errors, cancelling, times, the other calls."""

import pickle
import threading
import time

import pytest
import requests
import slipway
from s3_endpoint import HOSTILE_KEYS
from slipway import CancelToken, Client, UploadItem
from sources_of_tests import Endless, OnlyRead, silent_server


def test_an_outcome_for_each_in_their_order(client, store):
    items = [(f"content {number}".encode(), f"many/{number:03}") for number in range(500)]
    outcomes = client.upload_many(items)
    assert [outcome.key for outcome in outcomes] == [key for _, key in items]
    assert all(outcome.ok for outcome in outcomes)
    assert store.keys("many/") == [key for _, key in items]


def test_partial_failure_leaves_the_others_alone(client, store, tmp_path):
    outcomes = client.upload_many([(b"1", "good"), (tmp_path / "missing", "missing"), (3, "three"),
                                   (b"4", "x" * 2000), (b"5", "twice"), (b"6", "twice")])
    assert [outcome.ok for outcome in outcomes] == [True, False, False, False, True, False]
    assert store.content("good") == b"1" and store.content("twice") == b"5"
    kinds = [type(outcome.error) for outcome in outcomes]
    assert kinds[1:4] == [slipway.NotFoundError, slipway.InvalidArgumentError,
                          slipway.InvalidArgumentError]
    assert "is the key of two items" in str(outcomes[5].error)
    for outcome in outcomes:
        assert outcome.ok or (outcome.error.bucket, outcome.error.key) == (store.bucket, outcome.key)


def test_buckets_side_by_side(client, store, embedded_endpoint):
    embedded_endpoint.client().create_bucket(Bucket=store.bucket + "-2")
    outcomes = client.upload_many([(b"1", "s3://" + store.bucket + "/a"), (b"2", "b"),
                                   UploadItem(b"3", "a", bucket=store.bucket + "-2")])
    assert [outcome.url for outcome in outcomes] == [
        f"s3://{store.bucket}/a", f"s3://{store.bucket}/b", f"s3://{store.bucket}-2/a"]
    assert all(outcome.ok for outcome in outcomes)


def test_hostile_keys(client, store):
    outcomes = client.upload_many([(key.encode(), key) for key in HOSTILE_KEYS])
    assert [outcome.error for outcome in outcomes] == [None] * len(HOSTILE_KEYS)
    assert [entry.key for entry in client.list()] == sorted(HOSTILE_KEYS, key=str.encode)


def test_headers(client, store):
    outcomes = client.upload_many(
        [UploadItem(b"1", "own", content_type="image/jpeg", metadata={"by": "Ada"}),
         UploadItem(b"2", "common")], cache_control="no-cache")
    assert [outcome.error for outcome in outcomes] == [None, None]
    own = client.stat(key="own")
    assert (own.content_type, own.cache_control, own.metadata) == (
        "image/jpeg", "no-cache", {"by": "Ada"})
    assert client.stat(key="common").cache_control == "no-cache"


def test_tags(minio_store):
    with Client(**minio_store.options) as client:
        client.upload(b"1", key="a", tags={"a": "b c"})
    tags = minio_store.endpoint.client().get_object_tagging(Bucket=minio_store.bucket, Key="a")
    assert tags["TagSet"] == [{"Key": "a", "Value": "b c"}]


@pytest.mark.parametrize("wrong", [{"metadata": {"a": 1}}, {"content_type": 7}])
def test_headers_that_are_no_texts(client, wrong):
    outcome = client.upload_many([UploadItem(b"1", "a", **wrong), (b"2", "b")])
    assert isinstance(outcome[0].error, slipway.InvalidArgumentError) and outcome[1].ok


def test_if_absent_leaves_what_is_there(client, store):
    client.upload(b"first", key="a")
    outcome = client.upload(b"second", key="a", if_absent=True)
    assert outcome.skipped and outcome.ok and store.content("a") == b"first"


def test_progress(client):
    seen = []
    client.upload_many({"a": OnlyRead(bytes(3 << 20)), "b": b"12345"}, on_progress=seen.append)
    assert (seen[-1].items_total, seen[-1].items_stored, seen[-1].items_failed) == (2, 2, 0)
    assert seen[-1].bytes_stored == (3 << 20) + 5
    assert [each.items_stored for each in seen] == sorted(each.items_stored for each in seen)


def test_a_progress_that_raises_ends_it(client, store):
    def stop(progress):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        client.upload(Endless(), key="endless", on_progress=stop)
    assert store.keys() == []


@pytest.mark.parametrize("arguments, words", [
    (dict(max_workers=0), "max_workers is 0"), (dict(max_workers=-1), "max_workers is -1"),
    (dict(max_workers="5"), "max_workers is '5'"), (dict(max_workers=True), "max_workers is True"),
    (dict(part_bytes=-1), "part_bytes is -1"), (dict(if_absent=1), "if_absent is 1; give True"),
    (dict(content_type=7), "content_type: 7 is no text"), (dict(timeout=-1), "timeout is -1"),
    (dict(checksum="md6"), "md6"),
    (dict(key=""), "names no object"), (dict(uri="http://a/b", bucket="b"), "not both")])
def test_bad_arguments(client, arguments, words):
    with pytest.raises(slipway.InvalidArgumentError, match=words):
        client.upload(b"1", **{"key": "a", **arguments} if "uri" not in arguments else arguments)


def test_an_option_that_is_none(client):
    with pytest.raises(TypeError, match="content_tpye"):
        client.upload(b"1", key="a", content_tpye="x")


def test_no_bucket():
    with pytest.raises(slipway.InvalidArgumentError, match="no bucket is named"):
        Client("http://127.0.0.1:1", access_key_id="a", secret_access_key="b").upload(b"1", key="a")


def test_half_a_pair_of_keys():
    with pytest.raises(slipway.InvalidArgumentError, match="go together"):
        assert Client(access_key_id="a").url


# --- what goes wrong ------------------------------------------------------------------------------

def error_of(options: dict, **more) -> slipway.SlipwayError:
    with Client(**options) as client, pytest.raises(slipway.SlipwayError) as raised:
        client.upload(b"1", key="a", **more)
    return raised.value


def test_a_bucket_that_is_not_there(store):
    error = error_of({**store.options, "bucket": "there-is-none"})
    assert isinstance(error, slipway.NotFoundError)
    assert (error.operation, error.bucket, error.key, error.attempt, error.status, error.code) == (
        "upload", "there-is-none", "a", 1, 404, "NoSuchBucket")
    assert error.request_id


@pytest.mark.parametrize("wrong, code", [("access_key_id", "InvalidAccessKeyId"),
                                         ("secret_access_key", "SignatureDoesNotMatch")])
def test_wrong_keys(store, wrong, code):
    error = error_of({**store.options, wrong: "wrong"})
    assert isinstance(error, (slipway.UnauthenticatedError, slipway.PermissionDeniedError))
    assert (error.status, error.code) == (403, code) and "wrong" not in str(error)


def test_no_keys_at_all(store):
    options = {name: value for name, value in store.options.items() if "key" not in name}
    error = error_of(options)
    assert isinstance(error, slipway.UnauthenticatedError) and error.status is None
    assert "AWS_ACCESS_KEY_ID" in str(error)


def test_a_store_that_is_away(store):
    with silent_server() as (url, _):
        pass  # the port is free again
    error = error_of({**store.options, "endpoint_url": url}, no_progress_seconds_max=1)
    assert isinstance(error, slipway.UnavailableError) and error.status is None
    assert error.attempt > 1


def test_a_time_that_passes(store):
    with silent_server() as (url, _):
        begun = time.monotonic()
        error = error_of({**store.options, "endpoint_url": url}, timeout=0.3)
        assert isinstance(error, slipway.TimedOutError) and isinstance(error, TimeoutError)
        assert "0.3 s" in str(error) and error.key == "a"
        assert time.monotonic() - begun < 10
        with Client(**{**store.options, "endpoint_url": url}) as client:
            with pytest.raises(slipway.TimedOutError):
                client.stat(key="a", timeout=0.2)


@pytest.mark.parametrize("make_token", [CancelToken, threading.Event])
def test_cancelling(store, make_token):
    token = make_token()
    stop = token.cancel if isinstance(token, CancelToken) else token.set
    with silent_server() as (url, asked), Client(**{**store.options, "endpoint_url": url}) as client:
        def when_asked():
            asked.wait(30)
            stop()

        thread = threading.Thread(target=when_asked)
        thread.start()
        outcomes = client.upload_many({"a": b"1", "b": bytes(100)}, cancel=token)
        thread.join()
        assert [type(outcome.error) for outcome in outcomes] == [slipway.CancelledError] * 2
        again = client.upload_many({"a": b"1"}, cancel=token)[0]
        assert isinstance(again.error, slipway.CancelledError)


def test_cancelling_a_read_that_waits(client):
    token = CancelToken()

    class Waiting:
        def read(self, size):
            token.cancel()
            return bytes(size)

    outcome = client.upload_many({"a": Waiting()}, cancel=token)[0]
    assert isinstance(outcome.error, slipway.CancelledError)


def test_errors_can_be_pickled(store):
    error = error_of({**store.options, "bucket": "there-is-none"})
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error)
    assert again.__dict__ == error.__dict__
    for name in slipway.__all__:
        each = getattr(slipway, name)
        if isinstance(each, type) and issubclass(each, slipway.SlipwayError):
            made = each("words", operation="stat", bucket="b", key="k", attempt=3, status=500,
                        request_id="1", code="Code", retry_after=2)
            copy = pickle.loads(pickle.dumps(made))
            assert (type(copy), copy.__dict__, str(copy)) == (each, made.__dict__, "words")


def test_outcomes_can_be_pickled(client):
    outcome = client.upload_many({"a": b"1"})[0]
    assert pickle.loads(pickle.dumps(outcome)) == outcome


# --- the other calls ------------------------------------------------------------------------------

def test_stat_list_delete_download(client, store, tmp_path, monkeypatch):
    client.upload_many({"d/a": b"one", "d/b/c": b"two", "e": b"three"}, content_type="text/plain")
    info = client.stat(f"s3://{store.bucket}/d/a")
    assert (info.key, info.size, info.content_type) == ("d/a", 3, "text/plain")
    assert abs(info.last_modified.timestamp() - time.time()) < 60
    assert [entry.key for entry in client.list()] == ["d/a", "d/b/c", "e"]
    level = list(client.list("d/", delimiter="/"))
    assert [getattr(entry, "key", None) or entry.prefix for entry in level] == ["d/a", "d/b/"]
    client.download("d/a", tmp_path / "copy")
    monkeypatch.chdir(tmp_path)
    client.download("d/a", "-")
    assert (tmp_path / "-").read_bytes() == b"one"
    assert (tmp_path / "copy").read_bytes() == b"one"
    client.delete(key="e")
    client.delete(key="e")
    assert client.delete_many(["d"], recursive=True) == {}
    assert list(client.list()) == []
    with pytest.raises(slipway.NotFoundError):
        client.stat(key="e")
    with pytest.raises(slipway.NotFoundError):
        client.download("e", tmp_path / "e")
    assert store.bucket in client.list_buckets()


def test_a_listing_of_many_pages(client):
    keys = [f"{'d' if number % 3 else 'f'}{number:04}{'/x' if number % 3 else ''}"
            for number in range(2500)]
    assert all(outcome.ok for outcome in client.upload_many([(b"", key) for key in keys]))
    assert [entry.key for entry in client.list()] == sorted(keys)
    names = [getattr(entry, "key", None) or entry.prefix for entry in client.list(delimiter="/")]
    assert names == sorted(key.replace("/x", "/") for key in keys)


def test_presigned_urls(client, store):
    url = client.presign_put("a b.txt", 60, content_type="text/plain", size=5)
    assert requests.put(url, b"12345", headers={"Content-Type": "text/plain"}).status_code == 200
    assert requests.put(url, b"123456", headers={"Content-Type": "text/plain"}).status_code == 403
    assert requests.put(url, b"12345", headers={"Content-Type": "text/html"}).status_code == 403
    url = client.presign_get("a b.txt", 60, response_content_disposition='attachment; filename="x"')
    answer = requests.get(url)
    assert answer.content == b"12345"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x"'
    with pytest.raises(slipway.InvalidArgumentError, match="expires_in"):
        client.presign_get("a", 0)


def test_presigned_forms(minio_store):
    with Client(**minio_store.options) as client:
        post = client.presign_post("in/${filename}", size_max=10, fields={"Content-Type": "text/plain"})
        sent = requests.post(post.url, data=dict(post.fields), files={"file": ("a.txt", b"0123456789")})
        assert sent.status_code == 204, sent.text
        assert minio_store.content("in/a.txt") == b"0123456789"
        too_long = requests.post(post.url, data=dict(post.fields), files={"file": ("b", bytes(11))})
        assert too_long.status_code == 400 and "EntityTooLarge" in too_long.text
        fields = {**post.fields, "key": "elsewhere"}
        assert requests.post(post.url, data=fields, files={"file": b"1"}).status_code == 403
        with pytest.raises(slipway.InvalidArgumentError, match="policy"):
            client.presign_post("a", fields={"policy": "mine"})


def test_calls_from_many_threads(client, store):
    failures = []

    def work(number):
        try:
            for turn in range(10):
                client.upload(f"{number}/{turn}".encode(), key=f"t/{number}/{turn}")
                assert client.stat(key=f"t/{number}/{turn}").size == 3
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and len(store.keys("t/")) == 80


def test_a_closed_client_opens_again(client):
    client.upload(b"1", key="a")
    client.close()
    assert client.stat(key="a").size == 1
