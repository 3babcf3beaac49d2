# SPDX-License-Identifier: Apache-2.0
"""Django's files in a bucket:

    STORAGES = {"default": {"BACKEND": "slipway.django.S3Storage",
                            "OPTIONS": {"bucket_name": "media"}}, ...}
"""

from __future__ import annotations

import datetime
import io
import os
import posixpath
import tempfile
from typing import Any, Dict, IO, List, Optional, Tuple
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils import timezone
from django.utils.deconstruct import deconstructible

from slipway.client import Client, ObjectInfo
from slipway.errors import NotFoundError
from slipway.settings import client_for, django_setting, options_for
from slipway.sources import content_type

# An option of this storage and the setting that says it for all of them.
_SETTINGS = {"location": ("AWS_LOCATION", ""), "file_overwrite": ("AWS_S3_FILE_OVERWRITE", False),
             "querystring_auth": ("AWS_QUERYSTRING_AUTH", True),
             "querystring_expire": ("AWS_QUERYSTRING_EXPIRE", 3600),
             "custom_domain": ("AWS_S3_CUSTOM_DOMAIN", ""),
             "url_protocol": ("AWS_S3_URL_PROTOCOL", "https:"),
             "object_parameters": ("AWS_S3_OBJECT_PARAMETERS", None)}
# S3's names of what an object may be given, as AWS_S3_OBJECT_PARAMETERS has them.
_PARAMETERS = {"CacheControl": "cache_control", "ContentDisposition": "content_disposition",
               "ContentEncoding": "content_encoding", "ContentLanguage": "content_language",
               "ContentType": "content_type", "StorageClass": "storage_class",
               "Metadata": "metadata"}


@deconstructible
class S3Storage(Storage):
    """Files in an S3 bucket, with Django's rules: a name that is taken gets another, also when two
    take it at once, and a file that is not there is a FileNotFoundError.

    Options and settings are those of django-storages; what neither says is found where the AWS tools
    have it. `file_overwrite` is off unless it is said.
    """

    def __init__(self, *, bucket_name: Optional[str] = None, access_key: Optional[str] = None,
                 secret_key: Optional[str] = None, security_token: Optional[str] = None,
                 session_profile: Optional[str] = None, endpoint_url: Optional[str] = None,
                 region_name: Optional[str] = None, addressing_style: Optional[str] = None,
                 **options: Any) -> None:
        unknown = set(options) - set(_SETTINGS)
        if unknown:
            raise ImproperlyConfigured(
                f"S3Storage has no option {', '.join(sorted(unknown))}; besides those of the "
                f"connection there are: {', '.join(_SETTINGS)}")
        self._client_options = options_for({
            "bucket": bucket_name, "access_key_id": access_key, "secret_access_key": secret_key,
            "session_token": security_token, "profile": session_profile,
            "endpoint_url": endpoint_url, "region": region_name, "addressing": addressing_style})
        said: Dict[str, Any] = {}
        for name, (setting, default) in _SETTINGS.items():
            found = options[name] if name in options else django_setting(setting)
            said[name] = default if found is None else found
        self.bucket_name = self._client_options.get("bucket", "")
        self.location = str(said["location"]).strip("/")
        self.file_overwrite = bool(said["file_overwrite"])
        self.querystring_auth = bool(said["querystring_auth"])
        self.querystring_expire = int(said["querystring_expire"])
        self.custom_domain = said["custom_domain"]
        self.url_protocol = said["url_protocol"]
        self.object_parameters = self._parameters(said["object_parameters"] or {})

    @staticmethod
    def _parameters(said: Dict[str, Any]) -> Dict[str, Any]:
        unknown = set(said) - set(_PARAMETERS)
        if unknown:
            raise ImproperlyConfigured(
                f"AWS_S3_OBJECT_PARAMETERS: {', '.join(sorted(unknown))} is not offered; there are: "
                f"{', '.join(_PARAMETERS)}")
        return {_PARAMETERS[name]: value for name, value in said.items()}

    @property
    def client(self) -> Client:
        if not self.bucket_name:
            raise ImproperlyConfigured("S3Storage has no bucket: set AWS_STORAGE_BUCKET_NAME, or the "
                                       "option bucket_name")
        return client_for(self._client_options)

    def key(self, name: str) -> str:
        """The key of a file. A name that leads out of the location is a SuspiciousFileOperation."""
        plain = posixpath.normpath(str(name).replace("\\", "/"))
        if plain.startswith("/") or plain == ".." or plain.startswith("../"):
            raise SuspiciousFileOperation(f"{str(name)!r} leads out of the storage")
        plain = "" if plain == "." else plain
        return f"{self.location}/{plain}" if self.location else plain

    def _stat(self, name: str) -> ObjectInfo:
        try:
            return self.client.stat(bucket=self.bucket_name, key=self.key(name))
        except NotFoundError as error:
            raise FileNotFoundError(f"there is no file {name!r}: {error}") from error

    def _open(self, name: str, mode: str = "rb") -> File:
        file = StoredFile(self, name, mode)
        return file

    def _fetch(self, name: str, file: IO[bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "object")
            try:
                self.client.download(f"s3://{self.bucket_name}/{self.key(name)}", path)
            except NotFoundError as error:
                raise FileNotFoundError(f"there is no file {name!r}: {error}") from error
            with open(path, "rb") as fetched:
                while piece := fetched.read(1 << 20):
                    file.write(piece)

    def _save(self, name: str, content: Any) -> str:
        name = posixpath.normpath(str(name).replace("\\", "/"))
        if content.seekable() if hasattr(content, "seekable") else True:
            content.seek(0)
        source = content
        if isinstance(getattr(content, "file", None), io.TextIOBase):
            source = content.read().encode()
        while True:
            said = {"content_type": content_type(content), **self.object_parameters}
            outcome = self.client.upload(source, bucket=self.bucket_name, key=self.key(name),
                                         if_absent=not self.file_overwrite, **said)
            if not outcome.skipped:
                return name
            folder, file = posixpath.split(name)  # somebody took it meanwhile
            name = posixpath.join(folder, self.get_alternative_name(*posixpath.splitext(file)))

    def get_available_name(self, name: str, max_length: Optional[int] = None) -> str:
        if self.file_overwrite and (max_length is None or len(name) <= max_length):
            return name
        return super().get_available_name(name, max_length)

    def delete(self, name: str) -> None:
        if not name:
            raise ValueError("The name must be given to delete().")
        self.client.delete(bucket=self.bucket_name, key=self.key(name))

    def exists(self, name: str) -> bool:
        try:
            self._stat(name)
        except FileNotFoundError:
            return False
        return True

    def listdir(self, path: str) -> Tuple[List[str], List[str]]:
        """The names of folders and of files right below a folder; of one that is not there: none."""
        prefix = self.key(path)
        prefix += "/" if prefix and not prefix.endswith("/") else ""
        folders, files = [], []
        for entry in self.client.list(f"s3://{self.bucket_name}/{prefix}", delimiter="/"):
            if isinstance(entry, ObjectInfo):
                files.append(entry.key[len(prefix):])
            else:
                folders.append(entry.prefix[len(prefix):].rstrip("/"))
        return folders, [file for file in files if file]

    def size(self, name: str) -> int:
        return self._stat(name).size

    def url(self, name: Optional[str], parameters: Optional[Dict[str, str]] = None,
            expire: Optional[int] = None) -> str:
        """Where the file can be read: signed for querystring_expire seconds unless querystring_auth
        is off or a custom_domain serves it. `parameters`: ResponseContentType and
        ResponseContentDisposition."""
        key = self.key(name or "")
        if self.custom_domain:
            return f"{self.url_protocol}//{self.custom_domain}/{quote(key, safe='/~')}"
        if not self.querystring_auth:
            signed = self.client.presign_get(f"s3://{self.bucket_name}/{key}", 60)
            return signed.partition("?")[0]
        said = parameters or {}
        return self.client.presign_get(
            f"s3://{self.bucket_name}/{key}", expire or self.querystring_expire,
            response_content_type=said.get("ResponseContentType", ""),
            response_content_disposition=said.get("ResponseContentDisposition", ""))

    def get_modified_time(self, name: str) -> datetime.datetime:
        """Aware where USE_TZ is on, else in the project's own time, as Django's storages do."""
        moment = self._stat(name).last_modified
        return moment if django_setting("USE_TZ") else timezone.make_naive(moment)


class StoredFile(File):
    """An open file of the storage: a temporary copy, which is stored again when it was written to."""

    def __init__(self, storage: S3Storage, name: str, mode: str) -> None:
        self._storage = storage
        self._written = any(letter in mode for letter in "wxa+")
        plain = tempfile.TemporaryFile()
        try:
            if "w" not in mode and "x" not in mode:
                try:
                    storage._fetch(name, plain)
                except FileNotFoundError:
                    if "a" not in mode:
                        raise
            elif "x" in mode and storage.exists(name):
                raise FileExistsError(f"there is a file {name!r}")
            if "a" not in mode:
                plain.seek(0)
        except BaseException:
            plain.close()
            raise
        self._plain = plain
        super().__init__(plain if "b" in mode else io.TextIOWrapper(plain, encoding="utf-8"), name)
        self.mode = mode

    def close(self) -> None:
        if self.closed:
            return
        try:
            if self._written:
                self.file.flush()
                self._plain.seek(0)
                self._storage.client.upload(self._plain, bucket=self._storage.bucket_name,
                                            key=self._storage.key(self.name),
                                            **self._storage.object_parameters)
        finally:
            super().close()
