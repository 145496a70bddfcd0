"""A hospital in small, built by the services, with a canary in every field that can hold text.

Patients by name: VISIBLE (main file room), OTHER (another listed unit), HIDDEN (a unit that is
not listed), DUE (main; proposed for destruction), LATE (main; its destruction
approved), GONE (main; destroyed). VISIBLE has documents of
ordinary and of protected classes. People by name: `Hospital`; who may see what: `may_see`.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from accounts.services import saved_lists
from audit import context
from audit.models import Event
from jobs.services import jobs
from records.retention.enums import HoldKind
from records.retention.models import Batch
from records.retention.services import batches, evaluations, holds, proposals
from records.retention.services.moves import Seen
from requests_release.enums import DeliveryMethod
from requests_release.models import Request
from requests_release.services import accountings, deliveries, links, requests
from requests_release.services.requesters import RequesterFacts
from tests.guards.charts import Charts
from tests.records.retention.factories import job_of
from tests.requests_release import builders as release

ENCOUNTERS_ASKED = ("open", "planned again", "visit", "other", "hidden")
DOCUMENTS_ASKED = ("plain", "second", "voided", "care", "secret", "other", "hidden", "gone")


class World(Charts):
    """The hospital; `ids` tell what stands in addresses, by the name of the argument."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: dict[str, Request] = {}
        self.batches: dict[str, Batch] = {}
        self.ids: dict[str, dict[str, Any]] = {}
        self._build_requests()
        self._build_retention()
        self._change_patients()
        self._save_lists()
        self._list_ids()

    # --- release --------------------------------------------------------------------------------

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

    # --- retention ------------------------------------------------------------------------------

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

    # --- what stands in addresses ---------------------------------------------------------------

    def _save_lists(self) -> None:
        self.saved = {
            name: saved_lists.create(
                actor=self._as(name),
                route="requests_release:request_board",
                query="due=late",
                name="Late",
                is_shared=is_shared,
                is_default=False,
            ).pk
            for name, is_shared in (("supervisor", True), ("clerk", False))
        }

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
            "access_request_id": {key: row.pk for key, row in self.access_requests.items()},
            "unit_id": {"programme": self.programme.pk},
            "provider_id": {"linked": self.attending.pk},
            "user_id": person_ids,
            "list_id": self.saved,
            "person_id": {"clerk": self.people["clerk"].pk},
            "number": {"first": 1},
            "page": {"first": 1},
            "session_id": {"nobody's": 987_654_321},
            "move_id": {"nobody's": 987_654_321},
            "assignment_id": {"nobody's": 987_654_321},
            "step": {"take": "take", "hold": "hold", "recall": "recall"},
            "token": {"link": self.link.token},
            "guide": {"clerk": "clerk"},
            "event_id": {name: self._event_of(patient_ids[name]) for name in ("VISIBLE", "HIDDEN")},
        }

    @staticmethod
    def _event_of(patient_id: int) -> int:
        return Event.objects.filter(patient_id=patient_id).latest("pk").pk


def fresh_key() -> str:
    """Return the key of a form that nobody has sent."""
    return str(uuid.uuid4())
