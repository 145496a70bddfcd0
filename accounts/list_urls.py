"""Addresses of what a person keeps of lists."""

from __future__ import annotations

from django.urls import path

from accounts.views import saved_lists

app_name = "saved_lists"

urlpatterns = [
    path("new/", saved_lists.list_create, name="list_create"),
    path("<int:list_id>/", saved_lists.list_change, name="list_change"),
    path("<int:list_id>/remove/", saved_lists.list_remove, name="list_remove"),
]
