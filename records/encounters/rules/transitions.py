"""How an encounter moves from one status to the next, and who may move it."""

from __future__ import annotations

from dataclasses import dataclass

from audit.enums import Action
from records.encounters.enums import EncounterStatus
from records.encounters.errors import EncounterMoveNotAllowed
from records.encounters.permissions import RECORD_ENCOUNTER


@dataclass(frozen=True)
class Move:
    """One step: its name on a button, who may take it, what the trail calls it."""

    label: str
    permission: str
    action: Action
    needs_reason: bool = False


_PLAN = Move("Plan a visit", RECORD_ENCOUNTER, Action.ENCOUNTER_PLANNED)
_ADMIT = Move("Admit", RECORD_ENCOUNTER, Action.ENCOUNTER_ADMITTED)
_RECORD = Move("Record a past visit", RECORD_ENCOUNTER, Action.ENCOUNTER_VISIT_RECORDED)
_DISCHARGE = Move("Discharge", RECORD_ENCOUNTER, Action.ENCOUNTER_DISCHARGED)
_CANCEL = Move("Cancel", RECORD_ENCOUNTER, Action.ENCOUNTER_CANCELLED, needs_reason=True)
_REOPEN = Move("Take back the discharge", RECORD_ENCOUNTER, Action.ENCOUNTER_CHANGED, True)

STARTS: dict[EncounterStatus, Move] = {
    EncounterStatus.PLANNED: _PLAN,
    EncounterStatus.IN_PROGRESS: _ADMIT,
    EncounterStatus.DISCHARGED: _RECORD,
}

MOVES: dict[EncounterStatus, dict[EncounterStatus, Move]] = {
    EncounterStatus.PLANNED: {
        EncounterStatus.IN_PROGRESS: _ADMIT,
        EncounterStatus.CANCELLED: _CANCEL,
    },
    EncounterStatus.IN_PROGRESS: {
        EncounterStatus.DISCHARGED: _DISCHARGE,
        EncounterStatus.CANCELLED: _CANCEL,
    },
    EncounterStatus.DISCHARGED: {EncounterStatus.IN_PROGRESS: _REOPEN},
    EncounterStatus.CANCELLED: {},
}

OPEN = frozenset({EncounterStatus.PLANNED, EncounterStatus.IN_PROGRESS})


def moves_from(status: str) -> dict[EncounterStatus, Move]:
    """Return the statuses that can follow `status`, each with its step."""
    return dict(MOVES[EncounterStatus(status)])


def find_move(current: str, target: str) -> Move:
    """Return the step from `current` to `target`.

    Raises:
        EncounterMoveNotAllowed: the table has no such step.
    """
    found = MOVES[EncounterStatus(current)].get(EncounterStatus(target))
    if found is None:
        raise EncounterMoveNotAllowed(detail={"from": str(current), "to": str(target)})
    return found


def check_open(status: str) -> None:
    """Check that a stay is going on, so that the patient can be moved within it.

    Raises:
        EncounterMoveNotAllowed: it is planned, over or cancelled.
    """
    if status != EncounterStatus.IN_PROGRESS:
        raise EncounterMoveNotAllowed(detail={"from": str(status), "to": "TRANSFER"})
