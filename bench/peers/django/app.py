# SPDX-License-Identifier: Apache-2.0
"""The documented Django REST view, for a form with any files, and the project around it."""
from django.conf import settings

settings.configure(
    SECRET_KEY="of no worth", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"], INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.MultiPartParser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    })

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from aws import AWSService, make_client  # noqa: E402

USERNAME = "username"
aws_service = AWSService(make_client())


class DocumentUploadView(APIView):
    def post(self, request):
        files = {name: file for name, file in request.FILES.items() if file is not None}
        if not files:
            return Response({"error": "No files provided"}, status=400)
        try:
            urls = aws_service.upload_files_concurrently(
                user_id=USERNAME, files=files, file_category=request.data["file_category"],
                max_workers=len(files))
            return Response({"status": "success", "uploaded_files": urls,
                             "uploaded_count": len(urls), "total_files": len(files)})
        except Exception as error:
            return Response({"error": f"Upload failed: {error}"}, status=500)


urlpatterns = [path("api/uploads/", DocumentUploadView.as_view())]
