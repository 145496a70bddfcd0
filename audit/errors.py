"""Refusals and failures that every room shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.enums import Action


class Refused(Exception):
    """A person may not do this; the message is fit for the screen.

    Raise it anywhere, never catch it in a service: the rollback it causes is wanted, and
    `audit.middleware.RefusalMiddleware` (in workers: the job runner) writes the event with outcome
    REFUSED afterwards and answers with `status`. Subclasses set `message`, `status`, `reason`.

    `action` is what was tried; `reason` is a code (UPPER_SNAKE) by which callers and tests decide;
    `advice` says what the person can do about it, a sentence each, where there is anything.
    """

    message = "You may not do this."
    status = 403
    reason = "NOT_ALLOWED"
    advice: tuple[str, ...] = ()

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        action: Action = Action.REFUSED,
        patient_id: int | None = None,
        subject_type: str = "",
        subject_id: str | int = "",
        reason: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = message or self.message
        super().__init__(self.message)
        self.status = status or self.status
        self.action = action
        self.patient_id = patient_id
        self.subject_type = subject_type
        self.subject_id = str(subject_id)
        self.reason = reason or self.reason
        self.detail = dict(detail or {})


class NotVisible(Refused):
    """The thing does not exist, or this person may not know of it: the answer is the same."""

    message = "There is no such page, or it is not yours to see."
    status = 404
    reason = "NOT_VISIBLE"


class StaleState(Refused):
    """Somebody else changed it first, or its state no longer allows the step."""

    message = "This has changed in the meantime. Look at it again before you go on."
    status = 409
    reason = "STALE_STATE"


class AuditUnavailable(Exception):
    """The event could not be written, so what it covers must not be shown: answer 503."""


class NoActor(Exception):
    """Nobody is named as acting; no event and no tracked write happens without a name."""


class UnfitDetail(ValueError):
    """An event's detail holds something else than ids, codes and field names."""


class AnchorBroken(Exception):
    """The anchor outside the database contradicts the seals inside it; nothing is appended."""


class ClusterForeign(AnchorBroken):
    """The database was restored into another cluster, and its epoch is not raised yet."""
