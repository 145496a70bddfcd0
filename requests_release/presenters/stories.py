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

S = RequestStatus
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
        "what": RequestStatus(change.to_status).label,
        "text": change.reason,
        "tone": _TONES.get(change.to_status, "neutral"),
    }
    if change.to_status != S.DELIVERED or delivery is None or not delivery.is_download:
        return told
    return told | {
        "who": f"{request.recipient_name} (the recipient)",
        "what": "fetched the copies",
        "text": f"Delivered by the one-time link that {delivery.created_by.display_name} made.",
    }


def _assignment(given: RequestAssignment) -> dict[str, Any]:
    verb = "took it back, to" if given.is_undoing else "gave it to"
    return {
        "at": given.assigned_at,
        "who": given.assigned_by.display_name,
        "what": f"{verb} {given.holder_name}",
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
