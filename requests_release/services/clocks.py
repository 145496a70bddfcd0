"""By when a request is due, with the rule that says so; its one extension."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.selectors import units
from requests_release import access
from requests_release.access import about
from requests_release.enums import RequesterKind, RequestKind
from requests_release.errors import NotReady
from requests_release.models import Request
from requests_release.rules import due_dates
from requests_release.rules.due_dates import DueDate, DueFacts, ExtensionFinding
from requests_release.services import moving

OBJECTIONS = {
    ExtensionFinding.NOT_EXTENDABLE: "The time for this request cannot be extended.",
    ExtensionFinding.ALREADY_EXTENDED: "It was extended already; there is one extension.",
    ExtensionFinding.NOTICE_TOO_LATE: "The notice must go out within the first period.",
    ExtensionFinding.NOTICE_BEFORE_RECEIPT: "The notice lies before the receipt.",
    ExtensionFinding.NO_REASON: "The notice must give the reason.",
    ExtensionFinding.NO_COMPLETION_DATE: "The notice must give the day of the answer.",
    ExtensionFinding.COMPLETION_TOO_EARLY: "The day of the answer lies within the first period.",
    ExtensionFinding.COMPLETION_TOO_LATE: "The day of the answer lies past the longest extension.",
}
# The field of the form that a finding is about; the others are about the request.
FIELDS = {
    ExtensionFinding.NOTICE_TOO_LATE: "notice_on",
    ExtensionFinding.NOTICE_BEFORE_RECEIPT: "notice_on",
    ExtensionFinding.NO_REASON: "reason",
    ExtensionFinding.NO_COMPLETION_DATE: "complete_by",
    ExtensionFinding.COMPLETION_TOO_EARLY: "complete_by",
    ExtensionFinding.COMPLETION_TOO_LATE: "complete_by",
}


def find_due(
    *, kind: str, requester: str, unit_id: int, received_on: date, stated_on: date | None
) -> dict[str, Any]:
    """Return the columns that tell by when a request is due; empty ones where no rule counts.

    The law's date counts where there is one, else the house's target.
    """
    due = _find(kind, requester, unit_id, received_on, stated_on)
    if due is None:
        return {"due_on": None, "due_force": "", "due_label": "", "due_cite": ""}
    return {
        "due_on": due.due_on,
        "due_force": due.rule.force,
        "due_label": due.rule.label,
        "due_cite": due.rule.cite,
    }


@attributed
def extend(
    *,
    actor: User,
    request_id: int,
    version: int,
    notice_on: date,
    reason: str,
    complete_by: date,
) -> Request:
    """Note the one written notice of delay, and the day by which the request is answered then.

    Raises:
        RequestChanged: the form is stale.
        NotReady: the notice does not extend the time; the message says why.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    access.check_may_prepare(actor=actor, request=request)
    access.check_scope(actor=actor, request=request)
    findings = _find_objections(request, notice_on, reason, complete_by)
    if findings:
        raise NotReady(
            beside=_say_beside(findings),
            action=Action.REQUEST_EXTENDED,
            detail={"findings": [str(finding) for finding in findings]},
            **about(request),
        )
    moving.save(request, extended_on=notice_on, extension_reason=reason.strip(), due_on=complete_by)
    events.record(action=Action.REQUEST_EXTENDED, actor=actor, **about(request))
    return request


def _say_beside(findings: list[ExtensionFinding]) -> dict[str, str]:
    """Return what is wrong by field; what is about the request as a whole stands alone."""
    whole = [finding for finding in findings if finding not in FIELDS]
    said: dict[str, str] = {}
    for finding in whole or findings:
        name = FIELDS.get(finding, "")
        said[name] = " ".join(filter(None, (said.get(name), OBJECTIONS[finding])))
    return said


def _find_objections(
    request: Request, notice_on: date, reason: str, complete_by: date
) -> list[ExtensionFinding]:
    due = _find(request.kind, request.requester.kind, request.unit_id, request.received_on, None)
    if due is None or request.is_answered:
        return [ExtensionFinding.NOT_EXTENDABLE]
    return due_dates.extension_findings(
        due,
        received_on=request.received_on,
        notice_on=notice_on,
        reason=reason,
        complete_by=complete_by,
        is_extended=request.extended_on is not None,
    )


def _find(
    kind: str, requester: str, unit_id: int, received_on: date, stated_on: date | None
) -> DueDate | None:
    facility = units.get_facility_of(unit_id)
    return due_dates.find_due_date(
        DueFacts(
            kind=RequestKind(kind),
            requester=RequesterKind(requester),
            received_on=received_on,
            state=facility.state,
            record_class=facility.record_class,
            stated_on=stated_on,
        )
    )
