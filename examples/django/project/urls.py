# SPDX-License-Identifier: Apache-2.0
from documents.views import BulkUploadView, DocumentFormView, DocumentUploadView
from django.urls import path

urlpatterns = [
    path("documents/", DocumentUploadView.as_view()),
    path("documents/checked/", DocumentFormView.as_view()),
    path("documents/bulk/", BulkUploadView.as_view()),
]
