# SPDX-License-Identifier: Apache-2.0
"""Settings under the names that django-storages gave them, so that a project keeps its own."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Dict, Optional, Tuple

from slipway.client import Client

# A client's option: the names of the settings that say it, the first of them that is there.
_NAMES: Dict[str, Tuple[str, ...]] = {
    "endpoint_url": ("AWS_S3_ENDPOINT_URL",),
    "region": ("AWS_S3_REGION_NAME",),
    "profile": ("AWS_S3_SESSION_PROFILE",),
    "access_key_id": ("AWS_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"),
    "secret_access_key": ("AWS_S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"),
    "session_token": ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    "addressing": ("AWS_S3_ADDRESSING_STYLE",),
    "bucket": ("AWS_STORAGE_BUCKET_NAME",),
}
_ENVIRONMENT = ("AWS_", "HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy",
                "no_proxy")
_clients: Dict[Any, Client] = {}
_lock = threading.Lock()


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def django_setting(*names: str) -> Any:
    """The first of these settings of Django's that is there and not empty; None: none is, or Django
    is not in use."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ and "django.conf" not in sys.modules:
        return None
    try:
        from django.conf import settings
    except ImportError:
        return None
    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        return None
    for name in names:
        value = getattr(settings, name, None)
        if value not in (None, ""):
            return value
    return None


def options_for(given: Dict[str, Any]) -> Dict[str, Any]:
    """What a Client takes: as given, else as Django's settings say, and the bucket as the environment
    does (AWS_STORAGE_BUCKET_NAME). The rest a Client finds where the AWS tools do."""
    options = {name: value for name, value in given.items() if value is not None}
    keys_given = "access_key_id" in options or "profile" in options
    for option, names in _NAMES.items():
        if keys_given and option in ("access_key_id", "secret_access_key", "session_token", "profile"):
            continue
        if option not in options:
            value = django_setting(*names)
            if value is not None:
                options[option] = value
    verify = django_setting("AWS_S3_VERIFY")
    if isinstance(verify, str):
        options.setdefault("ca_bundle", verify)
    elif django_setting_is_false("AWS_S3_VERIFY"):
        options.setdefault("verify_tls", False)
    bucket: Optional[str] = options.get("bucket") or os.environ.get("AWS_STORAGE_BUCKET_NAME")
    if bucket:
        options["bucket"] = bucket
    return options


def django_setting_is_false(name: str) -> bool:
    return django_setting(name) is False


def client_for(options: Dict[str, Any]) -> Client:
    """The process's client with these options: one that is made for every request would connect for
    each. It is another one when the environment that it reads is."""
    environment = tuple(sorted((name, value) for name, value in os.environ.items()
                               if name.startswith(_ENVIRONMENT)))
    key = (tuple(sorted(options.items())), environment)
    with _lock:
        client = _clients.get(key)
        if client is None:
            if len(_clients) >= 64:  # somebody changes them all the time
                _clients.clear()
            client = _clients[key] = Client(**options)
        return client
