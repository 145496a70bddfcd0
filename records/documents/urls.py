"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.documents.views import documents

app_name = "documents"

urlpatterns = [
    path("file/<int:patient_id>/", documents.document_file, name="document_file"),
    path("<int:document_id>/", documents.document_view, name="document_view"),
]
