"""What was disclosed of patients, and what they were told of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import User
from audit.enums import Basis
from printing import words
from records.access.services.opening import ChartScope
from records.patients.selectors.patients import Who
from requests_release.enums import AuthorizedPurpose
from requests_release.models import Accounting, Disclosure, Request
from requests_release.rules import bases
from requests_release.selectors import sources

DESCRIPTION_LENGTH = 500


@dataclass(frozen=True)
class Remains:
    """Who the patient of a destroyed chart was, and when it went, as its stub tells."""

    who: Who
    destroyed_at: datetime


@dataclass(frozen=True)
class DisclosureScope:
    """Whose disclosures one person may see, and on which ground.

    `whose` is the opened chart, or what remains of a destroyed one: of that nothing else is read.
    """

    patient_id: int
    actor: User
    basis: Basis
    whose: ChartScope | Remains


def list_disclosures(scope: DisclosureScope) -> QuerySet[Disclosure]:
    """Return all disclosures of a patient, newest first."""
    return (
        Disclosure.objects.filter(patient_id=scope.patient_id)
        .select_related("request", "released_by", "delivery")
        .order_by("-released_on", "-pk")
    )


def count_disclosures(scope: DisclosureScope, *, most: int) -> int:
    """Return how many disclosures a patient has, counting no further than `most`."""
    return Disclosure.objects.filter(patient_id=scope.patient_id).values("pk")[:most].count()


def list_for_accounting(scope: DisclosureScope, first: date, last: date) -> QuerySet[Disclosure]:
    """Return what belongs in an accounting of a period, oldest first."""
    return Disclosure.objects.filter(
        patient_id=scope.patient_id,
        is_in_accounting=True,
        released_on__gte=first,
        released_on__lte=last,
    ).order_by("released_on", "pk")


def list_accountings(scope: DisclosureScope) -> QuerySet[Accounting]:
    """Return the accountings given to the patient, newest first."""
    return (
        Accounting.objects.filter(patient_id=scope.patient_id)
        .select_related("printed_by")
        .order_by("-requested_on", "-pk")
    )


def describe(request: Request) -> str:
    """Return a brief description of what a request released: kinds, dates of service, pages."""
    items = sources.list_items(request)
    kinds = Counter(item.type_name for item in items)
    days = sorted(item.service_on for item in items)
    pages = sum(len(item.pages) for item in items)
    names = ", ".join(
        f"{name} ({count})" if count > 1 else name for name, count in sorted(kinds.items())
    )
    span = words.span(days[0], days[-1])
    ending = f"; dates of service {span}; {words.counted(pages, 'page')}"
    return names[: DESCRIPTION_LENGTH - len(ending)] + ending


def purpose_of(request: Request) -> str:
    """Return a brief statement of the purpose, with the paragraph that allows it."""
    purpose = request.purpose_note or AuthorizedPurpose(request.purpose).label
    return f"{purpose}, {bases.rule_of(request.basis).cite}"
