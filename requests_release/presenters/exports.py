"""Rows of the files in which this room's lists leave the house."""

from __future__ import annotations

from printing import words
from requests_release.enums import RequestKind, RequestStatus
from requests_release.models import Disclosure
from requests_release.presenters.boards import waiting_for
from requests_release.selectors.boards import Card

REQUEST_COLUMNS = (
    "Request",
    "Kind",
    "State",
    "Acts next",
    "Due",
    "Due by rule",
    "Patient",
    "Born",
    "MRN",
    "Requester",
    "Pages",
    "Preparer",
    "Received",
)
DISCLOSURE_COLUMNS = (
    "Date",
    "Request",
    "Recipient",
    "Address",
    "What",
    "How",
    "Purpose",
    "Pages sent",
    "In the accounting",
    "Sent by",
)
Row = tuple[str | int | None, ...]


def request_row(card: Card) -> Row:
    """Return a request, in the order of `REQUEST_COLUMNS`."""
    return (
        card.number,
        str(RequestKind(card.kind).label),
        str(RequestStatus(card.status).label),
        waiting_for(card.status),
        card.due_on.isoformat() if card.due_on else "",
        card.due_label,
        card.patient_name,
        words.sortable_birth(card.birth_on, card.birth_precision),
        card.mrn,
        card.requester,
        card.page_count,
        card.preparer,
        card.received_on.isoformat(),
    )


def disclosure_row(one: Disclosure) -> Row:
    """Return a disclosure, in the order of `DISCLOSURE_COLUMNS`."""
    return (
        one.released_on.isoformat(),
        one.request.number,
        one.recipient_name,
        one.recipient_address,
        one.description,
        one.delivery.told,
        one.purpose,
        one.page_count,
        "yes" if one.is_in_accounting else "no",
        one.released_by.display_name,
    )
