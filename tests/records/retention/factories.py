"""Plain valid rows for tests of the retention room, and batches brought along by real steps."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from audit.writes import attributing
from jobs.models import Job
from jobs.services import jobs
from records.access.enums import UnitRight
from records.access.models import Chart, CustodyUnit, Facility
from records.access.services import rights
from records.documents.models import Document, DocumentType, DocumentVersion, UnfiledFile
from records.documents.vault import files
from records.encounters.models import Encounter
from records.patients.models import Identifier, Patient
from records.retention.models import AgeOfMajority, Batch, Hold, HoldPatient, ScheduleRule
from records.retention.services import batches, evaluations, proposals
from records.retention.services.moves import Seen
from tests.factories import histories
from tests.factories.people import PASSWORD
from tests.factories.system import system

_numbers = itertools.count(1)
# A state that no schedule of law names, so that tests say which rules there are.
STATE = "ZZ"
LONG_AGO = datetime(2001, 3, 1, 15, 0, tzinfo=UTC)


def make_user(*roles: str, unit: CustodyUnit | None = None, **facts: Any) -> User:
    """A person who holds `roles` and, with `unit`, may open its charts."""
    number = next(_numbers)
    user = User(
        username=facts.pop("username", f"keeper{number}"),
        email=f"keeper{number}@example.org",
        display_name=facts.pop("display_name", f"Keeper {number}"),
        **facts,
    )
    user.set_password(PASSWORD)
    with attributing(system()):
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    if unit is not None:
        grant(user, unit)
    return User.objects.get(pk=user.pk)


def grant(user: User, unit: CustodyUnit) -> None:
    giver = User.objects.filter(username="giver").first() or make_user(
        "ADMINISTRATOR", username="giver"
    )
    rights.grant_unit(
        actor=giver, unit=unit, right=UnitRight.VIEW_CHART, reason="Works there", user=user
    )


def make_unit(state: str = STATE, record_class: str = "HOSPITAL", **facts: Any) -> CustodyUnit:
    number = next(_numbers)
    with attributing(system()):
        facility = Facility.objects.create(
            code=f"RF{number}", name="Saint Brendan", state=state, record_class=record_class
        )
        return CustodyUnit.objects.create(
            facility=facility, code=f"RU{number}", name=f"File room {number}", **facts
        )


def make_rule(**facts: Any) -> ScheduleRule:
    """A rule of the test state: by default ten years after the last encounter."""
    number = next(_numbers)
    with attributing(system()):
        return ScheduleRule.objects.create(
            **{
                "code": f"ZZ-RULE-{number}",
                "state": STATE,
                "record_class": "HOSPITAL",
                "series": "HEALTH_RECORD",
                "population": "ALL",
                "term_kind": "AFTER_LAST_ENCOUNTER",
                "years": 10,
                "cite": "ZZ Code 1.1",
                "source": "STATE",
                "certainty": "HIGH",
                "effective_from": date(1990, 1, 1),
                "verified_on": date(2026, 11, 1),
            }
            | facts
        )


def make_majority(state: str = STATE, age: int = 18) -> AgeOfMajority:
    with attributing(system()):
        return AgeOfMajority.objects.create(
            state=state,
            age=age,
            cite="ZZ Code 2.1",
            effective_from=date(1900, 1, 1),
            verified_on=date(2026, 11, 1),
        )


def make_patient(unit: CustodyUnit, **facts: Any) -> Patient:
    number = next(_numbers)
    with attributing(system()):
        chart = Chart.objects.create(unit=unit)
        patient = Patient.objects.create(
            **{
                "chart": chart,
                "unit": unit,
                "mrn": f"{70000000 + number}",
                "family": "Wyman",
                "given": "Alfreda",
                "family_key": "WYMAN",
                "given_key": "ALFREDA",
                "name_key": "WYMAN ALFREDA",
                "sex": "FEMALE",
                "birth_on": date(1950, 4, 5),
                "registered_by": system(),
            }
            | facts
        )
        Identifier.objects.create(
            patient=patient,
            kind="MRN",
            facility=unit.facility,
            value=patient.mrn,
            value_key=patient.mrn,
        )
    return patient


def make_visit(patient: Patient, **facts: Any) -> Encounter:
    """A visit that ended; by default long ago."""
    values: dict[str, Any] = {
        "patient": patient,
        "unit_id": patient.unit_id,
        "kind": "INPATIENT",
        "status": "DISCHARGED",
        "account_number": f"A{next(_numbers)}",
        "started_at": LONG_AGO,
        "created_by": system(),
    } | facts
    if values["status"] == "DISCHARGED":
        values.setdefault("ended_at", values["started_at"])
    with attributing(system()):
        return histories.begin(Encounter.objects.create(**values), system())


def make_type() -> DocumentType:
    found, _ = DocumentType.objects.get_or_create(
        code="RDS", defaults={"name": "Discharge summary", "section": "Summaries"}
    )
    return found


def make_document(patient: Patient, *, versions: int = 1, **facts: Any) -> Document:
    """A document with real bytes in the vault."""
    with attributing(system()):
        document = Document.objects.create(
            **{
                "patient": patient,
                "unit_id": patient.unit_id,
                "type": make_type(),
                "title": "Discharge summary of Alfreda Wyman",
                "service_on": date(2001, 3, 1),
                "source": "UPLOAD",
                "page_count": 2,
                "version_number": versions,
                "filed_by": system(),
            }
            | facts
        )
        histories.begin(document, system())
        for number in range(1, versions + 1):
            make_version(document, number)
    return document


def make_version(document: Document, number: int = 1) -> DocumentVersion:
    stored = files.keep(f"page {document.pk} {number}".encode(), identity=f"test:{document.pk}")
    with attributing(system()):
        return DocumentVersion.objects.create(
            document=document, number=number, created_by=system(), **_stored(stored)
        )


def make_unfiled(unit: CustodyUnit, content: bytes = b"loose page") -> UnfiledFile:
    """A received file that waits to be filed."""
    stored = files.keep(content, identity="test:unfiled")
    with attributing(system()):
        return UnfiledFile.objects.create(
            unit=unit,
            file_name="wyman.pdf",
            source="UPLOAD",
            received_by=system(),
            **_stored(stored),
        )


def _stored(stored: files.StoredFile) -> dict[str, Any]:
    return {
        "kind": "PDF",
        "media_type": "application/pdf",
        "byte_size": stored.size,
        "page_count": 2,
        "page_sizes": [[612, 792]] * 2,
        "sha256": stored.sha256,
        "storage_name": stored.name,
        "wrapped_key": stored.wrapped_key,
        "key_id": stored.key_id,
    }


def make_due_patient(unit: CustodyUnit, *, documents: int = 1, **facts: Any) -> Patient:
    """A patient whose chart has served its term under `make_rule()`."""
    patient = make_patient(unit, **facts)
    make_visit(patient)
    for _ in range(documents):
        make_document(patient)
    evaluations.refresh([patient.pk])
    return patient


def make_hold(*patients: Patient, **facts: Any) -> Hold:
    """A standing hold, as bare rows."""
    now = timezone.now()
    with attributing(system()):
        hold = Hold.objects.create(
            **{
                "name": "Wyman v. Saint Brendan",
                "kind": "LITIGATION",
                "reason": "Suit filed",
                "issued_on": date(2026, 11, 1),
                "placed_at": now,
                "placed_by": system(),
            }
            | facts
        )
        for patient in patients:
            HoldPatient.objects.create(
                hold=hold, patient=patient, placed_at=now, placed_by=system()
            )
    return hold


def seen(batch: Batch) -> Seen:
    batch.refresh_from_db()
    return Seen(batch.status, batch.digest)


class House:
    """A unit with one rule, and the three people that destruction takes."""

    def __init__(self) -> None:
        make_majority()
        self.rule = make_rule()
        self.unit = make_unit()
        self.clerk = make_user("CLERK", unit=self.unit)
        self.supervisor = make_user("SUPERVISOR", unit=self.unit)
        self.compliance = make_user("COMPLIANCE", unit=self.unit)

    def patient(self, **facts: Any) -> Patient:
        return make_due_patient(self.unit, **facts)

    def proposed(self, *patients: Patient) -> Batch:
        ids = [patient.pk for patient in patients or (self.patient(),)]
        return proposals.propose(actor=self.clerk, patient_ids=ids, location="Basement")

    def approved_once(self, *patients: Patient) -> Batch:
        batch = self.proposed(*patients)
        return batches.approve(actor=self.supervisor, batch_id=batch.pk, seen=seen(batch))

    def approved(self, *patients: Patient) -> Batch:
        batch = self.approved_once(*patients)
        return batches.approve(actor=self.compliance, batch_id=batch.pk, seen=seen(batch))

    def executing(self, *patients: Patient) -> Batch:
        batch = self.approved(*patients)
        return batches.start(actor=self.compliance, batch_id=batch.pk, seen=seen(batch))

    def done(self, *patients: Patient) -> Batch:
        batch = self.executing(*patients)
        run(batch)
        batch.refresh_from_db()
        return batch


def job_of(batch: Batch) -> Job:
    return Job.objects.filter(kind=batches.DESTRUCTION, subject_id=batch.pk).latest("pk")


def run(batch: Batch) -> str:
    """Let a worker do the batch's job; return how it ended."""
    return str(jobs.work(job_of(batch).pk))
