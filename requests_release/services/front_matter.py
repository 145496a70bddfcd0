"""What lies in front of released copies: letter, index, notices on redisclosure."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pikepdf
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from printing import typeset, words
from records.access.selectors import units
from records.patients.presenters import paper
from requests_release.enums import AuthorizedPurpose, Medium, Notice
from requests_release.models import Authorization, Package, Request
from requests_release.rules import bases, pages
from requests_release.rules.notices import FOOT, NOTICES, STANDING
from requests_release.selectors import readiness, sources

OPENING = (
    "Enclosed are copies of this patient's records, released in answer to your request. The index "
    "on the next page says which page each document begins on."
)


def make(*, package: Package) -> tuple[bytes, int]:
    """Return letter, index and notices of a package as one PDF, and how many pages it has.

    The index names the page on which each document begins, so it is set again when it turns out
    longer than a page. The same package gives the same bytes.
    """
    request = package.request
    found = readiness.check(request, classes=frozenset())
    house = _house(request)
    letter = typeset("release_cover_letter", _letter(request, house, found.notices))
    notices = [
        typeset("redisclosure_notice", _notice(request, notice, found.authorization, house))
        for notice in found.notices
        if notice in NOTICES
    ]
    others = count_pages(letter) + sum(map(count_pages, notices))
    index = typeset("release_index", _index(request, house, others + 2))
    if count_pages(index) > 1:
        first = others + count_pages(index) + 1
        index = typeset("release_index", _index(request, house, first))
    whole = _joined([letter, index, *notices])
    return whole, count_pages(whole)


def foot_notice(*, package: Package) -> str:
    """Return the line on redisclosure that stands on every page, empty where none is needed."""
    found = readiness.check(package.request, classes=frozenset())
    return " ".join(FOOT[notice] for notice in found.notices if notice in FOOT)


def count_pages(content: bytes) -> int:
    """Return the number of pages of a PDF that this house has made itself."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _joined(parts: list[bytes]) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
        whole.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _house(request: Request) -> dict[str, Any]:
    facility = units.get_facility_of(request.unit_id)
    return {
        "facility": facility.name or settings.FACILITY_NAME,
        "facility_lines": settings.FACILITY_LINES,
        "number_label": "Request",
        "number": request.number,
        "numbering": "STAMPED",
    }


def patient_line(request: Request) -> dict[str, str]:
    """Return the banner of a request's patient."""
    return paper.patient_line(request.patient)


def _letter(request: Request, house: dict[str, Any], notices: tuple[Notice, ...]) -> dict[str, Any]:
    approved_on = timezone.localdate(request.approved_at)
    items = sources.list_items(request)
    days = sorted(item.service_on for item in items)
    purpose = request.purpose_note or AuthorizedPurpose(request.purpose).label
    return {
        "house": house,
        "date": words.day(approved_on),
        "recipient": _lines(request.recipient_name, request.recipient_address),
        "patient": patient_line(request),
        "opening": OPENING,
        "references": _facts(
            ("Your request of", words.day(request.received_on)),
            ("You asked for", request.scope),
            ("Medium asked for", Medium(request.medium).label),
            ("Our number", request.number),
            ("Purpose", purpose),
            ("Ground", bases.rule_of(request.basis).cite),
        ),
        "contents": _facts(
            ("Documents", f"{len(items):,}"),
            ("Pages", f"{sum(len(item.pages) for item in items):,}"),
            ("Dates of service", words.span(days[0], days[-1])),
        ),
        "notices": [*STANDING, *(FOOT[notice] for notice in notices if notice in FOOT)],
        "released": _facts(
            ("Prepared by", _by(request.submitted_by, request.submitted_at)),
            ("Approved by", _by(request.approved_by, request.approved_at)),
        ),
    }


def _by(person: User | None, at: datetime | None) -> str:
    return f"{person.display_name}, {words.day(at)}" if person else ""


def _index(request: Request, house: dict[str, Any], first_page: int) -> dict[str, Any]:
    return {
        "house": house,
        "patient": patient_line(request),
        "first_page": first_page,
        "documents": [
            {
                "title": item.title,
                "date": words.day(item.service_on),
                "encounter": item.encounter,
                "pages": len(item.pages),
                "source": f"Document {item.document_id}, version {item.version_number}",
                "source_pages": pages.shown(item.pages),
                "sha256": item.sha256,
            }
            for item in sources.list_items(request)
        ],
    }


def _notice(
    request: Request, notice: Notice, form: Authorization | None, house: dict[str, Any]
) -> dict[str, Any]:
    words = NOTICES[notice]
    return {
        "house": house,
        "patient": patient_line(request),
        "variant": words.variant,
        "text": words.text,
        "cite": words.cite,
        "consent": _scope_of(form) if form else [],
        "recipient": _lines(request.recipient_name, request.recipient_address),
    }


def _scope_of(form: Authorization) -> list[dict[str, str]]:
    """Return the scope of the consent, which goes along with the copies (42 CFR 2.32(b))."""
    expiry = words.day(form.expires_on) or form.expiry_event
    return _facts(
        ("Information", form.scope),
        ("Purpose", AuthorizedPurpose(form.purpose).label if form.purpose else ""),
        ("Recipients", ", ".join(form.recipients)),
        ("Signed on", words.day(form.signed_on)),
        ("Expires", expiry),
    )


def _facts(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in pairs]


def _lines(name: str, address: str) -> list[str]:
    return [name, *(line.strip() for line in address.splitlines() if line.strip())]
