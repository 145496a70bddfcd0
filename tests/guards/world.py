"""A hospital in small, built by the services, with a canary in every field that can hold text.

Patients by name: VISIBLE (main file room), OTHER (another listed unit), HIDDEN (a unit that is
not listed), DUE (main; proposed for destruction), LATE (main; its destruction
approved), GONE (main; destroyed). VISIBLE has documents of
ordinary and of protected classes. People by name, see `PEOPLE`.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit import context
from audit.models import Event
from jobs.models import Job
from jobs.services import jobs
from records.access.enums import SensitivityClass, UnitRight
from records.access.services import glass
from records.documents.models import Document
from records.documents.services import corrections, filing, unfiled
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.models import Encounter
from records.encounters.services import encounters, providers
from records.encounters.services.encounters import EncounterFacts
from records.interchange.services import uploads
from records.patients.enums import AddressKind, ContactKind, NameKind, PhoneKind, Sex
from records.patients.models import Patient
from records.patients.rules.names import PersonName
from records.patients.services import patients
from records.patients.services.facts import (
    AddressFact,
    ContactFact,
    OtherName,
    PersonFacts,
    PhoneFact,
    ReachFacts,
)
from records.retention.enums import HoldKind
from records.retention.models import Batch, ScheduleRule
from records.retention.services import batches, evaluations, holds, proposals
from records.retention.services.moves import Seen
from requests_release.enums import DeliveryMethod
from requests_release.models import Request
from requests_release.services import accountings, deliveries, links, requests
from requests_release.services.requesters import RequesterFacts
from tests.factories.people import again, make_user
from tests.factories.units import grant, make_facility, make_unit
from tests.guards.canaries import Aviary
from tests.records.retention.factories import job_of, make_majority, make_rule
from tests.requests_release import builders as release

STATE = "ZZ"
LONG_AGO = datetime(2001, 3, 1, 15, 0, tzinfo=UTC)
BORN = {
    "VISIBLE": date(1971, 8, 23),
    "OTHER": date(1969, 11, 13),
    "HIDDEN": date(1953, 9, 27),
    "DUE": date(1951, 5, 19),
    "GONE": date(1949, 2, 11),
    "LATE": date(1947, 7, 17),
}
CARE, SECRET = SensitivityClass.HIV, SensitivityClass.PSYCHNOTE
# Who may see which area of whom. `directory` is the line that search shows; `chart` the rest.
IN_MAIN = {"clerk", "supervisor", "compliance", "keeper", "second_keeper"}
SEARCHERS = IN_MAIN | {"provider", "doctor", "bh_clerk", "sud_clerk", "stranger"}
HOLDS_SEEN_BY = IN_MAIN | {"bh_clerk", "sud_clerk", "stranger"}
MAY_SEE: dict[tuple[str, str], set[str]] = {
    ("VISIBLE", "directory"): SEARCHERS,
    ("VISIBLE", "chart"): IN_MAIN | {"provider"},
    ("VISIBLE", CARE): {"provider", "keeper", "second_keeper"},
    ("VISIBLE", SECRET): {"keeper", "second_keeper"},
    ("OTHER", "directory"): SEARCHERS,
    ("OTHER", "chart"): {"bh_clerk", "doctor"},
    # Compliance reviews every emergency access, and why the glass was broken.
    ("OTHER", "glass"): {"bh_clerk", "doctor", "compliance"},
    ("HIDDEN", "directory"): {"sud_clerk"},
    ("HIDDEN", "chart"): {"sud_clerk"},
    ("DUE", "directory"): SEARCHERS,
    ("DUE", "chart"): IN_MAIN,
    ("LATE", "directory"): SEARCHERS,
    ("LATE", "chart"): IN_MAIN,
    ("GONE", "directory"): SEARCHERS,
    ("GONE", "chart"): IN_MAIN,
    ("MAIN_FILE", "unfiled"): IN_MAIN,
    ("PROGRAMME_FILE", "unfiled"): {"sud_clerk"},
    # Names of matters are written for everybody who works on retention; see the form's help text.
    ("HOLD", "matter"): HOLDS_SEEN_BY,
}
# Who asks for pages; the others only built the world.
ASKERS = (
    "clerk",
    "supervisor",
    "compliance",
    "keeper",
    "provider",
    "doctor",
    "administrator",
    "bh_clerk",
    "sud_clerk",
    "stranger",
    "nobody",
)
ENCOUNTERS_ASKED = ("open", "planned again", "visit", "other", "hidden")
DOCUMENTS_ASKED = ("plain", "second", "voided", "care", "secret", "other", "hidden", "gone")
# Pages on which oversight names patients of any unit, by number and name alone.
OVERSIGHT = ("audit:",)


class World:
    """The hospital; `ids` tell what stands in addresses, by the name of the argument."""

    def __init__(self) -> None:
        self.aviary = Aviary()
        self.people: dict[str, User] = {}
        self.patients: dict[str, Patient] = {}
        self.documents: dict[str, Document] = {}
        self.encounters: dict[str, Encounter] = {}
        self.requests: dict[str, Request] = {}
        self.batches: dict[str, Batch] = {}
        self.ids: dict[str, dict[str, Any]] = {}
        self._build_units()
        self._build_people()
        for name, unit, clerk in (
            ("VISIBLE", self.main, "clerk"),
            ("OTHER", self.behavioural, "bh_clerk"),
            ("HIDDEN", self.programme, "sud_clerk"),
            ("DUE", self.main, "clerk"),
            ("GONE", self.main, "clerk"),
            ("LATE", self.main, "clerk"),
        ):
            self.patients[name] = self._register(name, unit, self.people[clerk])
        self._build_stays()
        self._build_documents()
        self._build_loose_files()
        self._build_imports()
        self._build_glass()
        self._build_requests()
        self._build_retention()
        self._change_patients()
        self._list_ids()

    # --- the house --------------------------------------------------------------------------

    def _build_units(self) -> None:
        self.facility = make_facility(state=STATE)
        make_majority()
        self.rule: ScheduleRule = make_rule(state=STATE)
        self.main = make_unit(
            facility=self.facility, name="Main file room", sensitivity_classes=[CARE, SECRET]
        )
        self.behavioural = make_unit(facility=self.facility, name="Behavioural health")
        self.programme = make_unit(
            facility=self.facility, name="Substance-use programme", is_listed=False
        )

    def _build_people(self) -> None:
        plan = {
            "clerk": ("CLERK", self.main),
            "supervisor": ("SUPERVISOR", self.main),
            "compliance": ("COMPLIANCE", self.main),
            "keeper": ("SUPERVISOR", self.main),
            "second_keeper": ("SUPERVISOR", self.main),
            "provider": ("PROVIDER", None),
            "doctor": ("PROVIDER", None),
            "administrator": ("ADMINISTRATOR", None),
            "bystander": ("CLERK", None),
            "bh_clerk": ("CLERK", self.behavioural),
            "sud_clerk": ("CLERK", self.programme),
            "sud_supervisor": ("SUPERVISOR", self.programme),
            "stranger": ("CLERK", None),
            "nobody": (None, None),
        }
        for name, (role, unit) in plan.items():
            roles = [role] if role else []
            self.people[name] = make_user(*roles, unit=unit, display_name=f"Staff {name}")
        for name in ("keeper", "second_keeper"):
            grant(self.main, UnitRight.VIEW_PROTECTED, user=self.people[name])
            self.people[name] = again(self.people[name])

    def _as(self, name: str) -> User:
        """Return a person as the next request loads them."""
        return again(self.people[name])

    # --- patients ---------------------------------------------------------------------------

    def _register(self, name: str, unit: Any, clerk: User) -> Patient:
        with context.acting_as(clerk):
            patient = patients.register(
                actor=clerk,
                unit_id=unit.pk,
                facts=self._facts(name),
                reach_facts=self._reach(name),
                ssn=self._ssn(name),
                override_reason=self.aviary.word(name, "override reason"),
                are_candidates_judged=True,
            )
        self.aviary.number(patient.mrn, name, "record number", "directory")
        return patient

    def _facts(self, name: str, **changes: Any) -> PersonFacts:
        word = self.aviary.word
        values: dict[str, Any] = {
            "family": word(name, "family name", "directory"),
            "given": word(name, "given name", "directory"),
            "middle": word(name, "middle name", "directory"),
            "sex": Sex.FEMALE,
            "gender_identity": word(name, "gender identity"),
            "birth_on": self.aviary.day(BORN[name], name, "birth date", "directory"),
            "language": word(name, "language"),
            "race": word(name, "race"),
            "ethnicity": word(name, "ethnicity"),
            "email": f"{word(name, 'e-mail').lower()}@example.org",
            "mother_maiden_name": word(name, "mother's maiden name"),
        }
        return PersonFacts(**values | changes)

    def _reach(self, name: str) -> ReachFacts:
        word, phone = self.aviary.word, self.aviary.phone
        alias = PersonName(
            word(name, "former family name", "directory"),
            word(name, "former given name", "directory"),
        )
        return ReachFacts(
            names=(OtherName(NameKind.FORMER, alias),),
            phones=(PhoneFact(PhoneKind.HOME, phone(name, "telephone")),),
            addresses=(
                AddressFact(
                    AddressKind.HOME,
                    f"1 {word(name, 'street')} Street",
                    word(name, "second line"),
                    word(name, "town"),
                    "ME",
                    "04101",
                ),
            ),
            contacts=(
                ContactFact(
                    ContactKind.NEXT_OF_KIN,
                    word(name, "next of kin"),
                    word(name, "relationship"),
                    phone(name, "next of kin's telephone"),
                    word(name, "next of kin's address"),
                ),
            ),
        )

    def _ssn(self, name: str) -> str:
        digits = f"52910{6000 + 7 * len(self.patients)}"
        return self.aviary.number(digits, name, "social security number", "nobody")

    def _change_patients(self) -> None:
        for name, clerk in (("VISIBLE", "clerk"), ("HIDDEN", "sud_clerk")):
            actor = self._as(clerk)
            patient = Patient.objects.get(pk=self.patients[name].pk)
            kept = {field: getattr(patient, field) for field in ("family", "given", "middle")}
            with context.acting_as(actor):
                patients.change(
                    actor=actor,
                    patient_id=patient.pk,
                    version=patient.version,
                    facts=self._facts(name, **kept),
                    reach_facts=self._reach(name),
                )
            self.patients[name] = Patient.objects.get(pk=patient.pk)

    # --- stays ------------------------------------------------------------------------------

    def _build_stays(self) -> None:
        with context.acting_as(self._as("clerk")):
            attending = providers.ensure(actor=self._as("clerk"), name="Dr. Priya Nair")
            providers.link_user(
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

    # --- documents --------------------------------------------------------------------------

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

    # --- release ----------------------------------------------------------------------------

    def _requester(self, name: str) -> RequesterFacts:
        word = self.aviary.word
        return RequesterFacts(
            kind="COURT",
            name=word(name, "requester"),
            address=word(name, "requester's address"),
            phone=self.aviary.phone(name, "requester's telephone"),
            fax=self.aviary.phone(name, "requester's fax"),
            email=f"{word(name, 'requester e-mail').lower()}@example.org",
        )

    def _log(self, key: str, name: str, clerk: str) -> Request:
        word, actor = self.aviary.word, self._as(clerk)
        with context.acting_as(actor):
            request = release.log(
                self.patients[name],
                actor,
                requester=self._requester(name),
                scope=word(name, "scope of a request"),
                purpose_note=word(name, "purpose of a request"),
                identity_proof=word(name, "proof of identity"),
                recipient_name=word(name, "recipient"),
                recipient_address=word(name, "recipient's address"),
            )
            requests.comment(
                actor=actor, request_id=request.pk, text=word(name, "remark on a request")
            )
        self.requests[key] = request
        return request

    def _prepare(self, key: str, name: str, clerk: str, *documents: str) -> None:
        request, actor = self._log(key, name, clerk), self._as(clerk)
        with context.acting_as(actor):
            release.take(request, actor)
            release.choose(request, actor, *(self.documents[document] for document in documents))

    def _make_ready(self, key: str, clerk: str, approver: str) -> None:
        request = self.requests[key]
        with context.acting_as(self._as(clerk)):
            release.submit(request, self._as(clerk))
        with context.acting_as(self._as(approver)):
            release.approve(request, self._as(approver))
        release.build(request)

    def _build_requests(self) -> None:
        self._log("logged", "VISIBLE", "clerk")
        self._prepare("prepared", "VISIBLE", "clerk", "plain")
        self._record_form("prepared")
        self._prepare("submitted", "VISIBLE", "clerk", "plain", "second")
        with context.acting_as(self._as("clerk")):
            release.submit(self.requests["submitted"], self._as("clerk"))
        self._prepare("ready", "VISIBLE", "clerk", "plain")
        self._make_ready("ready", "clerk", "supervisor")
        self._prepare("protected", "VISIBLE", "keeper", "care")
        self._make_ready("protected", "keeper", "second_keeper")
        self._prepare("delivered", "VISIBLE", "clerk", "second")
        self._make_ready("delivered", "clerk", "supervisor")
        self._prepare("hidden", "HIDDEN", "sud_clerk", "hidden")
        self._make_ready("hidden", "sud_clerk", "sud_supervisor")
        self._deliver()

    def _record_form(self, key: str) -> None:
        word, clerk = self.aviary.word, self._as("clerk")
        with context.acting_as(clerk):
            release.authorize(
                self.requests[key],
                clerk,
                self.documents["form"],
                scope=word("VISIBLE", "scope of an authorization"),
                recipients=(word("VISIBLE", "recipient of an authorization"),),
                signer_name=word("VISIBLE", "signer"),
                authority=word("VISIBLE", "signer's authority"),
                is_signed_by_patient=False,
                expiry_event=word("VISIBLE", "event that ends an authorization"),
                expires_on=None,
            )

    def _deliver(self) -> None:
        clerk = self._as("clerk")
        with context.acting_as(clerk):
            deliveries.hand_over(
                actor=clerk,
                request_id=self.requests["delivered"].pk,
                version=release.fresh(self.requests["delivered"]).version,
                method=DeliveryMethod.PICKUP,
                handed_on=timezone.localdate(),
                tracking_note=self.aviary.word("VISIBLE", "note on a delivery"),
            )
            accountings.give(
                actor=clerk,
                patient_id=self.patients["VISIBLE"].pk,
                requested_on=timezone.localdate(),
            )
            self.link = links.make_link(
                actor=clerk,
                request_id=self.requests["ready"].pk,
                version=release.fresh(self.requests["ready"]).version,
                days=3,
            )

    # --- retention --------------------------------------------------------------------------

    def _build_retention(self) -> None:
        evaluations.refresh([patient.pk for patient in self.patients.values()])
        self._destroy("GONE")
        self.batches["approved"] = self._approve("LATE")
        self.batches["proposed"] = self._propose("DUE")
        word, officer = self.aviary.word, self._as("compliance")
        with context.acting_as(officer):
            self.hold = holds.place(
                actor=officer,
                matter=holds.Matter(
                    name=word("HOLD", "matter", "matter"),
                    kind=HoldKind.LITIGATION,
                    reason=word("HOLD", "reason", "matter"),
                    issued_on=timezone.localdate(),
                    issuer=word("HOLD", "issuer", "matter"),
                    custodians=word("HOLD", "custodians", "matter"),
                ),
                patient_ids=[self.patients[name].pk for name in ("VISIBLE", "DUE")],
            )

    def _propose(self, name: str) -> Batch:
        clerk = self._as("clerk")
        with context.acting_as(clerk):
            return proposals.propose(
                actor=clerk, patient_ids=[self.patients[name].pk], location="Basement"
            )

    def _approve(self, name: str) -> Batch:
        batch = self._propose(name)
        for person in ("supervisor", "compliance"):
            self._take(batches.approve, person, batch)
        return batch

    def _take(self, step: Any, person: str, batch: Batch) -> None:
        batch.refresh_from_db()
        actor = self._as(person)
        with context.acting_as(actor):
            step(actor=actor, batch_id=batch.pk, seen=Seen(batch.status, batch.digest))

    def _destroy(self, name: str) -> None:
        batch = self._approve(name)
        self._take(batches.start, "compliance", batch)
        state = jobs.work(job_of(batch).pk)
        batch.refresh_from_db()
        assert batch.status == "DONE", (state, batch.status)
        self.batches["done"] = batch

    # --- what stands in addresses -----------------------------------------------------------

    def _list_ids(self) -> None:
        """Say what each argument of an address can be, the ordinary one first."""
        patient_ids = {name: patient.pk for name, patient in self.patients.items()}
        person_ids = {name: self.people[name].pk for name in ("bystander", "clerk")}
        self.ids = {
            "patient_id": patient_ids,
            "encounter_id": {key: self.encounters[key].pk for key in ENCOUNTERS_ASKED},
            "document_id": {key: self.documents[key].pk for key in DOCUMENTS_ASKED},
            "unfiled_id": {key: row.pk for key, row in self.unfiled.items()},
            "request_id": {key: row.pk for key, row in self.requests.items()},
            "batch_id": {key: row.pk for key, row in self.batches.items()},
            "run_id": {key: row.pk for key, row in self.imports.items()},
            "hold_id": {"HOLD": self.hold.pk},
            "rule_id": {"rule": self.rule.pk},
            "glass_id": {"OTHER": self.glass.pk},
            "unit_id": {"programme": self.programme.pk},
            "user_id": person_ids,
            "person_id": {"clerk": self.people["clerk"].pk},
            "number": {"first": 1},
            "page": {"first": 1},
            "session_id": {"nobody's": 987_654_321},
            "kind": {"csv": "csv", "xlsx": "xlsx"},
            "step": {"take": "take", "hold": "hold", "recall": "recall"},
            "token": {"link": self.link.token},
            "event_id": {name: self._event_of(patient_ids[name]) for name in ("VISIBLE", "HIDDEN")},
        }

    @staticmethod
    def _event_of(patient_id: int) -> int:
        return Event.objects.filter(patient_id=patient_id).latest("pk").pk


def fresh_key() -> str:
    """Return the key of a form that nobody has sent."""
    return str(uuid.uuid4())
