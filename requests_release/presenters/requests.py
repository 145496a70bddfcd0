"""A request as its pages show it: steps with findings, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from accounts.models import User
from audit.access import refusal
from printing import words
from requests_release import access
from requests_release.enums import PackageState, RequesterKind, RequestKind, RequestStatus
from requests_release.models import Package, Request
from requests_release.permissions import (
    APPROVE_REQUEST,
    DELIVER_RELEASE,
    PREPARE_REQUEST,
)
from requests_release.rules import bases, due_dates, transitions
from requests_release.rules.transitions import Move
from requests_release.selectors.readiness import Readiness, Step

S = RequestStatus
STEP_LABELS = {
    Step.IDENTITY: "Identity",
    Step.AUTHORIZATION: "Authorization",
    Step.DOCUMENTS: "Documents and pages",
    Step.PATIENT: "Right patient",
    Step.SENSITIVE: "Protected classes",
}
STEP_PAGES = {
    Step.IDENTITY: "request_edit",
    Step.AUTHORIZATION: "request_authorization",
    Step.DOCUMENTS: "request_items",
    Step.PATIENT: "request_items",
    Step.SENSITIVE: "request_sensitive",
}
PRESSED = frozenset({S.LOGGED, S.ON_HOLD, S.RETURNED})
OVER = frozenset({S.DELIVERED, S.CLOSED})
# Where these end, neither package nor delivery follows.
WITHOUT_COPIES = frozenset({S.DENIED, S.NO_RECORDS, S.WITHDRAWN})
# What these look at is chosen first: with nothing chosen there is nothing to find right.
NEEDS_ITEMS = frozenset({Step.PATIENT, Step.SENSITIVE})
NOTHING_YET = "no documents chosen yet"


@dataclass(frozen=True)
class Ahead:
    """What has to happen before anything else can; `url` leads there whoever may do it."""

    title: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Deed:
    """A button: what it does, where it leads, and why it cannot be used, if so."""

    name: str
    label: str
    url: str
    is_primary: bool = False
    why_not: str = ""
    # Taken by one press, for there is nothing to decide; and to be looked at all the same.
    is_pressed: bool = False
    is_for_reading: bool = False


def address(name: str, request: Request, **more: Any) -> str:
    """Return the address of a page of the request."""
    return reverse(f"requests_release:{name}", kwargs={"request_id": request.pk, **more})


def present_steps(request: Request, found: Readiness, current: str = "") -> list[dict[str, Any]]:
    """Return the steps of preparing, each with what was found and the page where it is worked."""
    is_editable = request.status in transitions.EDITABLE
    steps = [
        {
            "label": STEP_LABELS[step],
            "state": _state(found, step),
            "text": _text(request, found, step),
            "url": address(STEP_PAGES[step], request) if is_editable else "",
            "is_current": STEP_PAGES[step] == current and step != Step.PATIENT,
        }
        for step in STEP_LABELS
    ]
    return steps + _later_steps(request, current)


def _state(found: Readiness, step: Step) -> str:
    findings = found.of(step)
    if any(finding.is_blocking for finding in findings):
        return "bad"
    if _waits(found, step):
        return "todo"
    return "warn" if findings else "done"


def _waits(found: Readiness, step: Step) -> bool:
    return step in NEEDS_ITEMS and not found.items


def _text(request: Request, found: Readiness, step: Step) -> str:
    findings = found.of(step)
    if findings:
        first = findings[0].text
        return first if len(findings) == 1 else f"{len(findings)} findings. {first}"
    if _waits(found, step):
        return NOTHING_YET
    if step == Step.AUTHORIZATION and not bases.rule_of(request.basis).needs_authorization:
        return "not needed on this ground"
    if step == Step.DOCUMENTS:
        pages = sum(len(item.pages) for item in found.items)
        return f"{words.counted(len(found.items), 'document')}, {words.counted(pages, 'page')}"
    if step == Step.IDENTITY:
        return request.identity_proof
    return ""


def _later_steps(request: Request, current: str) -> list[dict[str, Any]]:
    """Return what comes after preparing; nothing is awaited of a request that ended without it."""
    if request.status in WITHOUT_COPIES:
        return _decision(request)
    approver = request.approved_by
    is_submitted = request.submitted_at is not None and request.status not in transitions.EDITABLE
    is_ready = request.status in (S.READY, *OVER)
    return [
        {
            "label": "Approval",
            "state": "done" if approver else "todo",
            "text": f"by {approver.display_name}" if approver else "",
            "url": address("request_approve", request) if request.status == S.SUBMITTED else "",
            "is_current": current == "request_approve",
        },
        {
            "label": "Package",
            "state": "done" if is_ready and is_submitted else "todo",
            "text": "being built" if request.status in (S.APPROVED, S.PACKAGING) else "",
            "url": "",
            "is_current": False,
        },
        {
            "label": "Delivery",
            "state": "done" if hasattr(request, "disclosure") else "todo",
            "text": "",
            "url": address("request_deliver", request) if request.status == S.READY else "",
            "is_current": current == "request_deliver",
        },
    ]


def _decision(request: Request) -> list[dict[str, Any]]:
    """Return the decision that released nothing; one that was withdrawn met none."""
    if request.status == S.WITHDRAWN:
        return []
    text = f"{request.get_status_display().lower()}: nothing is released"
    return [{"label": "Decision", "state": "done", "text": text, "url": "", "is_current": False}]


def present_deeds(
    request: Request,
    found: Readiness,
    actor: User,
    package: Package | None,
    *,
    has_open_link: bool,
) -> list[Deed]:
    """Return the buttons for a request in its status; a disabled one says why."""
    deeds = [
        _step(request, target, move)
        for target, move in transitions.moves_from(request.status).items()
        if move.permission == PREPARE_REQUEST and target in _STEP_OF and _STEP_OF[target]
        if actor.has_perm(PREPARE_REQUEST)
    ]
    if request.status == S.IN_PREPARATION and actor.has_perm(PREPARE_REQUEST):
        # Nothing chosen is no reason to stop here: the page offers “no records”.
        blocking = [one for one in found.blocking if one.code != "NOTHING_CHOSEN"]
        why = blocking[0].text if blocking else ""
        deeds.insert(0, Deed("submit", "Submit", address("request_submit", request), True, why))
    if request.status == S.SUBMITTED:
        deeds.insert(0, _approval(request, actor))
    if request.status == S.READY and actor.has_perm(DELIVER_RELEASE):
        deeds.insert(0, _delivery(request, has_open_link))
    is_failed = package is not None and package.state == PackageState.FAILED
    if request.status == S.APPROVED and is_failed and actor.has_perm(PREPARE_REQUEST):
        url = address("request_step", request, step="rebuild")
        deeds.insert(0, Deed("rebuild", "Build the package again", url, True))
    if request.status in (S.LOGGED, S.RETURNED, S.ON_HOLD) and deeds:
        deeds[0] = replace(deeds[0], is_primary=True)
    can_extend = request.kind == RequestKind.ACCESS and request.extended_on is None
    if can_extend and not request.is_answered and actor.has_perm(PREPARE_REQUEST):
        url = address("request_step", request, step="extend")
        deeds.append(Deed("extend", "Extend the time", url))
    if request.status in transitions.EDITABLE and actor.has_perm(APPROVE_REQUEST):
        deeds.append(Deed("assign", "Give to …", address("request_assign", request)))
    return deeds


def present_ahead(request: Request, actor: User) -> Ahead | None:
    """Return what a logged request waits for: somebody who takes it into work."""
    if request.status != S.LOGGED:
        return None
    given_to = request.prepared_by
    title = f"Given to {given_to.display_name}" if given_to else "Nobody works on this request yet"
    title = "Given to you" if given_to == actor else title
    rest = "It can be submitted only once it is taken into work."
    if actor.has_perm(PREPARE_REQUEST):
        return Ahead(title, rest, address("request_step", request, step="take"))
    return Ahead(title, f"A clerk or a supervisor takes it into work. {rest}")


def _approval(request: Request, actor: User) -> Deed:
    refused = refusal(access.check_may_approve, actor=actor, request=request)
    url = address("request_approve", request)
    if refused:
        return Deed("approve", "Look", url, why_not=refused.message, is_for_reading=True)
    return Deed("approve", "Look and decide", url, True)


def _delivery(request: Request, has_open_link: bool) -> Deed:
    """Return the way to deliver; while a link is open, the only one is to recall it first."""
    if has_open_link:
        url = address("request_step", request, step="recall")
        return Deed("recall", "Recall the link", url, True)
    return Deed("deliver", "Deliver", address("request_deliver", request), True)


_STEP_OF: dict[str, str] = {
    S.IN_PREPARATION: "take",
    S.ON_HOLD: "hold",
    S.WITHDRAWN: "withdraw",
    S.CLOSED: "close",
}


def _step(request: Request, target: str, move: Move) -> Deed:
    """Return the button of a step; a submission is taken back on a page, which says so."""
    is_pressed = _STEP_OF[target] == "take" and request.status in PRESSED
    return Deed(target.lower(), move.label, _move_url(request, target), is_pressed=is_pressed)


def _move_url(request: Request, target: str) -> str:
    step = _STEP_OF[target]
    if step == "take" and transitions.find_move(request.status, target).voids_approval:
        step = "reopen"
    return address("request_step", request, step=step)


def present_facts(request: Request) -> list[tuple[str, str]]:
    """Return what was logged, as pairs; what was left empty is left out."""
    asked = request.requester
    facts = [
        ("Requester", f"{asked.name} ({asked.get_kind_display()})"),
        ("Copies go to", request.recipient_name),
        ("Address", ", ".join(request.recipient_address.splitlines())),
        ("Kind", request.get_kind_display()),
        ("Ground", f"{request.get_basis_display()}, {bases.rule_of(request.basis).cite}"),
        ("Purpose", request.purpose_note or request.get_purpose_display()),
        ("Asked for", request.scope),
        ("Dates of service", words.span(request.scope_from, request.scope_until)),
        ("Medium asked for", request.get_medium_display()),
        ("Came by", request.get_channel_display()),
        ("Received", words.day(request.received_on)),
        ("Due", _due(request)),
        ("Extended", _extension(request)),
        ("Identity", request.identity_proof),
        ("Preparer", request.prepared_by.display_name if request.prepared_by else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _due(request: Request) -> str:
    """Return by when it has to be answered, under which rule; or why there is no such day."""
    if request.due_on is None:
        return _say_no_date(request)
    parts = (words.day(request.due_on), request.due_label, request.due_cite)
    return ", ".join(part for part in parts if part)


def _say_no_date(request: Request) -> str:
    asked = RequesterKind(request.requester.kind)
    stated = due_dates.find_stated(RequestKind(request.kind), asked)
    if stated is None:
        return f"no date: no rule sets one for this kind of requester ({asked.label})"
    return f"no date: the {stated.label} was not entered, {stated.cite}"


def _extension(request: Request) -> str:
    if request.extended_on is None:
        return ""
    return f"notice of {words.day(request.extended_on)}: {request.extension_reason}"
