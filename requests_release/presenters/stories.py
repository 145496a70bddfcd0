"""The story of a request: its steps, to whom it was given, what belongs to it, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from accounts.models import User
from printing import words
from requests_release.enums import RequestStatus
from requests_release.models import (
    Authorization,
    Comment,
    Delivery,
    Request,
    RequestAssignment,
    RequestChoice,
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
    choices: Iterable[RequestChoice],
    authorizations: Iterable[Authorization],
    comments: Iterable[Comment],
    delivery: Delivery | None,
) -> list[dict[str, Any]]:
    """Return the story of a request, newest first; `delivery` is how its copies left, if so.

    All are given oldest first.
    """
    story: list[tuple[datetime, dict[str, Any]]] = [
        (change.changed_at, _step(request, change, delivery)) for change in changes
    ]
    story += [(given.assigned_at, _assignment(given)) for given in assignments]
    story += [(choice.chosen_at, _choice(choice)) for choice in choices]
    story += [(entry["at"], entry) for entry in _readings(authorizations)]
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


def _choice(choice: RequestChoice) -> dict[str, Any]:
    documents = words.counted(choice.document_count, "document")
    chosen = f"{documents}, {words.counted(choice.page_count, 'page')}"
    is_first = choice.added_count == choice.document_count and not choice.removed_count
    now = f"Chosen now: {chosen}." if choice.document_count else "Nothing is chosen now."
    return {
        "at": choice.chosen_at,
        "who": choice.chosen_by.display_name,
        "what": f"chose {chosen}" if is_first else _difference(choice),
        "text": "" if is_first else now,
        "tone": "neutral",
    }


def _difference(choice: RequestChoice) -> str:
    """Say what became other than before, in the order in which it matters."""
    said = (
        (choice.added_count, "chose {} more"),
        (choice.removed_count, "took out {}"),
        (choice.changed_count, "chose the pages of {} anew"),
    )
    parts = [text.format(words.counted(count, "document")) for count, text in said if count]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def _readings(authorizations: Iterable[Authorization]) -> Iterator[dict[str, Any]]:
    """Yield what was done with the signed forms; another reading of the same one corrects it."""
    read: set[tuple[int, int]] = set()
    for form in authorizations:
        key = (form.document_id, form.version_number)
        verb = "corrected the reading of" if key in read else "attached"
        read.add(key)
        yield _reading(form.recorded_at, form.recorded_by, f"{verb} {_named(form)}", "neutral")
        if form.revocation_recorded_at and form.revocation_recorded_by:
            told = f"noted that {_named(form)} was revoked on {words.day(form.revoked_on)}"
            yield _reading(form.revocation_recorded_at, form.revocation_recorded_by, told, "bad")


def _reading(at: datetime, who: User, what: str, tone: str) -> dict[str, Any]:
    return {"at": at, "who": who.display_name, "what": what, "text": "", "tone": tone}


def _named(form: Authorization) -> str:
    if form.signed_on is None:
        return "the authorization without a day of signature"
    return f"the authorization signed {words.day(form.signed_on)}"


def _comment(comment: Comment) -> dict[str, Any]:
    before = comment.took_over_from
    return {
        "at": comment.made_at,
        "who": comment.made_by.display_name,
        "what": f"took it over from {before.display_name}" if before else "commented",
        "text": comment.text,
        "tone": "warn" if before else "info",
    }
