"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.retention.views import batches, certificates, due, exports, holds, schedule, steps

app_name = "retention"

urlpatterns = [
    path("", due.home, name="home"),
    path("export/", exports.due_export, name="due_export"),
    path("charts/<int:patient_id>/", due.chart_explain, name="chart_explain"),
    path("stubs/<int:patient_id>/", due.stub_detail, name="stub_detail"),
    path("rules/", schedule.rule_list, name="rule_list"),
    path("rules/<int:rule_id>/", schedule.rule_detail, name="rule_detail"),
    path("rules/<int:rule_id>/change/", schedule.rule_change, name="rule_change"),
    path("rules/<int:rule_id>/confirm/", schedule.rule_confirm, name="rule_confirm"),
    path("holds/", holds.hold_list, name="hold_list"),
    path("holds/export/", exports.hold_export, name="hold_export"),
    path("holds/new/", holds.hold_place, name="hold_place"),
    path("holds/<int:hold_id>/", holds.hold_detail, name="hold_detail"),
    path("holds/<int:hold_id>/patients/", holds.hold_cover, name="hold_cover"),
    path("holds/<int:hold_id>/lift/", holds.hold_lift, name="hold_lift"),
    path("batches/", batches.batch_list, name="batch_list"),
    path("batches/new/", steps.batch_propose, name="batch_propose"),
    path("batches/<int:batch_id>/", batches.batch_detail, name="batch_detail"),
    path("batches/<int:batch_id>/progress/", batches.batch_progress, name="batch_progress"),
    path("batches/<int:batch_id>/approve/", steps.batch_approve, name="batch_approve"),
    path("batches/<int:batch_id>/return/", steps.batch_return, name="batch_return"),
    path("batches/<int:batch_id>/cancel/", steps.batch_cancel, name="batch_cancel"),
    path("batches/<int:batch_id>/again/", steps.batch_again, name="batch_again"),
    path("batches/<int:batch_id>/start/", steps.batch_start, name="batch_start"),
    path("batches/<int:batch_id>/resume/", steps.batch_resume, name="batch_resume"),
    path(
        "batches/<int:batch_id>/certificate/",
        certificates.certificate_pdf,
        name="certificate_pdf",
    ),
]
