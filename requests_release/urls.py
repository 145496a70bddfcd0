"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from requests_release.views import (
    approvals,
    assignments,
    authorizations,
    boards,
    deliveries,
    details,
    disclosures,
    exports,
    items,
    logging,
    marks,
    packages,
    steps,
)

app_name = "requests_release"

urlpatterns = [
    path("", boards.request_board, name="request_board"),
    path("news/", boards.request_news, name="request_news"),
    path("export/", exports.request_export, name="request_export"),
    path("log/", logging.request_log, name="request_log"),
    path("<int:request_id>/", details.request_detail, name="request_detail"),
    path("<int:request_id>/comment/", details.request_comment, name="request_comment"),
    path("<int:request_id>/edit/", logging.request_edit, name="request_edit"),
    path("<int:request_id>/documents/", items.request_items, name="request_items"),
    path(
        "<int:request_id>/authorization/",
        authorizations.request_authorization,
        name="request_authorization",
    ),
    path("<int:request_id>/protected/", authorizations.request_sensitive, name="request_sensitive"),
    path("<int:request_id>/submit/", steps.request_submit, name="request_submit"),
    path("<int:request_id>/assign/", assignments.request_assign, name="request_assign"),
    path(
        "<int:request_id>/assignments/<int:assignment_id>/undo/",
        assignments.assignment_undo,
        name="assignment_undo",
    ),
    path("<int:request_id>/mark/", marks.request_mark, name="request_mark"),
    path("<int:request_id>/mark/let-go/", marks.request_let_go, name="request_let_go"),
    path("<int:request_id>/take-over/", marks.request_take_over, name="request_take_over"),
    path("<int:request_id>/approve/", approvals.request_approve, name="request_approve"),
    path("<int:request_id>/package/", packages.package_progress, name="package_progress"),
    path("<int:request_id>/package.pdf", packages.package_file, name="package_file"),
    path("<int:request_id>/deliver/", deliveries.request_deliver, name="request_deliver"),
    path("<int:request_id>/step/<slug:step>/", steps.request_step, name="request_step"),
    path(
        "patients/<int:patient_id>/disclosures/",
        disclosures.disclosure_list,
        name="disclosure_list",
    ),
    path(
        "patients/<int:patient_id>/disclosures/export/",
        exports.disclosure_export,
        name="disclosure_export",
    ),
    path(
        "patients/<int:patient_id>/accounting.pdf",
        disclosures.accounting_print,
        name="accounting_print",
    ),
]
