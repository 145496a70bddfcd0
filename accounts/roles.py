"""The roles of the house and what each may do; Django groups are synced from this table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from django.db import models


class Role(models.TextChoices):
    CLERK = "CLERK", "Clerk"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    COMPLIANCE = "COMPLIANCE", "Compliance officer"
    PROVIDER = "PROVIDER", "Provider"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"


READ_CHART = {
    "patients.search_directory",
    "access.open_chart",
    "documents.view_document",
}

CLERK = READ_CHART | {
    "patients.register_patient",
    "patients.change_patient",
    "encounters.record_encounter",
    "documents.file_document",
    "documents.move_document",
    "documents.print_document",
    "interchange.view_import",
    "access.break_glass",
    "charts.print_face_sheet",
    "requests_release.view_request",
    "requests_release.prepare_request",
    "requests_release.deliver_release",
    "requests_release.print_accounting",
    "retention.view_retention",
    "retention.propose_batch",
}

SUPERVISOR = CLERK | {
    "access.grant_chart",
    "access.move_chart",
    "access.view_broken_glass",
    "documents.void_document",
    "documents.download_document",
    "encounters.manage_providers",
    "charts.view_recent_access",
    "requests_release.approve_request",
    "requests_release.export_list",
    "retention.approve_first",
    "retention.export_list",
}

COMPLIANCE = READ_CHART | {
    "audit.view_event",
    "audit.export_event",
    "access.view_broken_glass",
    "access.review_broken_glass",
    "charts.view_recent_access",
    "charts.print_face_sheet",
    "requests_release.view_request",
    "requests_release.print_accounting",
    "requests_release.export_list",
    "retention.view_retention",
    "retention.export_list",
    "retention.change_schedule",
    "retention.place_hold",
    "retention.propose_batch",
    "retention.approve_second",
}

PROVIDER = READ_CHART | {"access.break_glass", "charts.print_face_sheet"}

ADMINISTRATOR = {
    "accounts.manage_users",
    "access.manage_units",
    "encounters.manage_providers",
    "encounters.link_provider",
}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.CLERK: frozenset(CLERK),
    Role.SUPERVISOR: frozenset(SUPERVISOR),
    Role.COMPLIANCE: frozenset(COMPLIANCE),
    Role.PROVIDER: frozenset(PROVIDER),
    Role.ADMINISTRATOR: frozenset(ADMINISTRATOR),
}


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return every permission that holders of `roles` have; an unknown role gives none."""
    return _sum_of(frozenset(roles))


def labels_of(roles: Collection[str]) -> list[str]:
    """Return the words for `roles`, in the order of the house."""
    return [role.label for role in Role if role.value in roles]


@lru_cache(maxsize=64)
def _sum_of(roles: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))
