# SPDX-License-Identifier: Apache-2.0
"""`Client` for threads and greenlets, `AsyncClient` for tasks: the same calls, each world waiting in
its own way."""

from __future__ import annotations

import atexit
import dataclasses
import datetime
import os
import threading
import time
import weakref
from typing import (Any, AsyncIterator, Callable, Dict, Iterable, Iterator, List, Mapping, Optional,
                    Tuple, Union)

from slipway import _core
from slipway.errors import InvalidArgumentError, TimedOutError, error_of
from slipway.uploading import (HEADERS, HashedKey, Outcome, Progress, UploadItem, UploadRun,
                               as_items, checked_headers, object_of)
from slipway.waiting import ReadsInLoop, Steps, drive, drive_async, reads_for

LIST_PAGE_ENTRIES = 1000
READS_AT_ONCE = 8
_OPTIONS: Dict[str, type] = {
    "checksum": str, "if_absent": bool, "if_changed": bool, "bytes_per_second": int,
    "part_bytes": int, "no_progress_seconds_max": int}
_WORDS = {str: "a text", bool: "True or False", int: "a whole number from 0 on"}

_open_clients: "weakref.WeakSet[_Endpoint]" = weakref.WeakSet()
_opening = threading.Lock()


def _after_fork() -> None:
    global _opening
    _opening = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _close_all() -> None:
    for client in list(_open_clients):
        client._close()


@dataclasses.dataclass(frozen=True)
class ObjectInfo:
    """An object as the store tells it. A listing says key, size, etag, date and storage class."""

    bucket: str
    key: str
    size: int
    etag: str
    last_modified: datetime.datetime
    content_type: str = ""
    cache_control: str = ""
    content_disposition: str = ""
    content_encoding: str = ""
    content_language: str = ""
    expires: str = ""
    storage_class: str = ""
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    checksum_algorithm: str = ""
    checksum: str = ""

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclasses.dataclass(frozen=True)
class Prefix:
    """What several keys of a listing with a delimiter have in common."""

    bucket: str
    prefix: str


@dataclasses.dataclass(frozen=True)
class PresignedPost:
    """Where a browser sends a form, and the fields that come before its file."""

    url: str
    fields: Mapping[str, str]


def _info(bucket: str, native: Dict[str, Any]) -> ObjectInfo:
    seconds = native.pop("last_modified")
    moment = datetime.datetime.fromtimestamp(seconds, tz=datetime.timezone.utc)
    return ObjectInfo(bucket=bucket, last_modified=moment, **native)


class _Endpoint:
    """One S3 and who we are there: what both clients share. Each call's steps are written here.

    The native client behind it is made by the first call, and once in each process: a child that was
    forked makes its own, so that a server may import, configure and even use it before it forks.
    """

    def __init__(self, endpoint_url: Optional[str] = None, region: Optional[str] = None,
                 profile: Optional[str] = None, access_key_id: Optional[str] = None,
                 secret_access_key: Optional[str] = None, session_token: Optional[str] = None, *,
                 bucket: Optional[str] = None, addressing: Optional[str] = None,
                 ca_bundle: Optional[str] = None, verify_tls: bool = True,
                 sign_requests: bool = True) -> None:
        self.bucket = bucket
        given = {"endpoint_url": endpoint_url, "region": region, "profile": profile,
                 "access_key_id": access_key_id, "secret_access_key": secret_access_key,
                 "session_token": session_token, "addressing": addressing, "ca_bundle": ca_bundle}
        self._options: Dict[str, Any] = {name: text for name, text in given.items() if text}
        self._options.update(verify_tls=verify_tls, sign_requests=sign_requests)
        self._native: Optional[Tuple[int, _core.Client]] = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(endpoint_url={self._options.get('endpoint_url', '')!r})"

    def _client(self) -> _core.Client:
        native = self._native
        if native is not None and native[0] == os.getpid():
            return native[1]
        with _opening:
            native = self._native
            if native is None or native[0] != os.getpid():
                made = _core.open_client(self._options)
                if isinstance(made, tuple):
                    raise error_of(made, operation="open")
                native = self._native = (os.getpid(), made)
                _open_clients.add(self)
        return native[1]

    def _close(self) -> None:
        native, self._native = self._native, None
        if native is not None and native[0] == os.getpid():
            native[1].close()

    @property
    def url(self) -> str:
        """Where the S3 is: "https://s3.eu-west-1.amazonaws.com"."""
        return self._client().url()

    # --- steps -----------------------------------------------------------------------------------

    def _operation(self, name: str, bucket: str, key: str, operation: _core.Operation,
                   timeout: Optional[float] = None) -> "Steps[Any]":
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            while not operation.over():
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    operation.cancel()
                    raise TimedOutError(f"{name} s3://{bucket}/{key}: the time of {timeout:g} s is over",
                                        operation=name, bucket=bucket, key=key, code="Timeout")
                yield operation.fileno(), left
        except BaseException:
            operation.cancel()
            raise
        went_well, value = operation.result()
        if not went_well:
            raise error_of(value, operation=name, bucket=bucket, key=key)
        return value

    def _stat(self, uri: Optional[str], bucket: Optional[str], key: Optional[str],
              timeout: Optional[float]) -> "Steps[ObjectInfo]":
        bucket, key = object_of(uri, bucket, key, self.bucket)
        native = yield from self._operation("stat", bucket, key, self._client().stat(bucket, key),
                                            timeout)
        return _info(bucket, native)

    def _delete(self, uri: Optional[str], bucket: Optional[str], key: Optional[str],
                timeout: Optional[float]) -> "Steps[None]":
        bucket, key = object_of(uri, bucket, key, self.bucket)
        yield from self._operation("delete", bucket, key, self._client().remove(bucket, key), timeout)

    def _delete_many(self, uris: Iterable[str], recursive: bool) -> "Steps[Dict[str, Exception]]":
        targets = [object_of(uri, None, None, self.bucket, whole=not recursive) for uri in uris]
        if not targets:
            return {}
        failed = yield from self._operation("delete", targets[0][0], targets[0][1],
                                            self._client().remove_all(targets, recursive))
        return {f"s3://{bucket}/{key}": error_of(error, operation="delete", bucket=bucket, key=key)
                for bucket, key, error in failed}

    def _download(self, uri: str, path: Any, timeout: Optional[float]) -> "Steps[None]":
        bucket, key = object_of(uri, None, None, self.bucket)
        if key.endswith("/"):
            raise InvalidArgumentError(f"{uri!r} names no single object", operation="download",
                                       bucket=bucket, key=key)
        file = os.path.join(os.curdir, path)  # a file also where the name is "-"
        yield from self._operation("download", bucket, key,
                                   self._client().download(bucket, key, os.fsencode(file)), timeout)

    def _list_page(self, bucket: str, prefix: str, delimiter: str, start_after: str,
                   ) -> "Steps[Tuple[List[Union[ObjectInfo, Prefix]], str]]":
        """Its entries, and after which key the next page begins; empty: there is none. A page that
        begins after a prefix may say it again, for what lies below it; it is told once."""
        entries, more = yield from self._operation(
            "list", bucket, prefix,
            self._client().list(bucket, prefix, delimiter, start_after, LIST_PAGE_ENTRIES))
        made: List[Union[ObjectInfo, Prefix]] = [
            Prefix(bucket, entry) if isinstance(entry, str) else _info(bucket, entry)
            for entry in entries]
        fresh = [entry for entry in made
                 if not isinstance(entry, Prefix) or entry.prefix > start_after]
        if not more:
            return fresh, ""
        last = made[-1]
        return fresh, last.prefix if isinstance(last, Prefix) else last.key

    def _list_buckets(self) -> "Steps[List[str]]":
        return (yield from self._operation("list", "", "", self._client().list_buckets()))

    def _presign(self, method: str, uri: str, expires_in: int, *words: Any) -> "Steps[str]":
        bucket, key = object_of(uri, None, None, self.bucket)
        begin = getattr(self._client(), method)
        return (yield from self._operation(method, bucket, key,
                                           begin(bucket, key, int(expires_in), *words)))

    def _presign_post(self, uri: str, expires_in: int, size_min: Optional[int],
                      size_max: Optional[int], fields: Optional[Mapping[str, str]],
                      ) -> "Steps[PresignedPost]":
        bucket, key = object_of(uri, None, None, self.bucket)
        begun = self._client().presign_post(bucket, key, int(expires_in), size_min, size_max,
                                            dict(fields or {}))
        url, made = yield from self._operation("presign_post", bucket, key, begun)
        return PresignedPost(url, made)

    def _upload_options(self, max_workers: Optional[int], given: Dict[str, Any]) -> Dict[str, Any]:
        unknown = set(given) - set(_OPTIONS) - set(HEADERS)
        if unknown:
            raise TypeError(f"upload has no option {', '.join(sorted(unknown))}; "
                            f"there are: {', '.join([*_OPTIONS, *HEADERS])}")
        options = checked_headers({name: given[name] for name in HEADERS if name in given})
        for name, kind in _OPTIONS.items():
            value: Any = given.get(name)
            if value is None:
                continue
            if type(value) is not kind or (isinstance(value, int) and value < 0):
                raise InvalidArgumentError(f"{name} is {value!r}; give {_WORDS[kind]}")
            options[name] = value
        options["max_workers"] = checked_workers(max_workers)
        return options

    def _single(self, source: Any, uri: Optional[str], bucket: Optional[str],
                key: Union[str, HashedKey, None]) -> UploadItem:
        if isinstance(key, HashedKey):
            return UploadItem(source, key, bucket=bucket or self.bucket)
        bucket, key = object_of(uri, bucket, key, self.bucket)
        return UploadItem(source, key, bucket=bucket)


def checked_workers(max_workers: Any) -> int:
    """A ceiling for requests at a time; 0: there is none."""
    if max_workers is None:
        return 0
    if isinstance(max_workers, bool) or not isinstance(max_workers, int) or max_workers < 1:
        raise InvalidArgumentError(f"max_workers is {max_workers!r}; give a whole number from 1 on")
    return max_workers


class Client(_Endpoint):
    """A client of one S3, for threads and gevent's greenlets. Any thread, any number of calls at a
    time; make one and keep it. Waiting releases the GIL, and under gevent lets the hub run.

    What is not given comes from where the AWS tools have it: their environment variables, shared
    config and credentials files, and the services that hand out keys.

    bucket  the one meant where a call names none
    """

    def upload(self, source: Any, uri: Optional[str] = None, *, bucket: Optional[str] = None,
               key: Union[str, HashedKey, None] = None, max_workers: Optional[int] = None,
               on_progress: Optional[Callable[[Progress], None]] = None,
               timeout: Optional[float] = None, cancel: Any = None, **options: Any) -> Outcome:
        """Stores one object: `client.upload("cat.jpg", "s3://bucket/cat.jpg")`.

        source   as for upload_many; of a file object what follows its position, which is afterwards
                 where it was; one that cannot seek is at its end. It is not closed.
        options  content_type, metadata and so on, as for upload_many.
        Raises the error that the outcome of upload_many would have.
        """
        outcomes = self.upload_many(
            [self._single(source, uri, bucket, key)], max_workers=max_workers,
            on_progress=on_progress, timeout=timeout, cancel=cancel, **options)
        return outcomes[0].raise_for_error()

    def upload_many(self, items: Union[Iterable[Any], Mapping[str, Any]], *,
                    bucket: Optional[str] = None, max_workers: Optional[int] = None,
                    on_progress: Optional[Callable[[Progress], None]] = None,
                    timeout: Optional[float] = None, cancel: Any = None, pool: Any = None,
                    **options: Any) -> List[Outcome]:
        """Stores many objects at once, and answers with one outcome for each, in their order. What
        fails leaves the others alone, and is no exception but an outcome with its error.

        items        UploadItems, pairs (source, key), or a mapping of keys to sources. A source is a
                     path, bytes or any buffer (sent from where it is), an upload of Django or another
                     framework, or an object with read(), which is read by the caller of this: in its
                     thread, under gevent in greenlets. A file object is sent from its position on,
                     which is afterwards where it was; one that cannot seek is at its end. None is
                     closed. Items of different buckets go one bucket after the other.
        max_workers  a ceiling for requests at a time; how many it takes finds itself
        on_progress  called with a Progress in the caller's thread, 10 times a second and at the end;
                     what it raises cancels the upload and is raised here
        timeout      seconds for all; what is not stored then has a TimedOutError
        cancel       a CancelToken, or anything with is_set()
        pool         a gevent.pool.Pool whose greenlets read the sources
        options      content_type, cache_control, content_disposition, content_encoding,
                     content_language, expires, storage_class, metadata, tags; checksum ("crc64nvme",
                     "crc32c", "crc32", "sha1", "sha256"), if_absent (what is there stays),
                     if_changed (what is there with the same bytes is skipped), bytes_per_second,
                     part_bytes, no_progress_seconds_max (while requests fail, 30)
        """
        run = UploadRun(as_items(items), bucket=bucket or self.bucket,
                        options=self._upload_options(max_workers, options),
                        reads=reads_for(pool, max_workers or READS_AT_ONCE),
                        on_progress=on_progress, timeout=timeout, cancel=cancel)
        return drive(run.steps(self._client()))

    def download(self, uri: str, path: Any, *, timeout: Optional[float] = None) -> None:
        """Brings one object into a file, which takes its name when it is whole."""
        drive(self._download(uri, path, timeout))

    def stat(self, uri: Optional[str] = None, *, bucket: Optional[str] = None,
             key: Optional[str] = None, timeout: Optional[float] = None) -> ObjectInfo:
        """What the store says of an object. Raises NotFoundError."""
        return drive(self._stat(uri, bucket, key, timeout))

    def list(self, uri: str = "", *, delimiter: str = "") -> Iterator[Union[ObjectInfo, Prefix]]:
        """The objects below "s3://bucket/prefix" in order of their keys; with the delimiter "/" one
        level, as a file manager shows it. A page at a time is asked for and held."""
        bucket, prefix = object_of(uri, None, None, self.bucket, whole=False)
        start_after = ""
        while True:
            entries, start_after = drive(self._list_page(bucket, prefix, delimiter, start_after))
            yield from entries
            if not start_after:
                return

    def list_buckets(self) -> List[str]:
        return drive(self._list_buckets())

    def delete(self, uri: Optional[str] = None, *, bucket: Optional[str] = None,
               key: Optional[str] = None, timeout: Optional[float] = None) -> None:
        """Deletes an object; one that is not there is none, as in S3."""
        drive(self._delete(uri, bucket, key, timeout))

    def delete_many(self, uris: Iterable[str], *, recursive: bool = False) -> Dict[str, Exception]:
        """Deletes objects, or all below prefixes, 1,000 a request. Answers those that failed."""
        return drive(self._delete_many(uris, recursive))

    def presign_get(self, uri: str, expires_in: int = 3600, *, response_content_type: str = "",
                    response_content_disposition: str = "") -> str:
        """A URL that lets its holder read the object for so many seconds. Nothing is sent."""
        return drive(self._presign("presign_get", uri, expires_in, response_content_type,
                                   response_content_disposition))

    def presign_put(self, uri: str, expires_in: int = 3600, *, content_type: str = "",
                    size: Optional[int] = None) -> str:
        """A URL that lets its holder store the object: with this type and size, where given."""
        return drive(self._presign("presign_put", uri, expires_in, content_type, size))

    def presign_post(self, uri: str, expires_in: int = 3600, *, size_min: Optional[int] = None,
                     size_max: Optional[int] = None,
                     fields: Optional[Mapping[str, str]] = None) -> PresignedPost:
        """A form that lets a browser store one object, its size within bounds. A key that ends with
        "${filename}" stands for all that begin as it does; `fields` are further ones with the values
        they must have, such as "Content-Type"."""
        return drive(self._presign_post(uri, expires_in, size_min, size_max, fields))

    def close(self) -> None:
        """Lets go of its threads and connections; the next call makes new ones."""
        self._close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self._close()


class AsyncClient(_Endpoint):
    """As Client, with `await`. An object's read() may be a coroutine function; one that is not runs
    on the loop's threads. A task that is cancelled cancels what it waits for, and ends when nothing
    of its sources is used any more."""

    async def upload(self, source: Any, uri: Optional[str] = None, *, bucket: Optional[str] = None,
                     key: Union[str, HashedKey, None] = None, max_workers: Optional[int] = None,
                     on_progress: Optional[Callable[[Progress], None]] = None,
                     timeout: Optional[float] = None, cancel: Any = None,
                     **options: Any) -> Outcome:
        """As Client.upload."""
        outcomes = await self.upload_many(
            [self._single(source, uri, bucket, key)], max_workers=max_workers,
            on_progress=on_progress, timeout=timeout, cancel=cancel, **options)
        return outcomes[0].raise_for_error()

    async def upload_many(self, items: Union[Iterable[Any], Mapping[str, Any]], *,
                          bucket: Optional[str] = None, max_workers: Optional[int] = None,
                          on_progress: Optional[Callable[[Progress], None]] = None,
                          timeout: Optional[float] = None, cancel: Any = None,
                          **options: Any) -> List[Outcome]:
        """As Client.upload_many."""
        run = UploadRun(as_items(items), bucket=bucket or self.bucket,
                        options=self._upload_options(max_workers, options), reads=ReadsInLoop(),
                        on_progress=on_progress, timeout=timeout, cancel=cancel)
        return await drive_async(run.steps(self._client()))

    async def download(self, uri: str, path: Any, *, timeout: Optional[float] = None) -> None:
        """As Client.download."""
        await drive_async(self._download(uri, path, timeout))

    async def stat(self, uri: Optional[str] = None, *, bucket: Optional[str] = None,
                   key: Optional[str] = None, timeout: Optional[float] = None) -> ObjectInfo:
        """As Client.stat."""
        return await drive_async(self._stat(uri, bucket, key, timeout))

    async def list(self, uri: str = "", *,
                   delimiter: str = "") -> AsyncIterator[Union[ObjectInfo, Prefix]]:
        """As Client.list: `async for entry in client.list(...)`."""
        bucket, prefix = object_of(uri, None, None, self.bucket, whole=False)
        start_after = ""
        while True:
            entries, start_after = await drive_async(
                self._list_page(bucket, prefix, delimiter, start_after))
            for entry in entries:
                yield entry
            if not start_after:
                return

    async def list_buckets(self) -> List[str]:
        return await drive_async(self._list_buckets())

    async def delete(self, uri: Optional[str] = None, *, bucket: Optional[str] = None,
                     key: Optional[str] = None, timeout: Optional[float] = None) -> None:
        """As Client.delete."""
        await drive_async(self._delete(uri, bucket, key, timeout))

    async def delete_many(self, uris: Iterable[str], *,
                          recursive: bool = False) -> Dict[str, Exception]:
        """As Client.delete_many."""
        return await drive_async(self._delete_many(uris, recursive))

    async def presign_get(self, uri: str, expires_in: int = 3600, *, response_content_type: str = "",
                          response_content_disposition: str = "") -> str:
        """As Client.presign_get."""
        return await drive_async(self._presign("presign_get", uri, expires_in, response_content_type,
                                               response_content_disposition))

    async def presign_put(self, uri: str, expires_in: int = 3600, *, content_type: str = "",
                          size: Optional[int] = None) -> str:
        """As Client.presign_put."""
        return await drive_async(self._presign("presign_put", uri, expires_in, content_type, size))

    async def presign_post(self, uri: str, expires_in: int = 3600, *, size_min: Optional[int] = None,
                           size_max: Optional[int] = None,
                           fields: Optional[Mapping[str, str]] = None) -> PresignedPost:
        """As Client.presign_post."""
        return await drive_async(self._presign_post(uri, expires_in, size_min, size_max, fields))

    async def close(self) -> None:
        """As Client.close."""
        self._close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._close()
