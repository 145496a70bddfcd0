"""Rows of encounters: opened for a step, saved, and noted in history and trail."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.encounters.enums import EncounterStatus
from records.encounters.errors import (
    EncounterChangedMeanwhile,
    EncounterMoveNotAllowed,
    StayOpen,
)
from records.encounters.models import Encounter, EncounterMove, EncounterStatusChange
from records.encounters.rules import dates
from records.encounters.rules.transitions import Move
from records.patients.services import life

ONE_OPEN_STAY = "encounters_encounter_one_open_stay"
SEEN = (EncounterStatus.IN_PROGRESS, EncounterStatus.DISCHARGED)


@dataclass(frozen=True)
class Step:
    """A locked encounter about to take a step; `is_done` when the same step was sent before."""

    encounter: Encounter
    scope: ChartScope
    is_done: bool = False


def open_move(
    actor: User, encounter_id: int, version: int, sources: Collection[str], done: dict[str, Any]
) -> Step:
    """Lock an encounter for the step from one of `sources` that leaves it with the values `done`.

    A step that the same person sent twice is done once: the second finds its own values.

    Raises:
        EncounterMoveNotAllowed: its status is none of `sources`.
        EncounterChangedMeanwhile: somebody else saved it since the page was opened.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    step = open_step(actor, encounter_id, version, done, lambda row: last_step_by(row, *sources))
    if not step.is_done and step.encounter.status not in sources:
        raise EncounterMoveNotAllowed(
            patient_id=step.encounter.patient_id,
            subject_type="encounter",
            subject_id=encounter_id,
            detail={"from": step.encounter.status, "to": str(done["status"])},
        )
    return step


def open_step(
    actor: User,
    encounter_id: int,
    version: int,
    done: dict[str, Any],
    author: Callable[[Encounter], int | None],
) -> Step:
    """Lock an encounter for a step that leaves it with the values `done`.

    A step that the same person sent twice is done once: the second finds its own values, and
    `author` says that they are the person's own.

    Raises:
        EncounterChangedMeanwhile: somebody else saved it since the page was opened.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    encounter = Encounter.objects.select_for_update().get(pk=encounter_id)
    scope = opening.peek_scope(actor=actor, patient_id=encounter.patient_id)
    if encounter.version == version:
        return Step(encounter, scope)
    is_own = encounter.version == version + 1 and author(encounter) == actor.pk
    if is_own and all(_is(getattr(encounter, name), value) for name, value in done.items()):
        return Step(encounter, scope, is_done=True)
    raise EncounterChangedMeanwhile(
        patient_id=encounter.patient_id, subject_type="encounter", subject_id=encounter_id
    )


def _is(stored: Any, sent: Any) -> bool:
    """Tell whether a stored value is the one that was sent, of times to the minute."""
    if isinstance(stored, datetime) and isinstance(sent, datetime):
        return dates.to_minute(stored) == dates.to_minute(sent)
    return bool(stored == sent)


def save(encounter: Encounter, fields: list[str]) -> None:
    """Save the named fields and count the version on.

    Raises:
        StayOpen: it would be a second open stay of the patient.
    """
    encounter.version += 1
    try:
        with transaction.atomic():
            encounter.save(update_fields=[*fields, "version"])
    except IntegrityError as error:
        if ONE_OPEN_STAY not in str(error):
            raise
        raise StayOpen(patient_id=encounter.patient_id) from error


def begin(actor: User, scope: ChartScope, encounter: Encounter, move: Move) -> None:
    """Write what an encounter just inserted leaves beside its row."""
    _note(actor, encounter, "", encounter.status)
    _tell(actor, scope, encounter, move)


def take(step: Step, actor: User, move: Move, reason: str = "", **values: Any) -> None:
    """Take a step: its history row first, as the database wants it, then `values`, then the event.

    Raises:
        StayOpen: it would be a second open stay of the patient.
    """
    encounter = step.encounter
    _note(actor, encounter, encounter.status, values["status"], reason)
    for name, value in values.items():
        setattr(encounter, name, value)
    save(encounter, [*values])
    _tell(actor, step.scope, encounter, move)


def _note(actor: User, encounter: Encounter, before: str, after: str, reason: str = "") -> None:
    EncounterStatusChange.objects.create(
        encounter=encounter,
        from_status=before,
        to_status=after,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=actor,
    )


def _tell(actor: User, scope: ChartScope, encounter: Encounter, move: Move) -> None:
    """Write the event of a step, and the day the patient was seen."""
    record(actor, scope, encounter, move.action)
    note_seen(actor, encounter.patient_id)


def note_seen(actor: User, patient_id: int) -> None:
    """Store the latest day of all encounters that took place."""
    held = Encounter.objects.filter(patient_id=patient_id, status__in=SEEN)
    latest: datetime | None = held.aggregate(at=Max(Coalesce("ended_at", "started_at")))["at"]
    day: date | None = timezone.localdate(latest) if latest else None
    life.note_seen(actor=actor, patient_id=patient_id, on=day)


def record(
    actor: User,
    scope: ChartScope,
    encounter: Encounter,
    action: Action,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write the event of a change of an encounter."""
    events.record(
        action=action,
        actor=actor,
        patient_id=encounter.patient_id,
        basis=scope.basis,
        subject_type="encounter",
        subject_id=encounter.pk,
        detail=detail,
    )


def last_move_at(encounter: Encounter) -> datetime | None:
    """Return when the patient was last moved within the stay."""
    moves = EncounterMove.objects.filter(encounter=encounter).order_by("-moved_at")
    return moves.values_list("moved_at", flat=True).first()


def last_step_by(encounter: Encounter, *sources: str) -> int | None:
    """Return who brought the encounter from one of `sources` to its status, if that was last."""
    step = encounter.status_changes.order_by("-pk").first()
    return step.changed_by_id if step and step.from_status in sources else None


def last_move_by(encounter: Encounter) -> int | None:
    """Return who moved the patient last."""
    return encounter.moves.order_by("-pk").values_list("moved_by", flat=True).first()
