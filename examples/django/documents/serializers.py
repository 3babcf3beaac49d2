# SPDX-License-Identifier: Apache-2.0
from rest_framework import serializers
from slipway import AWSService


class DocumentUploadSerializer(serializers.Serializer):
    passport = serializers.FileField(required=False)
    utility_bill = serializers.FileField(required=False)
    bank_statement = serializers.FileField(required=False)

    def save(self, user):
        aws_service = AWSService()

        files = {
            k: v for k, v in self.validated_data.items()
            if v is not None
        }

        return aws_service.upload_files_concurrently(
            user_id=user.pk,
            files=files,
            file_category="user_documents"
        )
