# SPDX-License-Identifier: Apache-2.0
"""What can be uploaded, and how its bytes get to the native side.

A path and an ordinary open file are read natively, a buffer is sent from where it is; only what has
nothing but a read() of its own is read in Python. The caller's file is never closed, and one that can
seek is, afterwards, where it was.
"""

from __future__ import annotations

import inspect
import io
import mimetypes
import os
import re
import stat
import sys
import tempfile
from typing import Any, Dict, List, Optional, Tuple

from slipway.errors import InvalidArgumentError

NativeName = Tuple[str, str, int]
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}")
_OWN_READS = (io.BufferedReader, io.BufferedRandom, io.FileIO)


class Source:
    """Where the bytes of an object come from. Used by whoever called the upload."""

    repeatable = True
    reading = 0  # reads under way

    def add_to(self, job: Any, name: NativeName, headers: Dict[str, Any]) -> int:
        raise NotImplementedError

    def read(self, offset: Optional[int], size: int) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        """Lets go of what it holds; called once, by who called the upload."""


class PathSource(Source):
    def __init__(self, path: Any, descriptor: int = -1) -> None:
        self._path = os.fsencode(path)
        self._descriptor = descriptor

    def add_to(self, job: Any, name: NativeName, headers: Dict[str, Any]) -> int:
        return job.add_path(name, headers, self._path)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class MemorySource(Source):
    """Bytes that stay where they are. The buffer is exported, so not resized or closed, until then."""

    def __init__(self, buffer: Any, start: int = 0) -> None:
        whole = memoryview(buffer)
        try:
            flat = whole.cast("B") if whole.nbytes else memoryview(b"")
        except TypeError:
            whole.release()
            raise InvalidArgumentError(
                "the buffer's bytes do not lie one after the other: make a contiguous copy "
                "(bytes(...), numpy.ascontiguousarray)", operation="upload") from None
        self._views: List[memoryview] = [flat[start:], flat, whole]

    def add_to(self, job: Any, name: NativeName, headers: Dict[str, Any]) -> int:
        return job.add_memory(name, headers, self._views[0])

    def close(self) -> None:
        for view in self._views:
            view.release()


class SeekableSource(Source):
    """A file object of known size, from its position on. It can be read again."""

    def __init__(self, file: Any, start: int, size: int) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._at = -1

    def add_to(self, job: Any, name: NativeName, headers: Dict[str, Any]) -> int:
        return job.add_seekable(name, headers, self._size)

    def read(self, offset: Optional[int], size: int) -> Any:
        wanted = self._start + (offset or 0)
        if self._at != wanted:
            self._file.seek(wanted)
        self._at = -1
        read = self._file.read(size)
        self._at = wanted + len(read) if isinstance(read, bytes) else -1
        return read

    def close(self) -> None:
        if self.reading == 0:
            try:
                self._file.seek(self._start)
            except (OSError, ValueError):
                pass  # closed by its owner meanwhile


class StreamSource(Source):
    """A file object that is read once, to its end."""

    repeatable = False

    def __init__(self, file: Any) -> None:
        self._file = file

    def add_to(self, job: Any, name: NativeName, headers: Dict[str, Any]) -> int:
        return job.add_stream(name, headers)

    def read(self, offset: Optional[int], size: int) -> Any:
        return self._file.read(size)


def source_of(given: Any) -> Source:
    """How `given` is read. Errors: InvalidArgumentError, naming what it is."""
    if isinstance(given, Source):
        return given
    if isinstance(given, (str, os.PathLike)):
        return PathSource(given)
    if not hasattr(given, "read"):
        return MemorySource(_buffer(given))
    try:
        return _source_of_file(given)
    except ValueError as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(f"{_described(given)} cannot be read: {error}",
                                   operation="upload") from error


def _buffer(given: Any) -> Any:
    try:
        memoryview(given).release()
    except TypeError:
        raise InvalidArgumentError(
            f"{_described(given)} is nothing that can be uploaded: give a path, bytes or another "
            "buffer, or an object with read()", operation="upload") from None
    return given


def _source_of_file(file: Any) -> Source:
    if callable(getattr(file, "temporary_file_path", None)) and file.tell() == 0:
        return PathSource(file.temporary_file_path())
    inner = _unwrapped(file)
    if isinstance(inner, io.TextIOBase):
        raise InvalidArgumentError(f"{_described(file)} is open as text: open it with \"rb\"",
                                   operation="upload")
    if type(inner) is io.BytesIO:
        return MemorySource(inner.getbuffer(), inner.tell())
    if type(inner) in _OWN_READS:
        native = _native_file(inner)
        if native is not None:
            return native
    if inspect.iscoroutinefunction(inner.read):
        return StreamSource(inner)
    place = _place_of(inner)
    return SeekableSource(inner, *place) if place else StreamSource(inner)


def _unwrapped(file: Any) -> Any:
    """What Django's, Werkzeug's, Starlette's and tempfile's files are around."""
    inner: Any
    for _ in range(4):
        if isinstance(file, tempfile.SpooledTemporaryFile):
            inner = file._file
        elif type(file).__module__.partition(".")[0] == "werkzeug":
            inner = getattr(file, "stream", None)
        elif type(file) is tempfile._TemporaryFileWrapper or _wraps_file(file):
            inner = getattr(file, "file", None)
        else:
            return file
        if not hasattr(inner, "read"):
            return file
        file = inner
    return file


def _wraps_file(file: Any) -> bool:
    django = sys.modules.get("django.core.files.base")
    if django is not None and isinstance(file, django.File):
        # Another class may read in a way of its own.
        return type(file).__module__.startswith("django.") and type(file).read is django.File.read
    starlette = sys.modules.get("starlette.datastructures")
    return starlette is not None and isinstance(file, starlette.UploadFile)


def _native_file(file: Any) -> Optional[Source]:
    """An ordinary file at its beginning is read by its descriptor, whatever its name is by now."""
    if not file.readable() or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return None
    if file.tell() != 0:
        return None
    if file.writable():
        file.flush()
    held = os.dup(file.fileno())
    return PathSource(f"/proc/self/fd/{held}", held)


def _place_of(file: Any) -> Optional[Tuple[int, int]]:
    """Its position and how much follows, where it can seek."""
    seekable = getattr(file, "seekable", None)
    if (seekable is not None and not seekable()) or not hasattr(file, "seek"):
        return None
    try:
        start = file.tell()
        file.seek(0, os.SEEK_END)
        end = file.tell()
        file.seek(start)
    except (OSError, AttributeError, io.UnsupportedOperation):
        return None
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    return start, max(0, end - start)


def _described(given: Any) -> str:
    name = file_name(given)
    return f"{type(given).__name__} {name!r}" if name else f"an object of type {type(given).__name__}"


def file_name(given: Any) -> str:
    """The last part of the name that a source has; empty: it has none."""
    if isinstance(given, (str, os.PathLike)):
        return os.path.basename(os.fsdecode(given))
    for attribute in ("name", "filename"):
        name = getattr(given, attribute, None)
        if isinstance(name, str):
            return re.split(r"[\\/]", name)[-1]
    return ""


def content_type(given: Any) -> str:
    """What a browser or framework said of it; empty: nothing."""
    said = getattr(given, "content_type", None)
    return said if isinstance(said, str) else ""


def extension(given: Any) -> str:
    """".jpg": of its name, else of what it is said to be, else ".bin"."""
    found = os.path.splitext(file_name(given))[1]
    if _EXTENSION.fullmatch(found):
        return found.lower()
    guessed = mimetypes.guess_extension(content_type(given).partition(";")[0].strip())
    return guessed or ".bin"
