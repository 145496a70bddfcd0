"""A small house for tests of documents: units, people of each role, patients, filed documents."""

from __future__ import annotations

import itertools
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import User
from audit import context
from audit.models import Event
from audit.writes import attributing
from records.access.enums import UnitRight
from records.access.models import Chart, CustodyUnit, Facility
from records.access.services import rights
from records.documents.models import Document, UnfiledFile
from records.documents.services import filing, unfiled
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.encounters.models import Encounter
from records.patients.models import Identifier, Patient
from tests.factories import histories
from tests.factories.system import system
from tests.records.documents.samples import written_pdf

_numbers = itertools.count(1)
SERVICE_ON = date(2026, 3, 2)
PROTECTED = "HIV"


def make_user(*roles: str, unit: CustodyUnit | None = None, sees_protected: bool = False) -> User:
    """A person who holds `roles` and, with `unit`, may open its charts."""
    number = next(_numbers)
    user = User(
        username=f"reader{number}",
        email=f"reader{number}@example.org",
        display_name=f"Reader {number}",
    )
    user.set_unusable_password()
    with attributing(system()):
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    if unit is not None:
        held = [UnitRight.VIEW_CHART] + [UnitRight.VIEW_PROTECTED] * sees_protected
        for right in held:
            grant(user, unit, right)
    return User.objects.get(pk=user.pk)


def grant(user: User, unit: CustodyUnit, right: UnitRight) -> None:
    with context.acting(context.system_origin()):
        rights.grant_unit(actor=system(), unit=unit, right=right, reason="Works there", user=user)


def make_unit(**facts: Any) -> CustodyUnit:
    """A unit whose charts may hold documents of the protected class."""
    number = next(_numbers)
    with attributing(system()):
        facility = Facility.objects.create(
            code=f"DF{number}", name="Saint Anne", state="PA", record_class="HOSPITAL"
        )
        return CustodyUnit.objects.create(
            **{
                "facility": facility,
                "code": f"DU{number}",
                "name": f"File room {number}",
                "sensitivity_classes": [PROTECTED],
            }
            | facts
        )


def make_patient(unit: CustodyUnit, **facts: Any) -> Patient:
    number = next(_numbers)
    values = {
        "unit": unit,
        "mrn": f"{60000000 + number}",
        "family": "Muñoz",
        "given": "Rosa",
        "sex": "FEMALE",
        "birth_on": date(1961, 3, 4),
        "registered_by": system(),
    } | facts
    family, given = _key(values["family"]), _key(values["given"])
    values |= {"family_key": family, "given_key": given, "name_key": f"{family} {given}"}
    with attributing(system()):
        patient = Patient.objects.create(chart=Chart.objects.create(unit=unit), **values)
        Identifier.objects.create(
            patient=patient,
            kind="MRN",
            facility=unit.facility,
            value=patient.mrn,
            value_key=patient.mrn,
        )
    return patient


def _key(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()


def make_visit(patient: Patient) -> Encounter:
    at = datetime(2026, 3, 1, 15, tzinfo=UTC)
    with attributing(system()):
        visit = Encounter.objects.create(
            patient=patient,
            unit_id=patient.unit_id,
            kind="INPATIENT",
            status="DISCHARGED",
            account_number=f"A{next(_numbers)}",
            started_at=at,
            ended_at=at,
            created_by=system(),
        )
        return histories.begin(visit, system())


def facts(**changes: Any) -> DocumentFacts:
    return DocumentFacts(
        **{"type_code": "LAB", "title": "Blood count", "service_on": SERVICE_ON} | changes
    )


def pdf(*texts: str) -> Upload:
    return Upload(written_pdf(*(texts or ("One", "Two"))), "report.pdf", "application/pdf")


class House:
    """A unit with a patient, and people in and out of it."""

    def __init__(self) -> None:
        self.unit = make_unit()
        self.elsewhere = make_unit()
        self.clerk = make_user("CLERK", unit=self.unit)
        self.supervisor = make_user("SUPERVISOR", unit=self.unit)
        self.guardian = make_user("SUPERVISOR", unit=self.unit, sees_protected=True)
        self.outsider = make_user("SUPERVISOR", unit=self.elsewhere)
        self.patient = make_patient(self.unit)
        self.other = make_patient(self.unit, family="Okafor", given="Ada")

    def filed(self, *texts: str, actor: User | None = None, **changes: Any) -> Document:
        """File a document of the house's patient."""
        patient_id = changes.pop("patient_id", self.patient.pk)
        return filing.file_document(
            actor=actor or self.guardian,
            patient_id=patient_id,
            upload=pdf(*texts),
            facts=facts(**changes),
        )

    def protected(self) -> Document:
        """File a document that only the guardian sees."""
        return self.filed(sensitivity=PROTECTED)

    def received(self, *texts: str, unit: CustodyUnit | None = None) -> UnfiledFile:
        """Let a loose file wait."""
        unit = unit or self.unit
        with context.acting_as(self.clerk):
            return unfiled.receive(actor=self.clerk, unit_id=unit.pk, upload=pdf(*texts))

    def file_waiting(self, row: UnfiledFile, **changes: Any) -> Document:
        """File a loose file into the chart of the house's patient."""
        return unfiled.file_unfiled(
            **{
                "actor": self.clerk,
                "unfiled_id": row.pk,
                "patient_id": self.patient.pk,
                "facts": facts(),
            }
            | changes
        )


def events_of(action: str, **where: Any) -> list[dict[str, Any]]:
    """Return what the trail says of an action, oldest first."""
    return list(
        Event.objects.filter(action=action, **where)
        .order_by("pk")
        .values("actor_id", "patient_id", "subject_type", "subject_id", "outcome", "detail")
    )
