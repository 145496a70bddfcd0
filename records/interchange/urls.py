"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.interchange.views import imports

app_name = "interchange"

urlpatterns = [
    path("", imports.import_list, name="import_list"),
    path("new/", imports.import_upload, name="import_upload"),
    path("<int:run_id>/", imports.import_detail, name="import_detail"),
    path("<int:run_id>/progress/", imports.import_progress, name="import_progress"),
]
