"""Whether a request is ready to go on: every finding of every step, in words for the screen."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from accounts.models import User
from audit.errors import Refused
from records.access.services import opening
from records.documents.enums import DocumentStatus
from records.patients.selectors import patients
from requests_release.enums import (
    AuthorizationDefect,
    AuthorizedPurpose,
    Notice,
    ReleaseBasis,
    RequesterKind,
)
from requests_release.models import Authorization, Request
from requests_release.permissions import APPROVE_REQUEST, PREPARE_REQUEST
from requests_release.rules import authorization as forms
from requests_release.rules import bases, sensitivity
from requests_release.rules.authorization import ReleaseWanted, SignedForm
from requests_release.rules.defects import DEFECT_RULES
from requests_release.rules.sensitivity import Circumstances, Ruling
from requests_release.rules.wordings import CAUTION_WORDS, CHANGE_WORDS, OBSTACLE_WORDS
from requests_release.selectors import sources
from requests_release.selectors.sources import SourceItem

CHANGED = "moved, voided or replaced. Take it out, or choose it again."


class Step(StrEnum):
    """What is looked at before a release, in this order."""

    IDENTITY = "IDENTITY"
    AUTHORIZATION = "AUTHORIZATION"
    DOCUMENTS = "DOCUMENTS"
    PATIENT = "PATIENT"
    SENSITIVE = "SENSITIVE"
    PEOPLE = "PEOPLE"


@dataclass(frozen=True)
class Finding:
    """One thing that stands in the way, or (not blocking) wants a second look."""

    step: Step
    code: str
    text: str
    is_blocking: bool = True


@dataclass(frozen=True)
class Readiness:
    """All findings, and the notices that have to lie in front of the copies."""

    findings: tuple[Finding, ...]
    items: tuple[SourceItem, ...]
    notices: tuple[Notice, ...]
    authorization: Authorization | None

    @property
    def blocking(self) -> list[Finding]:
        """Return what stands in the way."""
        return [finding for finding in self.findings if finding.is_blocking]

    def blocking_without_records(self) -> list[Finding]:
        """Return what stands in the way of saying that there are no records."""
        if self.items:
            text = "Documents are chosen. Take them out, or submit them."
            return [Finding(Step.DOCUMENTS, "RECORDS_CHOSEN", text)]
        return [finding for finding in self.blocking if finding.step == Step.IDENTITY]

    def of(self, step: Step) -> list[Finding]:
        """Return the findings of one step."""
        return [finding for finding in self.findings if finding.step == step]


_CHANGE_OF_STEP = {
    Step.AUTHORIZATION: "AUTHORIZATION_CHANGED",
    Step.SENSITIVE: "SENSITIVITY_CHANGED",
    Step.PATIENT: "DOCUMENT_CHANGED",
    Step.DOCUMENTS: "DOCUMENT_CHANGED",
}


def get_authorization(request: Request) -> Authorization | None:
    """Return the newest reading of the request's authorization, with its document."""
    return (
        Authorization.objects.filter(request_id=request.pk)
        .select_related("document", "recorded_by")
        .order_by("-pk")
        .first()
    )


def check(request: Request, *, classes: Set[str], today: date | None = None) -> Readiness:
    """Look at everything that a release of this request needs; four queries.

    One or two more tell whether a patient who asks is the patient of the chart.

    `classes` are the sensitivity classes that the person who asks may see in this chart: nobody
    prepares or approves what they may not see.
    """
    today = today or timezone.localdate()
    items = tuple(sources.list_items(request))
    form = get_authorization(request)
    defects = find_defects(request, form, items, today) if form else []
    is_valid = form is not None and not defects and _is_in_place(request, form)
    rulings = _rule(request, form if is_valid else None, items)
    findings = (
        *_identity(request),
        *_asker(request),
        *_authorization(request, form, defects, today),
        *_documents(request, items, classes),
        *_patient(request, items, classes),
        *_sensitive(rulings),
    )
    notices = tuple(sensitivity.notices_for(rulings))
    return Readiness(findings, items, notices, form)


def list_changes(request: Request) -> list[str]:
    """Return why an approval no longer stands, as codes; an empty list means that it does.

    Preparer and approver must still be who they were: active, in their role, with a ground to
    the chart and sight of every class in the package.
    """
    codes: list[str] = []
    classes: frozenset[str] | None = None
    for person, permission, code in (
        (request.submitted_by, PREPARE_REQUEST, "PREPARER_WITHOUT_RIGHT"),
        (request.approved_by, APPROVE_REQUEST, "APPROVER_WITHOUT_RIGHT"),
    ):
        seen = _classes_of(person, permission, request.patient_id)
        if seen is None:
            codes.append(code)
            continue
        items = sources.list_items(request)
        if not {item.sensitivity for item in items} <= seen:
            codes.append(code)
        classes = seen if classes is None else classes & seen
    if codes:
        return list(dict.fromkeys(codes))
    found = check(request, classes=classes or frozenset())
    changes = [_CHANGE_OF_STEP.get(one.step, "REQUEST_CHANGED") for one in found.blocking]
    return list(dict.fromkeys(changes))


def words_of(codes: Iterable[str]) -> str:
    """Return why an approval no longer stands, in words."""
    return " ".join(CHANGE_WORDS[code] for code in codes)


def find_defects(
    request: Request, form: Authorization, items: Iterable[SourceItem], today: date
) -> list[AuthorizationDefect]:
    """Return the defects of an authorization for what this request would release."""
    days = sorted(item.service_on for item in items)
    wanted = ReleaseWanted(
        recipient=request.recipient_name,
        classes=frozenset(item.sensitivity for item in items),
        service_from=days[0] if days else None,
        service_until=days[-1] if days else None,
    )
    return forms.find_defects(read_form(form), wanted, today=today)


def read_form(form: Authorization) -> SignedForm:
    """Return what a recorded authorization says, as the rules take it."""
    names = SignedForm.__dataclass_fields__
    values = {name: getattr(form, name) for name in names}
    values["classes"] = frozenset(form.classes)
    values["recipients"] = tuple(form.recipients)
    return SignedForm(**values)


def _classes_of(person: User | None, permission: str, patient_id: int) -> frozenset[str] | None:
    if person is None or not person.has_perm(permission):
        return None
    try:
        return opening.peek_scope(actor=person, patient_id=patient_id).classes
    except Refused:
        return None


def _identity(request: Request) -> list[Finding]:
    found = []
    if not request.identity_proof.strip():
        text = "Say how identity and authority of the requester were verified."
        found.append(Finding(Step.IDENTITY, "IDENTITY_UNPROVEN", text))
    if request.purpose == AuthorizedPurpose.OTHER and not request.purpose_note.strip():
        # The accounting owes a brief statement of the purpose, 45 CFR 164.528(b)(2)(iv).
        text = "Say in words what the copies are for: the purpose is Other."
        found.append(Finding(Step.IDENTITY, "PURPOSE_UNSTATED", text))
    return found


def _asker(request: Request) -> list[Finding]:
    """Find a patient who asks for the records of another: most likely the wrong chart."""
    asked = request.requester
    if asked.kind != RequesterKind.PATIENT or patients.bears_name(request.patient_id, asked.name):
        return []
    text = (
        f"The patient who asks, {asked.name}, is not the patient of this chart. Correct who asks, "
        "or withdraw the request; another name of the same patient belongs on the chart."
    )
    return [Finding(Step.IDENTITY, "ASKER_NOT_PATIENT", text)]


def _authorization(
    request: Request,
    form: Authorization | None,
    defects: list[AuthorizationDefect],
    today: date,
) -> list[Finding]:
    is_needed = bases.rule_of(request.basis).needs_authorization
    if form is None:
        text = "The request has no authorization. Attach the signed form."
        return [Finding(Step.AUTHORIZATION, "NO_AUTHORIZATION", text)] if is_needed else []
    # Where the ground needs none, a form may still open a protected class: its defects are told.
    found = [
        Finding(
            Step.AUTHORIZATION, defect, f"{defect.label}. {DEFECT_RULES[defect].cure}", is_needed
        )
        for defect in defects
    ]
    if not _is_in_place(request, form):
        text = "The signed form was moved, voided or replaced. Attach it again."
        found.append(Finding(Step.AUTHORIZATION, "FORM_CHANGED", text, is_needed))
    cautions = forms.find_cautions(
        read_form(form), RequesterKind(request.requester.kind), today=today
    )
    return found + [
        Finding(Step.AUTHORIZATION, caution, CAUTION_WORDS[caution], is_blocking=False)
        for caution in cautions
    ]


def _is_in_place(request: Request, form: Authorization) -> bool:
    document = form.document
    return document.status == DocumentStatus.CURRENT and document.patient_id == request.patient_id


def _documents(request: Request, items: tuple[SourceItem, ...], classes: Set[str]) -> list[Finding]:
    if not items:
        text = "Choose at least one page of one document."
        return [Finding(Step.DOCUMENTS, "NOTHING_CHOSEN", text)]
    found = []
    hidden = sum(item.sensitivity not in classes for item in items)
    if hidden:
        text = f"{hidden} of the chosen documents lie in classes that you may not see."
        found.append(Finding(Step.DOCUMENTS, "CLASS_HIDDEN", text))
    outside = sum(_is_outside(request, item) for item in items)
    if outside:
        is_limited = bases.minimum_necessary(request.basis)
        text = f"{outside} of the chosen documents lie outside the dates asked for."
        found.append(Finding(Step.DOCUMENTS, "OUTSIDE_DATES", text, is_blocking=is_limited))
    return found


def _is_outside(request: Request, item: SourceItem) -> bool:
    is_early = request.scope_from is not None and item.service_on < request.scope_from
    return is_early or (request.scope_until is not None and item.service_on > request.scope_until)


def _patient(request: Request, items: tuple[SourceItem, ...], classes: Set[str]) -> list[Finding]:
    return [
        Finding(Step.PATIENT, "DOCUMENT_CHANGED", f"{_named(item, classes)} was {CHANGED}")
        for item in items
        if not item.is_as_chosen(request.patient_id)
    ]


def _named(item: SourceItem, classes: Set[str]) -> str:
    """Return a document's title, unless it lies in a class that the person may not see."""
    return f"“{item.title}”" if item.sensitivity in classes else "A document"


def _rule(
    request: Request, form: Authorization | None, items: tuple[SourceItem, ...]
) -> list[Ruling]:
    """Rule on every class among the items; only a form without defects counts."""
    facts = Circumstances(
        basis=ReleaseBasis(request.basis),
        requester=RequesterKind(request.requester.kind),
        form_classes=frozenset(form.classes) if form else frozenset(),
        form_purpose=form.purpose if form else request.purpose,
        reviewed=frozenset(request.reviewed_classes),
        has_part2_order=request.has_part2_order,
        is_emergency=request.is_emergency,
    )
    return sensitivity.rule_on_all({item.sensitivity for item in items}, facts)


def _sensitive(rulings: list[Ruling]) -> list[Finding]:
    return [
        Finding(
            Step.SENSITIVE,
            obstacle,
            OBSTACLE_WORDS[obstacle].format(name=ruling.sensitivity.label),
        )
        for ruling in rulings
        for obstacle in ruling.obstacles
    ]
