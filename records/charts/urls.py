"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.charts.views import charts

app_name = "charts"

urlpatterns = [
    path("<int:patient_id>/", charts.chart_detail, name="chart_detail"),
    path("<int:patient_id>/encounters/", charts.encounter_list, name="encounter_list"),
    path("<int:patient_id>/face-sheet/", charts.face_sheet, name="face_sheet"),
    path("<int:patient_id>/face-sheet.pdf", charts.face_sheet_pdf, name="face_sheet_pdf"),
]
