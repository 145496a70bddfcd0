"""Who may decide a request, and what is missing where nobody may."""

from __future__ import annotations

from accounts.models import User
from accounts.selectors import users
from records.access.enums import SensitivityClass
from records.access.selectors import openers
from requests_release import access
from requests_release.models import Request, RequestItem
from requests_release.permissions import APPROVE_REQUEST


def list_reviewers(request: Request, *, submitter: User) -> list[User]:
    """Return the people who may decide a request that `submitter` hands on; three queries.

    Their role approves, they hold a right to the chart and see every class of the chosen
    documents, and they took no part in preparing.
    """
    preparers = access.list_preparer_ids(request) | {submitter.pk}
    people = users.list_carriers(APPROVE_REQUEST).exclude(pk__in=preparers)
    classes = _classes(request)
    return list(openers.among(people, chart_id=request.patient_id, classes=classes))


def say_nobody(request: Request) -> str:
    """Say that nobody may decide a request, and whom to ask for which right."""
    classes = sorted(_classes(request) - {SensitivityClass.NORMAL})
    wanted = f"may open the charts of {request.unit.name}"
    if classes:
        labels = "; ".join(SensitivityClass(one).label for one in classes)
        wanted = f"{wanted}, see its protected documents ({labels})"
    return (
        f"Nobody may approve this request: it needs a supervisor who {wanted} and took no part in "
        "preparing. Ask an administrator for it; nothing is lost meanwhile."
    )


def _classes(request: Request) -> frozenset[str]:
    items = RequestItem.objects.filter(request=request)
    return frozenset(items.values_list("document__sensitivity", flat=True))
