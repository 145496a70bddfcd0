"""Access requests as those who decide, and those who asked, see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit import subjects
from audit.enums import Purpose
from printing.words import day, moment
from records.access.enums import AccessRequestStatus
from records.access.models import AccessRequest
from records.access.rules import wording

NAMES_SHOWN = 6
ENDED = {
    AccessRequestStatus.GRANTED: "was granted",
    AccessRequestStatus.DECLINED: "was declined",
    AccessRequestStatus.LAPSED: "lapsed undecided",
}
TONES = {
    AccessRequestStatus.ASKED: ("info", "hourglass"),
    AccessRequestStatus.GRANTED: ("ok", "check"),
    AccessRequestStatus.DECLINED: ("bad", "x"),
    AccessRequestStatus.WITHDRAWN: ("neutral", "arrow-back-up"),
    AccessRequestStatus.LAPSED: ("neutral", "clock"),
}


@dataclass(frozen=True)
class Row:
    """One access request with its patient and its purpose in words."""

    request: AccessRequest
    patient: str

    @property
    def purpose(self) -> str:
        """For which task it was asked."""
        return str(Purpose(self.request.purpose).label)

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES[AccessRequestStatus(self.request.status)][0]

    @property
    def icon(self) -> str:
        """The sign of its state."""
        return TONES[AccessRequestStatus(self.request.status)][1]

    @property
    def state(self) -> str:
        """Its state in a word; what nobody decided in its time has lapsed, clock or no clock."""
        is_over = self.request.expires_at <= timezone.now()
        if self.request.status == AccessRequestStatus.ASKED and is_over:
            return str(AccessRequestStatus.LAPSED.label)
        return self.request.get_status_display()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still decides on it."""
        is_asked = self.request.status == AccessRequestStatus.ASKED
        return is_asked and self.request.expires_at > timezone.now()

    @property
    def is_in_force(self) -> bool:
        """Whether it was granted, and the time it was granted for runs."""
        is_granted = self.request.status == AccessRequestStatus.GRANTED
        return is_granted and self.request.expires_at > timezone.now()


def present(rows: Sequence[AccessRequest]) -> list[Row]:
    """Return the rows with their patients' labels, in one query for all."""
    labels = subjects.labels(subjects.PATIENT, {row.chart_id for row in rows})
    return [Row(row, labels[str(row.chart_id)]) for row in rows]


def say_ended(row: AccessRequest) -> str:
    """Say how an access request ended, when and by whom, naming no patient."""
    if row.status == AccessRequestStatus.WITHDRAWN:
        return f"{row.asked_by.display_name} withdrew it."
    if row.decided_by is None or row.decided_at is None:
        return f"Nobody decided before {day(row.expires_at)}, or the chart was destroyed."
    verb = "granted" if row.status == AccessRequestStatus.GRANTED else "declined"
    return f"{row.decided_by.display_name} {verb} it, {moment(row.decided_at)}."


def say_deciders(deciders: Sequence[User]) -> str:
    """Say who can decide, and what it means where nobody can."""
    if not deciders:
        return (
            "Nobody gives rights on this chart just now. Tell your supervisor: an administrator "
            "gives the right on a unit."
        )
    listed = wording.listed([user.display_name for user in deciders], "or", most=NAMES_SHOWN)
    return f"{listed} can decide. You are told on every page how it ends."


def notice(row: AccessRequest) -> dict[str, Any]:
    """Return the line that the frame of every page shows to who asked; it names no patient."""
    ended = ENDED[AccessRequestStatus(row.status)]
    by = f" by {row.decided_by.display_name}" if row.decided_by else ""
    return {
        "id": f"access-request-{row.pk}",
        "title": "Access request",
        "text": f"Your access request of {moment(row.asked_at)} {ended}{by}.",
    }
