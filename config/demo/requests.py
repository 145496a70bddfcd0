"""Release requests at several steps, so that board and work lists have something to show."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit import context
from records.access.models import CustodyUnit
from records.documents.enums import DocumentStatus
from records.documents.models import Document
from requests_release.enums import (
    AuthorizedPurpose,
    Channel,
    Medium,
    ReleaseBasis,
    RequesterKind,
    RequestKind,
    RequestStatus,
)
from requests_release.models import Request
from requests_release.services import approvals, items, requests, stages
from requests_release.services.requesters import RequesterFacts
from requests_release.services.requests import RequestFacts

MOST_DOCUMENTS = 3


@dataclass(frozen=True)
class Plan:
    """A request of the demo hospital, and the step to which its clerk has brought it."""

    requester: RequesterFacts
    kind: RequestKind
    purpose: AuthorizedPurpose
    basis: ReleaseBasis
    channel: Channel
    scope: str
    days_ago: int
    status: RequestStatus
    stated_days: int | None = None
    proof: str = ""


PLANS = (
    Plan(
        RequesterFacts(
            RequesterKind.COURT, "Court of Common Pleas", "1 Courthouse Square, Harrisburg, PA"
        ),
        RequestKind.DISCLOSURE,
        AuthorizedPurpose.LEGAL,
        ReleaseBasis.COURT_ORDER,
        Channel.COURT_SERVICE,
        "All records of the last five years",
        days_ago=6,
        status=RequestStatus.SUBMITTED,
        stated_days=8,
        proof="Order signed by the judge, seal seen",
    ),
    Plan(
        RequesterFacts(
            RequesterKind.TREATING_PROVIDER, "Dr. Mary Tran", "Lakeside Cardiology, York, PA"
        ),
        RequestKind.DISCLOSURE,
        AuthorizedPurpose.CONTINUING_CARE,
        ReleaseBasis.TREATMENT,
        Channel.FAX,
        "Reports of the last stay",
        days_ago=1,
        status=RequestStatus.IN_PREPARATION,
        proof="Called back at the number of the practice",
    ),
    Plan(
        RequesterFacts(RequesterKind.ATTORNEY, "Harlan & Pike LLP", "14 Market Street, Lancaster"),
        RequestKind.DISCLOSURE,
        AuthorizedPurpose.LEGAL,
        ReleaseBasis.AUTHORIZATION,
        Channel.MAIL,
        "Discharge summaries and laboratory reports",
        days_ago=11,
        status=RequestStatus.LOGGED,
        proof="Letter on the firm's paper",
    ),
)


def load(clerk: User, unit: CustodyUnit, chance: random.Random) -> int:
    """Log the planned requests for patients of the unit who have documents; return how many.

    Each patient has one request at most, so a hospital with few patients gets fewer.
    """
    filed = Document.objects.filter(patient__unit=unit, status=DocumentStatus.CURRENT)
    patients = filed.order_by("patient_id").values_list("patient_id", flat=True).distinct()
    found = list(zip(PLANS, patients[: len(PLANS)], strict=False))
    with context.acting_as(clerk):
        for plan, patient_id in found:
            _bring(plan, patient_id, clerk, UUID(int=chance.getrandbits(128), version=4))
    return len(found)


def _bring(plan: Plan, patient_id: int, clerk: User, key: UUID) -> None:
    """Log a request and bring it to its step."""
    request = requests.log(
        actor=clerk,
        patient_id=patient_id,
        requester=plan.requester,
        facts=_facts(plan),
        idempotency_key=key,
    )
    if plan.status == RequestStatus.LOGGED:
        return
    request = stages.take(actor=clerk, request_id=request.pk, version=request.version)
    request = items.choose(
        actor=clerk, request_id=request.pk, version=request.version, chosen=_pages(request)
    )
    if plan.status == RequestStatus.SUBMITTED:
        approvals.submit(actor=clerk, request_id=request.pk, version=request.version)


def _facts(plan: Plan) -> RequestFacts:
    today = timezone.localdate()
    days = plan.stated_days
    return RequestFacts(
        kind=plan.kind,
        purpose=plan.purpose,
        basis=plan.basis,
        channel=plan.channel,
        medium=Medium.ELECTRONIC,
        scope=plan.scope,
        received_on=today - timedelta(days=plan.days_ago),
        identity_proof=plan.proof,
        stated_due_on=today + timedelta(days=days) if days is not None else None,
    )


def _pages(request: Request) -> dict[int, list[int]]:
    """Return all pages of the patient's first documents, by the document's key."""
    filed = Document.objects.filter(patient_id=request.patient_id, status=DocumentStatus.CURRENT)
    rows = filed.order_by("pk").values_list("pk", "page_count")[:MOST_DOCUMENTS]
    return {pk: list(range(1, pages + 1)) for pk, pages in rows}
