"""Who may take a deed back, and for how long: one rule for every room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.errors import NotYoursToUndo, UndoTooLate
from accounts.models import User

UNDO_FOR = timedelta(minutes=5)


def check_may_undo(
    *, actor: User, by_id: int | None, done_at: datetime, instead: str, **facts: Any
) -> None:
    """Refuse to undo what somebody else did, or what was done too long ago.

    `by_id` did it at `done_at`; `instead` says in a sentence how it is put right otherwise, and
    `facts` go into the event of the refusal.

    Raises:
        NotYoursToUndo: somebody else did it.
        UndoTooLate: it was done longer ago than `UNDO_FOR`.
    """
    if by_id != actor.pk:
        raise NotYoursToUndo(f"{NotYoursToUndo.message} {instead}", **facts)
    if timezone.now() - done_at > UNDO_FOR:
        raise UndoTooLate(f"{UndoTooLate.message} {instead}", **facts)
