"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.access.views import access_requests, charts, glass, units

app_name = "access"

urlpatterns = [
    path("glass/", glass.glass_list, name="glass_list"),
    path("glass/<int:glass_id>/", glass.glass_review, name="glass_review"),
    path("glass/<int:glass_id>/close/", glass.glass_close, name="glass_close"),
    path("glass/break/<int:patient_id>/", glass.glass_break, name="glass_break"),
    path(
        "requests/ask/<int:patient_id>/",
        access_requests.access_request_ask,
        name="access_request_ask",
    ),
    path("requests/", access_requests.access_request_list, name="access_request_list"),
    path("requests/own/", access_requests.access_request_own, name="access_request_own"),
    path(
        "requests/<int:access_request_id>/",
        access_requests.access_request_decide,
        name="access_request_decide",
    ),
    path(
        "requests/<int:access_request_id>/grant/",
        access_requests.access_request_grant,
        name="access_request_grant",
    ),
    path(
        "requests/<int:access_request_id>/decline/",
        access_requests.access_request_decline,
        name="access_request_decline",
    ),
    path(
        "requests/<int:access_request_id>/withdraw/",
        access_requests.access_request_withdraw,
        name="access_request_withdraw",
    ),
    path("charts/<int:patient_id>/", charts.chart_rights, name="chart_rights"),
    path("charts/<int:patient_id>/revoke/", charts.chart_revoke, name="chart_revoke"),
    path("charts/<int:patient_id>/move/", charts.chart_move, name="chart_move"),
    path("units/", units.unit_list, name="unit_list"),
    path("units/new/", units.unit_create, name="unit_create"),
    path("units/<int:unit_id>/", units.unit_detail, name="unit_detail"),
    path("units/<int:unit_id>/grant/", units.unit_grant, name="unit_grant"),
    path("units/<int:unit_id>/revoke/", units.unit_revoke, name="unit_revoke"),
]
