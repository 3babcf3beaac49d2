# SPDX-License-Identifier: Apache-2.0
"""Uploads: what is asked for, what comes back, and the steps between, which any world can take."""

from __future__ import annotations

import dataclasses
import functools
import threading
import time
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from slipway import _core
from slipway.errors import InvalidArgumentError, SlipwayError, TimedOutError, error_of
from slipway.sources import NativeName, Source, source_of
from slipway.waiting import ReadsHere, Steps

PROGRESS_SECONDS = 0.1
HEADERS = ("content_type", "cache_control", "content_disposition", "content_encoding",
           "content_language", "expires", "storage_class", "metadata", "tags")


@dataclasses.dataclass(frozen=True)
class HashedKey:
    """A key named after the content: `begin`, so many hex digits of its SHA-256, `end`. The same
    content of the same place is one object. Not for what can be read only once."""

    begin: str
    end: str = ""
    digits: int = 32


def checked_headers(said: Mapping[str, Any]) -> Dict[str, Any]:
    """What is said of an object, as the native side takes it: texts, metadata and tags of texts."""
    made: Dict[str, Any] = {}
    for name, value in said.items():
        if not value:
            continue
        if name in ("metadata", "tags"):
            texts = dict(value) if isinstance(value, Mapping) else {"": value}
            wrong = [each for pair in texts.items() for each in pair if not isinstance(each, str)]
            made[name] = texts
        else:
            wrong = [] if isinstance(value, str) else [value]
            made[name] = value
        if wrong:
            raise InvalidArgumentError(f"{name}: {wrong[0]!r} is no text")
    return made


@dataclasses.dataclass(frozen=True)
class UploadItem:
    """One object to be stored. What it says of itself goes before what upload_many is told.

    source  a path, bytes or any buffer, an object with read(), a Django or other framework's upload
    key     its key, or with an "s3://bucket/key" its bucket, too
    """

    source: Any
    key: Union[str, HashedKey]
    bucket: Optional[str] = None
    content_type: str = ""
    cache_control: str = ""
    content_disposition: str = ""
    content_encoding: str = ""
    content_language: str = ""
    expires: str = ""
    storage_class: str = ""
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def headers(self) -> Dict[str, Any]:
        return checked_headers({name: getattr(self, name) for name in HEADERS})


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one item. `ok`: the object is there."""

    item: Any
    bucket: str
    key: str
    size: int = 0
    etag: str = ""
    checksum: str = ""  #: as S3 writes it (base64), of `checksum_algorithm`
    checksum_algorithm: str = ""
    attempts: int = 1
    skipped: bool = False  #: if_absent, if_changed: it was there already
    error: Optional[SlipwayError] = None

    @property
    def ok(self) -> bool:
        return self.error is None

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def raise_for_error(self) -> "Outcome":
        if self.error is not None:
            raise self.error
        return self


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far an upload is."""

    items_total: int
    items_stored: int
    items_failed: int
    items_skipped: int
    bytes_total: int  #: of what has been looked at; streams count when they are stored
    bytes_stored: int
    bytes_moved: int
    requests: int
    retries: int
    under_way: Tuple[Tuple[str, int, int], ...]  #: key, size, bytes sent; the largest, at most 8


class CancelToken:
    """Ends what was begun with it. Any thread, and before or while it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._stops: List[Callable[[], None]] = []

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            stops = list(self._stops)
        for stop in stops:
            stop()

    def is_set(self) -> bool:
        return self._cancelled

    def _add(self, stop: Callable[[], None]) -> None:
        with self._lock:
            self._stops.append(stop)
            cancelled = self._cancelled
        if cancelled:
            stop()

    def _remove(self, stop: Callable[[], None]) -> None:
        with self._lock:
            self._stops.remove(stop)


def parse_uri(uri: str) -> Tuple[str, str]:
    """The bucket and key of an "s3://bucket/key"."""
    bucket, _, key = uri[len("s3://"):].partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise InvalidArgumentError(f"{uri!r} names no bucket: write s3://bucket/key")
    return bucket, key


def object_of(uri: Optional[str], bucket: Optional[str], key: Optional[str],
              default_bucket: Optional[str], *, whole: bool = True) -> Tuple[str, str]:
    """Which object is meant. A key alone is one of the client's bucket."""
    if uri is not None:
        if bucket is not None or key is not None:
            raise InvalidArgumentError("give an s3:// URL, or bucket= and key=, not both")
        if uri.startswith("s3://"):
            bucket, key = parse_uri(uri)
        else:
            key = uri
    bucket = bucket or default_bucket
    if not bucket:
        raise InvalidArgumentError("no bucket is named: write s3://bucket/key, or give bucket=")
    if whole and not key:
        raise InvalidArgumentError(f"s3://{bucket}/ names no object: write s3://{bucket}/key")
    return bucket, key or ""


def as_items(items: Union[Iterable[Any], Mapping[Any, Any]]) -> List[UploadItem]:
    """UploadItems, (source, key) pairs, or a mapping of keys to sources."""
    if isinstance(items, Mapping):
        return [UploadItem(source, key) for key, source in items.items()]
    made = []
    for item in items:
        if isinstance(item, UploadItem):
            made.append(item)
        elif isinstance(item, tuple) and len(item) == 2:
            made.append(UploadItem(*item))
        else:
            raise InvalidArgumentError(
                f"an item is an UploadItem or a pair (source, key), not a {type(item).__name__}")
    return made


class _Items:
    """The items of one upload, each with its place and what became of it."""

    def __init__(self, items: List[UploadItem], default_bucket: Optional[str],
                 checksum: str) -> None:
        self.items = items
        self.outcomes: List[Optional[Outcome]] = [None] * len(items)
        self.places: List[Tuple[str, NativeName]] = [("", ("", "", 0))] * len(items)
        self.groups: Dict[str, List[int]] = {}
        self._checksum = checksum
        taken: "set[Tuple[str, str]]" = set()
        for number, item in enumerate(items):
            try:
                place = self.places[number] = self._place(item, default_bucket)
                if not place[1][2] and (place[0], place[1][0]) in taken:
                    raise InvalidArgumentError(
                        f"s3://{place[0]}/{place[1][0]} is the key of two items: one of them would "
                        "be lost", operation="upload", bucket=place[0], key=place[1][0])
            except InvalidArgumentError as error:
                self.failed(number, error)
                continue
            taken.add((place[0], place[1][0]))
            self.groups.setdefault(place[0], []).append(number)

    @staticmethod
    def _place(item: UploadItem, default_bucket: Optional[str]) -> Tuple[str, NativeName]:
        if isinstance(item.key, HashedKey):
            bucket, begin = object_of(item.key.begin, None, None, item.bucket or default_bucket)
            if not 1 <= item.key.digits <= 64:
                raise InvalidArgumentError(f"a HashedKey has 1 to 64 digits, not {item.key.digits}")
            return bucket, (begin, item.key.end, item.key.digits)
        bucket, key = object_of(item.key, None, None, item.bucket or default_bucket)
        return bucket, (key, "", 0)

    def key(self, number: int) -> str:
        """As far as it is known before its content has been read."""
        begin, end, digits = self.places[number][1]
        return begin + ("*" + end if digits else end)

    def failed(self, number: int, error: SlipwayError) -> None:
        self.outcomes[number] = Outcome(self.items[number], self.places[number][0],
                                        self.key(number), error=error, attempts=error.attempt)

    def ended(self, number: int, native: Any, cause: Optional[BaseException],
              timed_out: Optional[float]) -> None:
        key, skipped, error, size, etag, checksum, attempts = native
        bucket = self.places[number][0]
        raised: Optional[SlipwayError] = None
        if error is not None and not skipped:
            if timed_out is not None and error[0] == "cancelled":
                raised = TimedOutError(
                    f"cannot store s3://{bucket}/{key or self.key(number)}: the time of "
                    f"{timed_out:g} s is over; give it more, or less to send",
                    operation="upload", bucket=bucket, key=key or self.key(number),
                    attempt=attempts, code="Timeout")
            else:
                raised = error_of(error, operation="upload", bucket=bucket,
                                  key=key or self.key(number), attempt=attempts)
            raised.__cause__ = cause
        self.outcomes[number] = Outcome(
            self.items[number], bucket, key or self.key(number), size=size, etag=etag,
            checksum=checksum, checksum_algorithm=self._checksum if checksum else "",
            attempts=attempts, skipped=skipped, error=raised)


class UploadRun:
    """One call of upload_many. `steps` is what it does."""

    def __init__(self, items: List[UploadItem], *, bucket: Optional[str], options: Dict[str, Any],
                 reads: ReadsHere, on_progress: Optional[Callable[[Progress], None]] = None,
                 timeout: Optional[float] = None, cancel: Any = None) -> None:
        if timeout is not None and timeout < 0:
            raise InvalidArgumentError(f"timeout is {timeout}; give seconds, or None for no end")
        self._items = _Items(items, bucket, options.get("checksum", "crc64nvme"))
        self._options = options
        self._reads = reads
        self._on_progress = on_progress
        self._told = time.monotonic()  # last
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._timed_out = False
        self._cancel = cancel
        self._sources: Dict[int, Source] = {}  # by number in the job
        self._numbers: List[int] = []
        self._causes: Dict[int, BaseException] = {}
        self._before = dict.fromkeys(
            ("bytes_found", "bytes_stored", "bytes_moved", "requests", "retries"), 0)

    def steps(self, client: Any) -> "Steps[List[Outcome]]":
        for bucket, numbers in self._items.groups.items():
            yield from self._one_bucket(client, bucket, numbers)
        return [outcome for outcome in self._items.outcomes if outcome is not None]

    def _one_bucket(self, client: Any, bucket: str, numbers: List[int]) -> "Steps[None]":
        job = _core.new_job(bucket, self._options)
        self._sources = {}
        self._numbers = []
        self._causes = {}
        stop = job.cancel
        watched = isinstance(self._cancel, CancelToken)
        try:
            for number in numbers:
                self._add(job, number)
            if not self._numbers:
                return
            job.start(client)
            if watched:
                self._cancel._add(stop)
            try:
                yield from self._until_over(job)
            except GeneratorExit:
                job.cancel()
                job.wait()
                raise
            except BaseException:
                job.cancel()
                yield from self._to_the_end(job)
                raise
            finally:
                if watched:
                    self._cancel._remove(stop)
        finally:
            self._reads.stop()
            for source in self._sources.values():
                source.close()

    def _add(self, job: Any, number: int) -> None:
        item = self._items.items[number]
        bucket, name = self._items.places[number]
        try:
            source = source_of(item.source)
            if name[2] and not source.repeatable:
                source.close()
                raise InvalidArgumentError(
                    "what can be read only once cannot be named after its content: give a key")
            try:
                self._sources[source.add_to(job, name, item.headers())] = source
            except BaseException:
                source.close()
                raise
        except (InvalidArgumentError, OSError) as error:
            failure = InvalidArgumentError(
                f"cannot store s3://{bucket}/{self._items.key(number)}: {error}",
                operation="upload", bucket=bucket, key=self._items.key(number))
            failure.__cause__ = error
            self._items.failed(number, failure)
            return
        self._numbers.append(number)

    def _until_over(self, job: Any) -> "Steps[None]":
        while not self._news(job):
            self._look_at_the_clock(job)
            if self._on_progress is not None and time.monotonic() >= self._told + PROGRESS_SECONDS:
                self._on_progress(self._progress(job))
                self._told = time.monotonic()
            yield job.fileno(), self._patience()
        if self._on_progress is not None:
            self._on_progress(self._progress(job))
        for name, value in job.progress().items():
            if name in self._before:
                self._before[name] += value

    def _to_the_end(self, job: Any) -> "Steps[None]":
        """After a cancel: until nothing of the caller's is used any more, whatever it is told."""
        self._reads.stop()
        while not self._news(job):
            try:
                yield job.fileno(), None
            except GeneratorExit:
                job.wait()
                raise
            except BaseException:  # told again: it ends as fast as it can already
                pass

    def _look_at_the_clock(self, job: Any) -> None:
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._timed_out = True
            self._deadline = None
            job.cancel()
        if self._cancel is not None and self._cancel.is_set():
            job.cancel()

    def _patience(self) -> Optional[float]:
        asked = self._cancel is not None and not isinstance(self._cancel, CancelToken)
        seconds = PROGRESS_SECONDS if self._on_progress is not None or asked else None
        if self._deadline is not None:
            left = max(0.0, self._deadline - time.monotonic())
            seconds = left if seconds is None else min(left, seconds)
        return seconds

    def _news(self, job: Any) -> bool:
        reads, ended, over = job.take()
        for read in reads:
            self._read(job, *read)
        for number, native in ended:
            timed_out = self._timeout if self._timed_out else None
            self._items.ended(self._numbers[number], native, self._causes.pop(number, None),
                              timed_out)
            self._sources.pop(number).close()
        return over

    def _read(self, job: Any, read_id: int, number: int, offset: Optional[int], size: int) -> None:
        source = self._sources.get(number)
        if source is None:
            job.refuse(read_id, "it has ended")
            return
        source.reading += 1

        def done(answer: Any, error: Optional[BaseException]) -> None:
            source.reading -= 1
            if error is None:
                try:
                    job.answer(read_id, answer)
                    return
                except (TypeError, BufferError):
                    error = TypeError(f"its read() answered {type(answer).__name__}, not bytes")
            self._causes[number] = error
            job.refuse(read_id, f"reading it failed: {type(error).__name__}: {error}")

        self._reads.serve(functools.partial(source.read, offset, size), done)

    def _progress(self, job: Any) -> Progress:
        ended = [outcome for outcome in self._items.outcomes if outcome is not None]
        skipped = sum(outcome.skipped for outcome in ended)
        failed = sum(not outcome.ok for outcome in ended)
        now = job.progress()
        so_far = {name: now[name] + value for name, value in self._before.items()}
        return Progress(
            items_total=len(self._items.items), items_stored=len(ended) - failed - skipped,
            items_failed=failed, items_skipped=skipped, bytes_total=so_far["bytes_found"],
            bytes_stored=so_far["bytes_stored"], bytes_moved=so_far["bytes_moved"],
            requests=so_far["requests"], retries=so_far["retries"],
            under_way=tuple(now["under_way"]))
