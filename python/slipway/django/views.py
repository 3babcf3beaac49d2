# SPDX-License-Identifier: Apache-2.0
"""A view of Django REST framework's that takes a form's files into a bucket."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from slipway.aws import AWSService


class FileUploadView(APIView):
    """POST of a form: each file's field is its type. Derive from it and set what differs.

    file_types     the fields that are taken; None: all there are
    file_category  where they go in the bucket
    max_workers    a ceiling for requests at a time; None: one for each file
    """

    file_types: Optional[Sequence[str]] = None
    file_category = "general"
    max_workers: Optional[int] = None

    def get_service(self) -> AWSService:
        return AWSService()

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        types = request.FILES if self.file_types is None else self.file_types
        files = {name: request.FILES[name] for name in types if name in request.FILES}
        if not files:
            return Response({"error": "No files provided"}, status=400)
        try:
            report = self.get_service().upload_files_with_outcomes(
                user_id=request.user.pk, files=files, file_category=self.file_category,
                max_workers=self.max_workers or len(files))
        except Exception as error:
            return Response({"error": f"Upload failed: {error}"}, status=500)
        stored = {name: outcome.url for name, outcome in report.items() if outcome.ok}
        failed = {name: str(outcome.error) for name, outcome in report.items() if not outcome.ok}
        return Response({"status": "success" if stored else "failed", "uploaded_files": stored,
                         "uploaded_count": len(stored), "total_files": len(files),
                         "failed": failed}, status=200 if stored else 502)
