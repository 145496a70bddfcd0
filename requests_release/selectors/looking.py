"""What the second person has looked at before they decide."""

from __future__ import annotations

from accounts.models import User
from audit.enums import Action
from audit.selectors import shown
from requests_release.models import Request, RequestItem

Pages = set[tuple[int, int]]


def list_chosen(request: Request) -> Pages:
    """Return the (item, page) pairs that the request releases."""
    items = RequestItem.objects.filter(request=request).values_list("pk", "pages")
    return {(item, page) for item, pages in items for page in pages}


def list_shown(request: Request, person: User) -> Pages:
    """Return the chosen (item, page) pairs that the person was shown since the submission.

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
        (item.pk, page)
        for item in RequestItem.objects.filter(request=request)
        for page in item.pages
        if (item.document_id, item.version_number, page) in found
    }
