"""What the viewer shows beside the pages: facts, versions and history of a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import dateformat

from records.access.enums import SensitivityClass
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentStatus
from records.documents.models import Document, DocumentVersion
from records.documents.presenters import history
from records.documents.presenters.history import History
from records.documents.selectors import documents


@dataclass(frozen=True)
class Pages:
    """The pages of a file and where their pictures are; addresses are those of page 0."""

    title: str
    count: int
    page: int
    image_url: str
    thumb_url: str
    here: str

    @property
    def first_url(self) -> str:
        """The address of the picture that the page begins with."""
        return f"{self.image_url.removesuffix('0/')}{self.page}/"

    @property
    def previous_url(self) -> str:
        """Where the page before is, without a script; empty on the first."""
        return f"{self.here}page={self.page - 1}" if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """Where the next page is, without a script; empty on the last."""
        return f"{self.here}page={self.page + 1}" if self.page < self.count else ""


@dataclass(frozen=True)
class VersionLine:
    """One version: whether it is the one shown, and where it is."""

    number: int
    url: str
    is_shown: bool
    page_count: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class ViewerPage:
    """All of the page but the banner."""

    document: Document
    version: DocumentVersion
    pages: Pages
    facts: list[tuple[str, str]]
    versions: list[VersionLine]
    history: History
    protected: str

    @property
    def is_newest(self) -> bool:
        """Whether the version shown is the newest."""
        return self.version.number == self.document.version_number

    @property
    def is_current(self) -> bool:
        """Whether the document is in use."""
        return self.document.status == DocumentStatus.CURRENT


def present(
    scope: ChartScope, document: Document, version: DocumentVersion, page: int, cover: str
) -> ViewerPage:
    """Return what the viewer shows: one query and those of the history, whatever the length."""
    versions = documents.list_versions(document)
    return ViewerPage(
        document=document,
        version=version,
        pages=_pages(document, version, page, cover),
        facts=_facts(document, version),
        versions=[_version_line(row, version.number) for row in versions],
        history=history.get_history(scope, document, versions),
        protected=protected_name(document.sensitivity),
    )


def protected_name(sensitivity: str) -> str:
    """Return the name of a protected class, empty for ordinary documents."""
    is_ordinary = sensitivity == SensitivityClass.NORMAL
    return "" if is_ordinary else str(SensitivityClass(sensitivity).label)


def _pages(document: Document, version: DocumentVersion, page: int, cover: str) -> Pages:
    arguments = {"document_id": document.pk, "number": version.number, "page": 0}
    view = reverse("documents:document_view", args=[document.pk])
    is_newest = version.number == document.version_number
    return Pages(
        title=document.title,
        count=version.page_count,
        page=min(max(page, 1), version.page_count),
        image_url=reverse("documents:page_image", kwargs=arguments),
        thumb_url=reverse("documents:thumbnail", kwargs=arguments) + f"?covered={cover}",
        here=f"{view}?" if is_newest else f"{view}?version={version.number}&",
    )


def _facts(document: Document, version: DocumentVersion) -> list[tuple[str, str]]:
    return [
        ("Type", document.type.name),
        ("Service", _day(document.service_on)),
        ("Class", document.get_sensitivity_display()),
        ("Unit", document.unit.name),
        ("Came as", f"{version.get_kind_display()}, {document.get_source_display().lower()}"),
        ("SHA-256", f"{version.sha256[:16]}…"),
    ]


def _version_line(row: DocumentVersion, shown: int) -> VersionLine:
    view = reverse("documents:document_view", args=[row.document_id])
    return VersionLine(
        number=row.number,
        url=f"{view}?version={row.number}",
        is_shown=row.number == shown,
        page_count=row.page_count,
        created_at=row.created_at,
        created_by=row.created_by.display_name,
    )


def _day(value: date) -> str:
    return dateformat.format(value, "M j, Y")
