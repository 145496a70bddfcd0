"""The story of a request: its steps, to whom it was given, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from requests_release.enums import RequestStatus
from requests_release.models import (
    Comment,
    Delivery,
    Request,
    RequestAssignment,
    RequestStatusChange,
)
from requests_release.presenters import packages

S = RequestStatus
# What each step is, said of who took it; the same status is reached by several.
DEEDS: dict[str, str] = {
    S.LOGGED: "logged it",
    S.IN_PREPARATION: "took it into work",
    S.ON_HOLD: "put it on hold",
    S.SUBMITTED: "submitted it for approval",
    S.RETURNED: "returned it",
    S.APPROVED: "approved it",
    S.PACKAGING: "began to build the package",
    S.READY: "finished the package",
    S.DELIVERED: "delivered the copies",
    S.DENIED: "denied it",
    S.NO_RECORDS: "confirmed that there are no records",
    S.WITHDRAWN: "withdrew it",
    S.CLOSED: "closed it",
}
DEEDS_FROM: dict[tuple[str, str], str] = {
    (S.ON_HOLD, S.IN_PREPARATION): "resumed it",
    (S.SUBMITTED, S.IN_PREPARATION): "took it back from approval",
    (S.APPROVED, S.IN_PREPARATION): "changed it, which voids the approval",
    (S.READY, S.IN_PREPARATION): "changed it, which voids the approval",
    (S.PACKAGING, S.APPROVED): "could not build the package",
}
_TONES: dict[str, str] = {
    S.APPROVED: "ok",
    S.DELIVERED: "ok",
    S.RETURNED: "warn",
    S.DENIED: "bad",
    S.WITHDRAWN: "bad",
}


def present(
    request: Request,
    changes: Iterable[RequestStatusChange],
    assignments: Iterable[RequestAssignment],
    comments: Iterable[Comment],
    delivery: Delivery | None,
) -> list[dict[str, Any]]:
    """Return the story of a request, newest first; `delivery` is how its copies left, if so."""
    story: list[tuple[datetime, dict[str, Any]]] = [
        (change.changed_at, _step(request, change, delivery)) for change in changes
    ]
    story += [(given.assigned_at, _assignment(given)) for given in assignments]
    story += [(comment.made_at, _comment(comment)) for comment in comments]
    return [entry for _, entry in sorted(story, key=lambda pair: pair[0], reverse=True)]


def _step(
    request: Request, change: RequestStatusChange, delivery: Delivery | None
) -> dict[str, Any]:
    """Return a step of the story; a download is the recipient's act, who has no account."""
    told = {
        "at": change.changed_at,
        "who": change.changed_by.display_name,
        "what": DEEDS_FROM.get((change.from_status, change.to_status), DEEDS[change.to_status]),
        "text": packages.failure(change.reason) if _is_failure(change) else change.reason,
        "tone": _TONES.get(change.to_status, "neutral"),
    }
    if change.to_status != S.DELIVERED or delivery is None or not delivery.is_download:
        return told
    return told | {
        "who": f"{request.recipient_name} (the recipient)",
        "what": "fetched the copies",
        "text": f"Delivered by the one-time link that {delivery.created_by.display_name} made.",
    }


def _is_failure(change: RequestStatusChange) -> bool:
    """Tell whether the worker gave up; its reason is a code then."""
    return (change.from_status, change.to_status) == (S.PACKAGING, S.APPROVED) and bool(
        change.reason
    )


def _assignment(given: RequestAssignment) -> dict[str, Any]:
    back = f"took it back: it lies with {given.holder_name} again"
    return {
        "at": given.assigned_at,
        "who": given.assigned_by.display_name,
        "what": back if given.is_undoing else f"gave it to {given.holder_name}",
        "text": "",
        "tone": "neutral",
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "at": comment.made_at,
        "who": comment.made_by.display_name,
        "what": "commented",
        "text": comment.text,
        "tone": "info",
    }
