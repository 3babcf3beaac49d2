# SPDX-License-Identifier: Apache-2.0
"""For Django: `S3Storage` for its STORAGES, and in slipway.django.views a view of REST framework's."""

from slipway.django.storage import S3Storage

__all__ = ["S3Storage"]
