"""Plain valid rows for tests of the release room."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from datetime import date
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import User
from audit.writes import attributing
from records.access.models import Chart, CustodyUnit, Facility
from records.access.services import rights
from records.documents.models import Document, DocumentType, DocumentVersion
from records.patients.models import Patient

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
    with attributing(_anybody()):
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    if unit is not None:
        grant(user, unit)
    return User.objects.get(pk=user.pk)


def grant(user: User, unit: CustodyUnit, right: str = "view_chart") -> None:
    giver = User.objects.filter(username="giver").first() or make_user(
        "ADMINISTRATOR", username="giver"
    )
    rights.grant_unit(actor=giver, unit=unit, right=right, reason="Works there", user=user)


def make_unit(**facts: Any) -> CustodyUnit:
    number = next(_numbers)
    with attributing(_anybody()):
        facility = Facility.objects.create(
            code=f"F{number}", name="Saint Brendan Hospital", state="ME"
        )
        return CustodyUnit.objects.create(
            facility=facility, code=f"U{number}", name=f"Main file room {number}", **facts
        )


def make_patient(unit: CustodyUnit, **facts: Any) -> Patient:
    number = next(_numbers)
    with attributing(_anybody()):
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
                "registered_by": _anybody(),
            }
            | facts
        )


def make_document(
    patient: Patient, *, pages: int = 3, data: bytes = b"", **facts: Any
) -> Document:
    """A current document of one version; without `data` its bytes are only claimed."""
    number = next(_numbers)
    with attributing(_anybody()):
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
                "filed_by": _anybody(),
            }
            | facts
        )
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
            created_by=_anybody(),
        )
    return document


def _anybody() -> User:
    return User.objects.get(username="system")
