# SPDX-License-Identifier: Apache-2.0
"""A Django that is set up as far as tests in this process need it."""

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="for tests", ALLOWED_HOSTS=["*"], USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
        REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [],
                        "DEFAULT_PERMISSION_CLASSES": []})
    django.setup()
