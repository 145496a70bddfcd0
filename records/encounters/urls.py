"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.encounters.views import encounters, providers

app_name = "encounters"

urlpatterns = [
    path("practitioners/", providers.provider_list, name="provider_list"),
    path("practitioners/new/", providers.provider_create, name="provider_create"),
    path("practitioners/<int:provider_id>/", providers.provider_detail, name="provider_detail"),
    path("practitioners/<int:provider_id>/link/", providers.provider_link, name="provider_link"),
    path(
        "practitioners/<int:provider_id>/unlink/", providers.provider_unlink, name="provider_unlink"
    ),
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
