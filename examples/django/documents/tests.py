# SPDX-License-Identifier: Apache-2.0
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient, APITestCase
from slipway import AWSService


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode(), "application/pdf")


class DocumentTests(APITestCase):
    def setUp(self):
        self.user = User.objects.create_user("ada")
        self.client.force_authenticate(self.user)

    def test_documents(self):
        answer = self.client.post("/documents/", {"passport": pdf("p.pdf"), "utility_bill": pdf("u.pdf")})
        self.assertEqual(answer.status_code, 200, answer.content)
        self.assertEqual(answer.data["uploaded_count"], 2)
        for name, url in answer.data["uploaded_files"].items():
            self.assertIn(f"/verification_documents/user_{self.user.pk}/{name}/", url)
            self.assertEqual(AWSService().s3.stat(url).content_type, "application/pdf")

    def test_no_documents(self):
        answer = self.client.post("/documents/", {})
        self.assertEqual((answer.status_code, answer.data), (400, {"error": "No files provided"}))

    def test_checked(self):
        answer = self.client.post("/documents/checked/", {"passport": pdf("p.pdf")})
        self.assertEqual(list(answer.data["uploaded_files"]), ["passport"])
        empty = SimpleUploadedFile("p.pdf", b"")
        answer = self.client.post("/documents/checked/", {"passport": empty})
        self.assertEqual(answer.status_code, 400)

    def test_bulk(self):
        files = [pdf(f"{number}.pdf") for number in range(30)]
        answer = self.client.post("/documents/bulk/", {"documents": files})
        self.assertEqual(len(answer.data["uploaded_files"]), 30)
        self.assertEqual(answer.data["failed"], {})

    def test_strangers(self):
        self.assertEqual(APIClient().post("/documents/", {}).status_code, 401)

    def test_the_default_storage(self):
        name = default_storage.save("note.txt", ContentFile(b"hello"))
        with default_storage.open(name) as file:
            self.assertEqual(file.read(), b"hello")
        default_storage.delete(name)
