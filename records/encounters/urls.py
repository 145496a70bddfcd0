"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.encounters.views import encounters

app_name = "encounters"

urlpatterns = [
    path("<int:encounter_id>/", encounters.encounter_detail, name="encounter_detail"),
    path("admit/<int:patient_id>/", encounters.encounter_admit, name="encounter_admit"),
    path("visit/<int:patient_id>/", encounters.visit_record, name="visit_record"),
    path("<int:encounter_id>/arrive/", encounters.encounter_arrive, name="encounter_arrive"),
    path("<int:encounter_id>/transfer/", encounters.encounter_transfer, name="encounter_transfer"),
    path(
        "<int:encounter_id>/discharge/", encounters.encounter_discharge, name="encounter_discharge"
    ),
    path("<int:encounter_id>/cancel/", encounters.encounter_cancel, name="encounter_cancel"),
    path("<int:encounter_id>/reopen/", encounters.encounter_reopen, name="encounter_reopen"),
]
