# SPDX-License-Identifier: Apache-2.0
"""`AWSService`: uploads of a form, each file on its own, under gevent, threads or alone.

Failures of files are logged here by type and readable in the service's `last_report`; what concerns all of
them (no bucket, no keys) is raised.
"""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any, Dict, List, Mapping, Optional

from slipway.client import Client, checked_workers
from slipway.errors import InvalidArgumentError, SlipwayError, UnauthenticatedError
from slipway.settings import client_for, options_for
from slipway.sources import content_type, extension, source_of
from slipway.uploading import HashedKey, Outcome, UploadItem

try:
    import gevent
    import gevent.monkey
    import gevent.pool
except ImportError:
    gevent = None  # type: ignore[assignment]

logger = logging.getLogger(__name__)

HASH_DIGITS = 32
_BAD_PART = re.compile(r"[/\\\x00-\x1f\x7f]")


def _checked_part(what: str, part: Any) -> str:
    """One part of a key."""
    text = str(part)
    if not text or text in (".", "..") or _BAD_PART.search(text):
        raise InvalidArgumentError(
            f"{what} {text!r} cannot be part of a key: give a name without '/', '\\', control "
            "characters, and not '.' or '..'", operation="upload")
    return text


class AWSService:
    """Uploads files into one bucket, under `<category>/user_<id>/<type>/<hash>.<ext>`.

    What is not given comes from Django's settings under the names that django-storages gave them
    (AWS_STORAGE_BUCKET_NAME, AWS_S3_ENDPOINT_URL, AWS_S3_REGION_NAME, AWS_ACCESS_KEY_ID, ...), then
    from where the AWS tools have it. Services with the same settings share connections and threads, so
    one may be made for each request.
    """

    def __init__(self, bucket_name: Optional[str] = None, *, endpoint_url: Optional[str] = None,
                 region: Optional[str] = None, profile: Optional[str] = None,
                 access_key_id: Optional[str] = None, secret_access_key: Optional[str] = None,
                 session_token: Optional[str] = None, timeout: Optional[float] = None) -> None:
        self._options = options_for({
            "endpoint_url": endpoint_url, "region": region, "profile": profile,
            "access_key_id": access_key_id, "secret_access_key": secret_access_key,
            "session_token": session_token, "bucket": bucket_name})
        self.bucket_name: Optional[str] = self._options.get("bucket")
        self.timeout = timeout
        #: What became of each file of the last call of this service, by type.
        self.last_report: Dict[str, Outcome] = {}

    @property
    def s3(self) -> Client:
        """The client that everything goes through."""
        return client_for(self._options)

    def upload_files_concurrently(self, user_id: Any, files: Mapping[str, Any],
                                  file_category: str = "general",
                                  bucket_name: Optional[str] = None,
                                  max_workers: Optional[int] = 5) -> Dict[str, str]:
        """Uploads files at the same time; answers with the s3:// URLs of those that are stored, by
        type. A file that is None is skipped; one that fails is logged and leaves the others alone.

        files        file types and, for each, an upload of Django's, an object with read(), bytes or
                     a path; of an open file what follows its position, which stays; none is closed
        max_workers  a ceiling for requests at a time; None: there is none
        Raises InvalidArgumentError: no bucket, a bad user, category or max_workers;
        UnauthenticatedError: no keys anywhere.
        """
        report = self.upload_files_with_outcomes(user_id, files, file_category, bucket_name,
                                                 max_workers)
        return {file_type: outcome.url for file_type, outcome in report.items() if outcome.ok}

    def upload_files_with_outcomes(self, user_id: Any, files: Mapping[str, Any],
                                   file_category: str = "general",
                                   bucket_name: Optional[str] = None,
                                   max_workers: Optional[int] = 5) -> Dict[str, Outcome]:
        """As upload_files_concurrently; answers what became of each file: its url, size, checksum,
        attempts and, where it failed, its error."""
        self.last_report = {}
        bucket = self._bucket(bucket_name)
        checked_workers(max_workers)
        folder = self._folder(user_id, file_category)
        wanted = {file_type: file for file_type, file in files.items() if file is not None}
        items: Dict[str, UploadItem] = {}
        report: Dict[str, Outcome] = {}
        for file_type, file in wanted.items():
            try:
                items[file_type] = self._item(file, bucket, folder, file_type)
            except SlipwayError as error:
                report[file_type] = Outcome(file, bucket, "", error=error)
        # Greenlets that read what has only a read(): one that waits does not hold up the others.
        pool = None
        if gevent is not None and gevent.monkey.is_module_patched("socket"):
            pool = gevent.pool.Pool(max_workers)
        outcomes = self.s3.upload_many(items.values(), max_workers=max_workers, pool=pool,
                                       timeout=self.timeout)
        report.update(zip(items, outcomes))
        self.last_report = {name: report[name] for name in wanted if name in report}
        self._log(user_id, self.last_report)
        self._raise_critical(list(self.last_report.values()))
        return self.last_report

    def upload_to_s3(self, user_id: Any, image_front: Any, image_back: Any, selfie: Any,
                     selfie_video: Any = None) -> Dict[str, str]:
        """Uploads the pictures of an identity check: as upload_files_concurrently with the category
        id_cards, the types front, back, selfie and selfie_video, and 4 workers."""
        files = {"front": image_front, "back": image_back, "selfie": selfie,
                 "selfie_video": selfie_video}
        return self.upload_files_concurrently(user_id, files, file_category="id_cards", max_workers=4)

    def upload_single_file(self, file_obj: Any, user_id: Any = "anonymous", file_type: str = "file",
                           file_category: str = "general",
                           bucket_name: Optional[str] = None) -> str:
        """Uploads one file and answers its s3:// URL. Raises what kept it from being stored."""
        if file_obj is None:
            raise InvalidArgumentError("there is no file (None)", operation="upload")
        report = self.upload_files_with_outcomes(user_id, {file_type: file_obj}, file_category,
                                                 bucket_name, max_workers=1)
        return report[file_type].raise_for_error().url

    def _bucket(self, bucket_name: Optional[str]) -> str:
        bucket = bucket_name or self.bucket_name
        if not bucket:
            raise InvalidArgumentError(
                "no bucket is configured: give bucket_name, or set AWS_STORAGE_BUCKET_NAME in Django's "
                "settings or the environment", operation="upload")
        return bucket

    @staticmethod
    def _folder(user_id: Any, file_category: str) -> str:
        category = "/".join(_checked_part("the file category", part)
                            for part in str(file_category).strip("/").split("/"))
        return f"{category}/user_{_checked_part('the user', user_id)}"

    @staticmethod
    def _item(file: Any, bucket: str, folder: str, file_type: str) -> UploadItem:
        folder = f"{folder}/{_checked_part('the file type', file_type)}/"
        source = source_of(file)
        repeatable = source.repeatable
        source.close()
        key: Any
        if repeatable:
            key = HashedKey(folder, extension(file), HASH_DIGITS)
        else:
            key = folder + secrets.token_hex(HASH_DIGITS // 2) + extension(file)
        return UploadItem(file, key, bucket=bucket, content_type=content_type(file))

    @staticmethod
    def _log(user_id: Any, report: Dict[str, Outcome]) -> None:
        for file_type, outcome in report.items():
            if outcome.error is not None:
                logger.error("upload of %s for user %s failed: %s", file_type, user_id, outcome.error)
            else:
                logger.debug("upload of %s for user %s: %s", file_type, user_id, outcome.url)

    @staticmethod
    def _raise_critical(outcomes: List[Outcome]) -> None:
        """Where there are no keys, no file can ever be stored: that is none of a file's failures."""
        for outcome in outcomes:
            if isinstance(outcome.error, UnauthenticatedError) and outcome.error.status is None:
                raise outcome.error
