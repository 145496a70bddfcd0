"""Plain valid rows for tests of the release room."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from audit.writes import attributing
from records.access.enums import UnitRight
from records.access.models import Chart, CustodyUnit, Facility
from records.access.services import rights
from records.documents.models import Document, DocumentType, DocumentVersion
from records.patients.models import Patient
from requests_release.models import (
    Package,
    Request,
    Requester,
    RequestItem,
    RequestPreparer,
    RequestStatusChange,
)
from tests.factories import histories
from tests.factories.system import system

_numbers = itertools.count(1)
RECEIVED = date(2026, 11, 2)


def make_user(*roles: str, unit: CustodyUnit | None = None, **facts: Any) -> User:
    """A person who holds `roles` and, with `unit`, may open its charts."""
    number = next(_numbers)
    user = User(
        username=facts.pop("username", f"person{number}"),
        email=f"person{number}@example.org",
        display_name=facts.pop("display_name", f"Person {number}"),
        **facts,
    )
    user.set_unusable_password()
    with attributing(system()):
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    if unit is not None:
        grant(user, unit)
    return User.objects.get(pk=user.pk)


def grant(user: User, unit: CustodyUnit, right: str = "view_chart") -> None:
    giver = User.objects.filter(username="giver").first() or make_user(
        "ADMINISTRATOR", username="giver"
    )
    rights.grant_unit(
        actor=giver, unit=unit, right=UnitRight(right), reason="Works there", user=user
    )


def make_unit(**facts: Any) -> CustodyUnit:
    number = next(_numbers)
    with attributing(system()):
        facility = Facility.objects.create(
            code=f"F{number}", name="Saint Brendan Hospital", state="ME"
        )
        return CustodyUnit.objects.create(
            facility=facility, code=f"U{number}", name=f"Main file room {number}", **facts
        )


def make_patient(unit: CustodyUnit, **facts: Any) -> Patient:
    number = next(_numbers)
    with attributing(system()):
        chart = Chart.objects.create(unit=unit)
        return Patient.objects.create(
            **{
                "chart": chart,
                "unit": unit,
                "mrn": f"{450000 + number}",
                "family": "O'Connell",
                "given": "Freda",
                "family_key": "OCONNELL",
                "given_key": "FREDA",
                "name_key": "OCONNELL FREDA",
                "sex": "FEMALE",
                "birth_on": date(1962, 3, 14),
                "registered_by": system(),
            }
            | facts
        )


def make_document(patient: Patient, *, pages: int = 3, data: bytes = b"", **facts: Any) -> Document:
    """A current document of one version; without `data` its bytes are only claimed."""
    number = next(_numbers)
    with attributing(system()):
        document_type, _ = DocumentType.objects.get_or_create(
            code="DS", defaults={"name": "Discharge summary", "section": "Summaries"}
        )
        document = Document.objects.create(
            **{
                "patient": patient,
                "unit_id": patient.unit_id,
                "type": document_type,
                "title": f"Discharge summary {number}",
                "service_on": date(2026, 5, 4),
                "source": "UPLOAD",
                "page_count": pages,
                "filed_by": system(),
            }
            | facts
        )
        histories.begin(document, system())
        DocumentVersion.objects.create(
            document=document,
            number=1,
            kind="PDF",
            media_type="application/pdf",
            byte_size=max(len(data), 1),
            page_count=pages,
            page_sizes=[[612, 792]] * pages,
            sha256=hashlib.sha256(data or str(document.pk).encode()).hexdigest(),
            storage_name=f"test/{uuid.uuid4().hex}",
            wrapped_key=b"key",
            key_id="test",
            created_by=system(),
        )
    return document


def make_requester(kind: str = "ATTORNEY", **facts: Any) -> Requester:
    with attributing(system()):
        return Requester.objects.create(
            **{
                "kind": kind,
                "name": f"Harlan & Pike {next(_numbers)}",
                "address": "1 Court Square, Portland, ME 04101",
                "created_by": system(),
            }
            | facts
        )


def make_request(patient: Patient, clerk: User, **facts: Any) -> Request:
    """A logged request, as bare rows."""
    with attributing(clerk):
        requester = facts.pop("requester", None) or make_requester()
        request = Request.objects.create(
            **{
                "number": f"R2026-9{next(_numbers):05d}",
                "patient": patient,
                "unit_id": patient.unit_id,
                "requester": requester,
                "recipient_name": requester.name,
                "kind": "DISCLOSURE",
                "purpose": "LEGAL",
                "basis": "512E_ORDER",
                "channel": "MAIL",
                "medium": "ELECTRONIC",
                "scope": "Discharge summaries",
                "received_on": RECEIVED,
                "status_since": timezone.now(),
                "idempotency_key": uuid.uuid4(),
                "created_by": clerk,
            }
            | facts
        )
        RequestPreparer.objects.create(request=request, person=clerk)
        histories.begin(request, clerk)
    return request


def make_item(request: Request, document: Document, clerk: User) -> RequestItem:
    with attributing(clerk):
        return RequestItem.objects.create(
            request=request,
            document=document,
            version_number=1,
            pages=list(range(1, document.page_count + 1)),
            added_by=clerk,
        )


def bring(request: Request, *path: str, clerk: User, approver: User | None = None) -> Request:
    """Take a request along `path` as bare rows, each step alone, so that triggers see each."""
    for status in path:
        values: dict[str, Any] = {
            "status": status,
            "wait_reason": "CLARIFICATION" if status == "ON_HOLD" else "",
        }
        if status == "IN_PREPARATION":
            values |= {"prepared_by": clerk, "approved_at": None, "approved_by": None}
        if status == "SUBMITTED":
            values |= {"submitted_at": timezone.now(), "submitted_by": clerk}
        if status == "APPROVED" and approver is not None:
            values |= {"approved_at": timezone.now(), "approved_by": approver}
        is_decided = status in ("APPROVED", "RETURNED", "DENIED", "NO_RECORDS")
        who = approver if is_decided and approver is not None else clerk
        with attributing(who):
            write_step(request, status, who)
            Request.objects.filter(pk=request.pk).update(**values)
        request.refresh_from_db()
    return request


def write_step(request: Request, status: str, who: User) -> RequestStatusChange:
    """The history row of a step, which the database wants before the step itself."""
    return RequestStatusChange.objects.create(
        request=request,
        from_status=request.status,
        to_status=status,
        reason="",
        changed_at=timezone.now(),
        changed_by=who,
    )


def make_package(request: Request, **facts: Any) -> Package:
    """A finished package whose bytes are only claimed."""
    with attributing(request.approved_by or request.created_by):
        return Package.objects.create(
            **{
                "request": request,
                "number": 1,
                "state": "READY",
                "plan": [{"pages": [1]}],
                "manifest": {"pages": []},
                "manifest_sha256": "b" * 64,
                "sha256": "a" * 64,
                "page_count": 4,
                "created_by": request.approved_by or request.created_by,
                "ready_at": timezone.now(),
            }
            | facts
        )
