# SPDX-License-Identifier: Apache-2.0
from documents.serializers import DocumentUploadSerializer
from rest_framework.response import Response
from rest_framework.views import APIView
from slipway import AWSService


class DocumentUploadView(APIView):
    """Some of three documents, at the same time."""

    def post(self, request):
        aws_service = AWSService()

        # Extract files from request
        files = {
            'passport': request.FILES.get('passport'),
            'utility_bill': request.FILES.get('utility_bill'),
            'bank_statement': request.FILES.get('bank_statement'),
        }

        # Filter out None values
        files = {k: v for k, v in files.items() if v is not None}

        if not files:
            return Response({'error': 'No files provided'}, status=400)

        try:
            urls = aws_service.upload_files_concurrently(
                user_id=request.user.pk,
                files=files,
                file_category="verification_documents",
                max_workers=len(files)  # One worker per file
            )

            return Response({
                'status': 'success',
                'uploaded_files': urls,
                'uploaded_count': len(urls),
                'total_files': len(files)
            })

        except Exception as e:
            return Response({
                'error': f'Upload failed: {str(e)}'
            }, status=500)


class DocumentFormView(APIView):
    """The same through a serializer, which says what is wrong with a form."""

    def post(self, request):
        serializer = DocumentUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"uploaded_files": serializer.save(user=request.user)})


class BulkUploadView(APIView):
    """Any number of files in one field. What failed is told with its cause."""

    def post(self, request):
        document_list = request.FILES.getlist("documents")
        if not document_list:
            return Response({"error": "No files provided"}, status=400)
        aws_service = AWSService()
        report = aws_service.upload_files_with_outcomes(
            user_id=request.user.pk,
            files={f"document_{i}": file_obj for i, file_obj in enumerate(document_list)},
            file_category="bulk_documents",
            max_workers=10)
        return Response({
            "uploaded_files": {name: outcome.url for name, outcome in report.items() if outcome.ok},
            "failed": {name: str(outcome.error) for name, outcome in report.items()
                       if not outcome.ok}})
