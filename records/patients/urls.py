"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.patients.views import history, recent, registration, search

app_name = "patients"

urlpatterns = [
    path("", search.patient_search, name="patient_search"),
    path("recent/", recent.recent_list, name="recent_list"),
    path("register/", registration.patient_register, name="patient_register"),
    path("<int:patient_id>/edit/", registration.patient_edit, name="patient_edit"),
    path("<int:patient_id>/history/", history.patient_history, name="patient_history"),
]
