"""What the second person has looked at before they decide."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from audit.enums import Action
from audit.selectors import shown
from requests_release.models import Request
from requests_release.selectors.sources import SourceItem

Pages = set[tuple[int, int]]


def pages_of(items: Iterable[SourceItem]) -> Pages:
    """Return the (item, page) pairs of chosen documents."""
    return {(item.item_id, page) for item in items for page in item.pages}


def list_shown(request: Request, person: User, items: Iterable[SourceItem]) -> Pages:
    """Return the (item, page) pairs of `items` that the person was shown since the submission.

    Every page that is shown is an event, so the trail knows.
    """
    found = shown.list_pages_shown(
        person.pk,
        patient_id=request.patient_id,
        after=Action.REQUEST_SUBMITTED,
        subject_type="request",
        subject_id=request.pk,
    )
    return {
        (item.item_id, page)
        for item in items
        for page in item.pages
        if (item.document_id, item.version_number, page) in found
    }
