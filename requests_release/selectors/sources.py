"""The chosen pages of a request and the stored files that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from records.access.enums import SensitivityClass
from records.documents.enums import DocumentStatus
from requests_release.models import Request, RequestItem


@dataclass(frozen=True)
class SourceItem:
    """One chosen document as it was frozen, and as it is now."""

    item_id: int
    document_id: int
    version_number: int
    pages: tuple[int, ...]
    title: str
    type_name: str
    service_on: date
    sensitivity: str
    sha256: str
    patient_id: int
    status: str
    newest_version: int
    page_count: int

    def is_as_chosen(self, patient_id: int) -> bool:
        """Tell whether the document still is current, this patient's, and in this version."""
        return (
            self.status == DocumentStatus.CURRENT
            and self.patient_id == patient_id
            and self.newest_version == self.version_number
        )

    @property
    def class_label(self) -> str:
        """Return the name of a protected class, empty for ordinary documents."""
        if self.sensitivity == SensitivityClass.NORMAL:
            return ""
        return str(SensitivityClass(self.sensitivity).label)


def list_items(request: Request) -> list[SourceItem]:
    """Return what a request holds by date of service, in one query."""
    rows = (
        RequestItem.objects.filter(request_id=request.pk)
        .filter(document__versions__number=F("version_number"))
        .order_by("document__service_on", "document_id")
        .values_list(
            "pk",
            "document_id",
            "version_number",
            "pages",
            "document__title",
            "document__type__name",
            "document__service_on",
            "document__sensitivity",
            "document__versions__sha256",
            "document__patient_id",
            "document__status",
            "document__version_number",
            "document__versions__page_count",
        )
    )
    return [SourceItem(*row[:3], tuple(row[3]), *row[4:]) for row in rows]


def plan_of(item: SourceItem) -> dict[str, Any]:
    """Return what a package's plan notes of a chosen document."""
    return {
        "document": item.document_id,
        "version": item.version_number,
        "pages": list(item.pages),
        "sha256": item.sha256,
        "title": item.title,
        "service_on": item.service_on.isoformat(),
    }
