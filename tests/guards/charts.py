"""What the charts of the world hold, and how it came there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit import context
from audit.enums import Purpose
from jobs.models import Job
from jobs.services import jobs
from records.access.models import AccessRequest
from records.access.services import access_decisions, access_requests, glass
from records.documents.models import Document
from records.documents.services import corrections, filing, unfiled
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.models import Encounter
from records.encounters.services import encounters, providers
from records.encounters.services.encounters import EncounterFacts
from records.interchange.services import uploads
from tests.guards.hospital import Hospital
from tests.guards.may_see import CARE, SECRET

LONG_AGO = datetime(2001, 3, 1, 15, 0, tzinfo=UTC)


class Charts(Hospital):
    """Stays, documents, loose files and imports, an emergency access, and access asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: dict[str, Document] = {}
        self.encounters: dict[str, Encounter] = {}
        self._build_stays()
        self._build_documents()
        self._build_loose_files()
        self._build_imports()
        self._build_glass()
        self.access_requests = {
            "asked": self._ask_for("VISIBLE", "stranger"),
            "other": self._ask_for("OTHER", "stranger"),
            "declined": self._ask_for("VISIBLE", "bh_clerk"),
            "withdrawn": self._ask_for("VISIBLE", "doctor"),
        }
        self._close_access_requests()

    # --- stays ----------------------------------------------------------------------------------

    def _build_stays(self) -> None:
        with context.acting_as(self._as("clerk")):
            attending = providers.ensure(actor=self._as("clerk"), name="Dr. Priya Nair")
            self.attending = providers.link_user(
                actor=self._as("clerk"), provider=attending, user=self.people["provider"]
            )
        now = timezone.now()
        self._stay("open", "VISIBLE", "clerk", now - timedelta(days=2), attending=attending)
        self._stay("planned", "VISIBLE", "clerk", now + timedelta(days=9), is_planned=True)
        self._stay("hidden", "HIDDEN", "sud_clerk", now - timedelta(days=1))
        self._stay("other", "OTHER", "bh_clerk", now - timedelta(days=1))
        self._visit("visit", "VISIBLE", "clerk", now - timedelta(days=90))
        for name, clerk in (("DUE", "clerk"), ("GONE", "clerk"), ("LATE", "clerk")):
            self._visit(name.lower(), name, clerk, LONG_AGO)
        self._take_steps(now)

    def _encounter_facts(self, name: str, at: datetime, **more: Any) -> EncounterFacts:
        word = self.aviary.word
        return EncounterFacts(
            **{
                "kind": EncounterKind.INPATIENT,
                "started_at": at,
                "unit_id": self.patients[name].unit_id,
                "service": word(name, "service"),
                "location": word(name, "location"),
                "reason": word(name, "reason of a stay"),
                "account_number": word(name, "account number").upper(),
            }
            | more
        )

    def _stay(
        self,
        key: str,
        name: str,
        clerk: str,
        at: datetime,
        *,
        is_planned: bool = False,
        **more: Any,
    ) -> None:
        status = EncounterStatus.PLANNED if is_planned else EncounterStatus.IN_PROGRESS
        actor = self._as(clerk)
        with context.acting_as(actor):
            self.encounters[key] = encounters.begin(
                actor=actor,
                patient_id=self.patients[name].pk,
                facts=self._encounter_facts(name, at, **more),
                status=status,
            )

    def _visit(self, key: str, name: str, clerk: str, at: datetime) -> None:
        actor = self._as(clerk)
        with context.acting_as(actor):
            self.encounters[key] = encounters.record_visit(
                actor=actor,
                patient_id=self.patients[name].pk,
                facts=self._encounter_facts(name, at, kind=EncounterKind.OUTPATIENT),
                ended_at=at + timedelta(hours=3),
                disposition=Disposition.HOME,
            )

    def _take_steps(self, now: datetime) -> None:
        actor, word = self._as("clerk"), self.aviary.word
        stay = Encounter.objects.get(pk=self.encounters["open"].pk)
        with context.acting_as(actor):
            encounters.transfer(
                actor=actor,
                encounter_id=stay.pk,
                version=stay.version,
                to_location=word("VISIBLE", "location after a transfer"),
                to_service=word("VISIBLE", "service after a transfer"),
                at=now - timedelta(days=1),
            )
            planned = Encounter.objects.get(pk=self.encounters["planned"].pk)
            encounters.cancel(
                actor=actor,
                encounter_id=planned.pk,
                version=planned.version,
                reason=word("VISIBLE", "reason of a cancellation"),
            )
        self._stay("planned again", "VISIBLE", "clerk", now + timedelta(days=3), is_planned=True)

    # --- documents ------------------------------------------------------------------------------

    def _file(
        self, key: str, name: str, actor: User, *, area: str = "chart", **facts: Any
    ) -> Document:
        values: dict[str, Any] = {
            "type_code": "LAB",
            "title": self.aviary.word(name, f"title of document {key}", area),
            "service_on": timezone.localdate() - timedelta(days=1),
        } | facts
        upload = Upload(
            self.aviary.pdf(name, f"document {key}", area),
            f"{self.aviary.word(name, f'file name of document {key}', area)}.pdf",
            "application/pdf",
        )
        with context.acting_as(actor):
            document = filing.file_document(
                actor=actor,
                patient_id=self.patients[name].pk,
                upload=upload,
                facts=DocumentFacts(**values),
            )
        self.documents[key] = document
        return document

    def _build_documents(self) -> None:
        clerk, keeper, word = self._as("clerk"), self._as("keeper"), self.aviary.word
        self._file("plain", "VISIBLE", clerk)
        self._file("second", "VISIBLE", clerk, encounter_id=self.encounters["open"].pk)
        self._file("voided", "VISIBLE", self._as("supervisor"))
        self._file("care", "VISIBLE", keeper, area=CARE, sensitivity=CARE)
        self._file("secret", "VISIBLE", keeper, area=SECRET, sensitivity=SECRET)
        self._file("form", "VISIBLE", clerk, type_code="AUTHORIZATION")
        self._file("other", "OTHER", self._as("bh_clerk"))
        self._file("hidden", "HIDDEN", self._as("sud_clerk"))
        for name in ("DUE", "GONE", "LATE"):
            self._file(name.lower(), name, clerk, service_on=LONG_AGO.date())
        with context.acting_as(clerk):
            filing.replace(
                actor=clerk,
                document_id=self.documents["second"].pk,
                lock_version=1,
                upload=Upload(
                    self.aviary.pdf("VISIBLE", "newer version"), "newer.pdf", "application/pdf"
                ),
                reason=word("VISIBLE", "reason of a newer version"),
            )
        supervisor = self._as("supervisor")
        with context.acting_as(supervisor):
            corrections.void(
                actor=supervisor,
                document_id=self.documents["voided"].pk,
                lock_version=1,
                reason=word("VISIBLE", "reason of voiding"),
            )

    def _build_loose_files(self) -> None:
        self.unfiled = {}
        for key, unit, clerk in (
            ("MAIN_FILE", self.main, "clerk"),
            ("PROGRAMME_FILE", self.programme, "sud_clerk"),
        ):
            actor = self._as(clerk)
            name = self.aviary.word(key, "file name", "unfiled")
            content = self.aviary.pdf(key, "loose file", "unfiled")
            with context.acting_as(actor):
                self.unfiled[key] = unfiled.receive(
                    actor=actor,
                    unit_id=unit.pk,
                    upload=Upload(content, f"{name}.pdf", "application/pdf"),
                )

    def _build_imports(self) -> None:
        self.imports = {}
        for key, unit, clerk in (
            ("MAIN_FILE", self.main, "clerk"),
            ("PROGRAMME_FILE", self.programme, "sud_clerk"),
        ):
            actor, word = self._as(clerk), self.aviary.word
            resource = {
                "resourceType": "Patient",
                "name": [{"family": word(key, "name in a rejected file", "unfiled")}],
                "birthDate": word(key, "birth date in a rejected file", "unfiled"),
            }
            bundle = {"resourceType": "Bundle", "type": "collection"}
            content = json.dumps(bundle | {"entry": [{"resource": resource}]}).encode()
            name = word(key, "name of a rejected file", "unfiled")
            with context.acting_as(actor):
                run = uploads.receive(
                    actor=actor,
                    unit=unit,
                    files=[uploads.Received(f"{name}.json", content)],
                )
            jobs.work(Job.objects.get(kind=uploads.IMPORT, subject_id=run.pk).pk)
            self.imports[key] = run

    def _build_glass(self) -> None:
        doctor = self._as("doctor")
        with context.acting_as(doctor):
            self.glass = glass.break_glass(
                actor=doctor,
                patient_id=self.patients["OTHER"].pk,
                reason=f"Stroke, {self.aviary.word('OTHER', 'reason of glass', 'glass')} at once",
            )

    def _ask_for(self, name: str, asker: str) -> AccessRequest:
        actor = self._as(asker)
        with context.acting_as(actor):
            return access_requests.ask(
                actor=actor,
                patient_id=self.patients[name].pk,
                wanted=access_requests.Wanted(
                    purpose=Purpose.OPERATIONS,
                    reason=f"{self.aviary.word(name, 'reason of asking', 'access')} in March",
                    expires_at=timezone.now() + timedelta(days=7),
                ),
            )

    def _close_access_requests(self) -> None:
        supervisor, doctor = self._as("supervisor"), self._as("doctor")
        with context.acting_as(supervisor):
            access_decisions.decline(
                actor=supervisor,
                access_request_id=self.access_requests["declined"].pk,
                comment=self.aviary.word("VISIBLE", "comment on access", "access"),
            )
        with context.acting_as(doctor):
            access_requests.withdraw(
                actor=doctor, access_request_id=self.access_requests["withdrawn"].pk
            )
