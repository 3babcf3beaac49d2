# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as one hierarchy: `SlipwayError`, and below it a class for each decision that a
caller can take. All can be pickled."""

from __future__ import annotations

import builtins
from typing import Any, Dict, Optional, Tuple, Type

# kind, message, code, status (0: none), request id, seconds
NativeError = Tuple[str, str, str, int, str, int]


class SlipwayError(Exception):
    """Any failure of Slipway. Its text says what was attempted, on what, what happened, what to do.

    operation    what was being done: "upload", "stat", ...
    bucket, key  of what; empty where it is of none
    attempt      how many times it was tried
    status       the HTTP status of the store's answer; None: there was no answer
    request_id   of that answer, which the store's operators ask for
    code         for programs: the store's ("NoSuchKey") or one of ours; empty: the class says it
    retry_after  seconds the store wants to be left alone; None: it did not say
    """

    kind = "internal"

    def __init__(self, message: str, *, operation: str = "", bucket: str = "", key: str = "",
                 attempt: int = 1, status: Optional[int] = None, request_id: str = "",
                 code: str = "", retry_after: Optional[int] = None) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.bucket = bucket
        self.key = key
        self.attempt = attempt
        self.status = status
        self.request_id = request_id
        self.code = code
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> Tuple[Any, ...]:
        return _again, (type(self), self.message, self._fields())

    def _fields(self) -> Dict[str, Any]:
        return {"operation": self.operation, "bucket": self.bucket, "key": self.key,
                "attempt": self.attempt, "status": self.status, "request_id": self.request_id,
                "code": self.code, "retry_after": self.retry_after}


class InvalidArgumentError(SlipwayError, ValueError):
    """Something was asked for that can never work."""

    kind = "invalid_argument"


class NotFoundError(SlipwayError):
    """What was named is not there: an object, a bucket, a file."""

    kind = "not_found"


class AlreadyExistsError(SlipwayError):
    """What was to be created is there."""

    kind = "already_exists"


class PreconditionFailedError(SlipwayError):
    """A condition that was set does not hold."""

    kind = "precondition_failed"


class PermissionDeniedError(SlipwayError):
    """The keys are good, and may not do this."""

    kind = "permission_denied"


class UnauthenticatedError(SlipwayError):
    """There are no keys, or the store does not know them, or the signature does not hold."""

    kind = "unauthenticated"


class TooLargeError(SlipwayError):
    """Over a limit."""

    kind = "too_large"


class ThrottledError(SlipwayError):
    """The store asked to slow down for longer than was waited."""

    kind = "throttled"


class TimedOutError(SlipwayError, builtins.TimeoutError):
    """A time that was set passed."""

    kind = "timeout"


class UnavailableError(SlipwayError):
    """The store is away or overloaded; trying again later may help."""

    kind = "unavailable"


class CorruptedError(SlipwayError):
    """Bytes are not what they were declared or recorded to be, or a source changed meanwhile."""

    kind = "corrupted"


class CancelledError(SlipwayError):
    """The caller gave up."""

    kind = "cancelled"


class UnsupportedError(SlipwayError):
    """Known, and not offered."""

    kind = "unsupported"


class NoSpaceError(SlipwayError):
    """A disk is full, or a quota used up."""

    kind = "no_space"


class SourceError(SlipwayError):
    """Reading what was to be sent failed, or writing what came; where a read() of the caller's
    raised, `__cause__` is that."""

    kind = "io"


class InternalError(SlipwayError):
    """A fault of Slipway's."""

    kind = "internal"


_CLASSES: Dict[str, Type[SlipwayError]] = {
    each.kind: each for each in (
        InvalidArgumentError, NotFoundError, AlreadyExistsError, PreconditionFailedError,
        PermissionDeniedError, UnauthenticatedError, TooLargeError, ThrottledError, TimedOutError,
        UnavailableError, CorruptedError, CancelledError, UnsupportedError, NoSpaceError,
        SourceError, InternalError)}


def _again(which: Type[SlipwayError], message: str, fields: Dict[str, Any]) -> SlipwayError:
    return which(message, **fields)


def error_of(native: NativeError, *, operation: str, bucket: str = "", key: str = "",
             attempt: int = 1) -> SlipwayError:
    """The exception for a failure that the native module reported."""
    kind, message, code, status, request_id, retry_after = native
    which = _CLASSES.get(kind, InternalError)
    return which(message, operation=operation, bucket=bucket, key=key, attempt=attempt,
                 status=status or None, request_id=request_id, code=code,
                 retry_after=retry_after or None)
