"""The chosen pages of a request and the stored files that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from printing import words
from records.access.enums import SensitivityClass
from records.documents.enums import DocumentStatus
from records.documents.services import storing
from records.documents.vault import files
from records.documents.vault.files import Place
from records.encounters.enums import EncounterKind
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
    encounter_kind: str | None
    encounter_at: datetime | None
    sha256: str
    patient_id: int
    status: str
    newest_version: int
    page_count: int
    page_sizes: list[list[float]]
    storage_name: str
    wrapped_key: bytes

    def is_as_chosen(self, patient_id: int) -> bool:
        """Tell whether the document still is current, this patient's, and in this version."""
        return (
            self.status == DocumentStatus.CURRENT
            and self.patient_id == patient_id
            and self.newest_version == self.version_number
        )

    @property
    def encounter(self) -> str:
        """Return kind and day of the encounter, empty where the document belongs to none."""
        if not self.encounter_kind:
            return ""
        return f"{EncounterKind(self.encounter_kind).label}, {words.day(self.encounter_at)}"

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
            "document__encounter__kind",
            "document__encounter__started_at",
            "document__versions__sha256",
            "document__patient_id",
            "document__status",
            "document__version_number",
            "document__versions__page_count",
            "document__versions__page_sizes",
            "document__versions__storage_name",
            "document__versions__wrapped_key",
        )
    )
    return [_item(row) for row in rows]


def _item(row: Sequence[Any]) -> SourceItem:
    values = list(row)
    values[3], values[-1] = tuple(values[3]), bytes(values[-1] or b"")
    return SourceItem(*values)


def read(item: SourceItem) -> bytes:
    """Return the plain bytes of a chosen document's version.

    Raises:
        VaultMissing, VaultDamaged, VaultKeyRefused, VaultUnavailable: they cannot be read.
    """
    identity = storing.version_identity(item.document_id, item.version_number)
    return files.read(Place(item.storage_name, item.wrapped_key, identity))


def plan_of(item: SourceItem) -> dict[str, Any]:
    """Return what a package's plan notes of a chosen document: no word of its content."""
    return {
        "document": item.document_id,
        "version": item.version_number,
        "pages": list(item.pages),
        "sha256": item.sha256,
    }
