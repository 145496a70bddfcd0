"""Submission and the decision of a second person."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from printing import words
from requests_release import access
from requests_release.access import about
from requests_release.enums import RequestStatus
from requests_release.errors import NobodyApproves, NotReady, PagesNotSeen, StepNotYours
from requests_release.models import Request, RequestItem
from requests_release.selectors import looking, readiness, reviewers
from requests_release.selectors.readiness import Finding
from requests_release.selectors.sources import SourceItem
from requests_release.services import moving, packages

S = RequestStatus


@attributed
def submit(
    *,
    actor: User,
    request_id: int,
    version: int,
    reviewer: User | None = None,
    has_no_records: bool = False,
) -> Request:
    """Hand a prepared request to a second person; the documents' versions are frozen.

    With `has_no_records` the preparer says that nothing was found that answers it, which the
    second person confirms or returns.

    Raises:
        RequestChanged: the form is stale, or was sent twice.
        RequestMoveNotAllowed: it is not in preparation.
        NotReady: something is missing, such as an authorization; the message names all of it.
        DocumentNotFit: a chosen document was moved, voided or replaced.
        StepNotYours: the named reviewer may not decide it.
        NobodyApproves: nobody may decide it; the message says which right is missing.
        ChartRefused, ChartUnknown: no ground to the chart.
    """
    request = moving.lock(request_id=request_id, version=version)
    scope = access.check_scope(actor=actor, request=request)
    found = readiness.check(request, classes=scope.classes)
    blocking = found.blocking_without_records() if has_no_records else found.blocking
    if request.status == S.IN_PREPARATION:
        _refuse_blocked(request, blocking, Action.REQUEST_SUBMITTED)
        _check_reviewers(request, actor, reviewer)
    moving.note_preparer(actor=actor, request=request)
    now = timezone.now()
    return moving.move(
        actor=actor,
        request=request,
        target=S.SUBMITTED,
        now=now,
        submitted_at=now,
        submitted_by=actor,
        reviewer=reviewer,
        has_no_records=has_no_records,
    )


@attributed
def approve(
    *, actor: User, request_id: int, version: int, seen: Collection[tuple[int, int]], note: str = ""
) -> Request:
    """Approve a request whose every page the actor has seen, and order its package.

    `seen` holds (item, page) pairs as ticked.

    Raises:
        RequestChanged: the form is stale, or somebody else decided at the same time.
        RequestMoveNotAllowed: it is not submitted.
        StepNotYours, OwnPreparation: not by this person.
        PagesNotSeen: a page is not ticked, or was not shown to the actor since the submission.
        NotReady, DocumentNotFit: its documents or grounds changed since submission.
        ChartRefused, ChartUnknown: no ground to the chart.
    """
    request = moving.lock(request_id=request_id, version=version)
    access.check_may_approve(actor=actor, request=request)
    scope = access.check_scope(actor=actor, request=request)
    found = readiness.check(request, classes=scope.classes)
    _refuse_blocked(request, found.blocking, Action.REQUEST_APPROVED)
    _check_seen(request, actor, found.items, seen)
    now = timezone.now()
    moving.move(
        actor=actor,
        request=request,
        target=S.APPROVED,
        reason=note,
        now=now,
        approved_at=now,
        approved_by=actor,
    )
    packages.order(actor=actor, request=request)
    return request


@attributed
def give_back(*, actor: User, request_id: int, version: int, comment: str) -> Request:
    """Return a request to its preparer with a comment.

    Raises:
        RequestChanged, RequestMoveNotAllowed, StepNotYours, OwnPreparation, ReasonMissing,
        ChartRefused, ChartUnknown: see `moving`.
    """
    request = moving.lock(request_id=request_id, version=version)
    return moving.move(actor=actor, request=request, target=S.RETURNED, reason=comment)


@attributed
def deny(*, actor: User, request_id: int, version: int, comment: str) -> Request:
    """Deny a request, with the ground in words.

    Raises:
        As `give_back`.
    """
    request = moving.lock(request_id=request_id, version=version)
    return moving.move(actor=actor, request=request, target=S.DENIED, reason=comment)


@attributed
def confirm_no_records(*, actor: User, request_id: int, version: int, comment: str) -> Request:
    """Confirm that there are no records that answer the request.

    Raises:
        NotReady: its preparer does not say so, or documents are chosen.
        RequestChanged, RequestMoveNotAllowed, StepNotYours, OwnPreparation, ChartRefused,
        ChartUnknown: see `moving`.
    """
    request = moving.lock(request_id=request_id, version=version)
    has_items = RequestItem.objects.filter(request=request).exists()
    if request.status == S.SUBMITTED and (has_items or not request.has_no_records):
        raise NotReady(
            "Its preparer found records. Approve, return or deny it.",
            action=Action.REQUEST_CHANGED,
            **about(request),
        )
    return moving.move(actor=actor, request=request, target=S.NO_RECORDS, reason=comment)


def _refuse_blocked(request: Request, blocking: list[Finding], action: Action) -> None:
    if blocking:
        raise NotReady(
            " ".join(finding.text for finding in blocking),
            action=action,
            detail={"findings": [finding.code for finding in blocking]},
            **about(request),
        )


def _check_reviewers(request: Request, actor: User, named: User | None) -> None:
    """Check that somebody may decide the request, and that the named person is one of them."""
    able = reviewers.list_reviewers(request, submitter=actor)
    if not able:
        raise NobodyApproves(
            reviewers.say_nobody(request), action=Action.REQUEST_SUBMITTED, **about(request)
        )
    if named is not None and named not in able:
        raise StepNotYours(
            "The person you named cannot approve this request. Name another, or nobody.",
            action=Action.REQUEST_SUBMITTED,
            **about(request),
        )


def _check_seen(
    request: Request,
    actor: User,
    items: Collection[SourceItem],
    ticked: Collection[tuple[int, int]],
) -> None:
    """Refuse while a page is not ticked, or was never shown to the person who ticked it."""
    wanted = looking.pages_of(items)
    unticked = len(wanted - set(ticked))
    if unticked:
        raise PagesNotSeen(
            f"{_part_of(wanted, unticked, 'is', 'are')} not ticked as seen. "
            "Look at each and tick it before you approve.",
            action=Action.REQUEST_APPROVED,
            detail={"missing": unticked},
            **about(request),
        )
    unshown = len(wanted - looking.list_shown(request, actor, items))
    if unshown:
        raise PagesNotSeen(
            f"{_part_of(wanted, unshown, 'was', 'were')} not shown to you since this "
            "was submitted. Look at each before you approve.",
            action=Action.REQUEST_APPROVED,
            detail={"unshown": unshown},
            **about(request),
        )


def _part_of(pages: Collection[object], count: int, one: str, many: str) -> str:
    """Begin a sentence about some of the pages, its verb in the right number."""
    return f"{count} of {words.counted(len(pages), 'page')} {one if count == 1 else many}"
