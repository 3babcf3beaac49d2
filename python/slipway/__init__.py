# SPDX-License-Identifier: Apache-2.0
"""Slipway: many files into S3 at once.

    from slipway import Client
    Client().upload("cat.jpg", "s3://bucket/cat.jpg")

`AWSService` takes the uploads of a Django form, `AsyncClient` is for asyncio, `slipway.django` has a
storage for Django's STORAGES.
"""

from slipway._core import __version__
from slipway.aws import AWSService
from slipway.client import AsyncClient, Client, ObjectInfo, Prefix, PresignedPost
from slipway.errors import (AlreadyExistsError, CancelledError, CorruptedError, InternalError,
                            InvalidArgumentError, NoSpaceError, NotFoundError,
                            PermissionDeniedError, PreconditionFailedError, SlipwayError,
                            SourceError, ThrottledError, TimedOutError, TooLargeError,
                            UnauthenticatedError, UnavailableError, UnsupportedError)
from slipway.uploading import CancelToken, HashedKey, Outcome, Progress, UploadItem

__all__ = [
    "AWSService", "AlreadyExistsError", "AsyncClient", "CancelToken", "CancelledError", "Client",
    "CorruptedError", "HashedKey", "InternalError", "InvalidArgumentError", "NoSpaceError",
    "NotFoundError", "ObjectInfo", "Outcome", "PermissionDeniedError", "PreconditionFailedError",
    "Prefix", "PresignedPost", "Progress", "SlipwayError", "SourceError", "ThrottledError",
    "TimedOutError", "TooLargeError", "UnauthenticatedError", "UnavailableError",
    "UnsupportedError", "UploadItem", "__version__"]
