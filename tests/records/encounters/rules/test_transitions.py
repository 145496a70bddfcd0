import pytest

from accounts.roles import PERMISSIONS
from audit.enums import Action
from records.encounters.enums import EncounterStatus
from records.encounters.errors import EncounterMoveNotAllowed
from records.encounters.rules import transitions
from records.encounters.rules.transitions import MOVES, STARTS

S = EncounterStatus
ALLOWED = {
    (S.PLANNED, S.IN_PROGRESS): Action.ENCOUNTER_ADMITTED,
    (S.PLANNED, S.CANCELLED): Action.ENCOUNTER_CANCELLED,
    (S.IN_PROGRESS, S.DISCHARGED): Action.ENCOUNTER_DISCHARGED,
    (S.IN_PROGRESS, S.CANCELLED): Action.ENCOUNTER_CANCELLED,
    (S.DISCHARGED, S.IN_PROGRESS): Action.ENCOUNTER_CHANGED,
}


@pytest.mark.parametrize("current", S)
@pytest.mark.parametrize("target", S)
def test_every_pair_of_statuses_is_decided(current, target):
    if (current, target) in ALLOWED:
        assert transitions.find_move(current, target).action == ALLOWED[current, target]
    else:
        with pytest.raises(EncounterMoveNotAllowed) as refused:
            transitions.find_move(current, target)
        assert refused.value.detail == {"from": current, "to": target}


@pytest.mark.parametrize("status", S)
def test_moves_from_gives_the_row_of_the_table(status):
    assert set(transitions.moves_from(status)) == {to for at, to in ALLOWED if at == status}


def test_taking_something_back_needs_a_reason():
    needing = {
        (at, to) for at, row in MOVES.items() for to, move in row.items() if move.needs_reason
    }

    assert needing == {
        (S.PLANNED, S.CANCELLED),
        (S.IN_PROGRESS, S.CANCELLED),
        (S.DISCHARGED, S.IN_PROGRESS),
    }


def test_an_encounter_starts_planned_admitted_or_over():
    assert {status: move.action for status, move in STARTS.items()} == {
        S.PLANNED: Action.ENCOUNTER_PLANNED,
        S.IN_PROGRESS: Action.ENCOUNTER_ADMITTED,
        S.DISCHARGED: Action.ENCOUNTER_VISIT_RECORDED,
    }


def test_every_permission_belongs_to_a_role():
    moves = [*STARTS.values(), *(move for row in MOVES.values() for move in row.values())]
    known = frozenset().union(*PERMISSIONS.values())

    assert {move.permission for move in moves} <= known


@pytest.mark.parametrize("status", S)
def test_only_a_running_stay_is_transferred(status):
    if status == S.IN_PROGRESS:
        transitions.check_open(status)
    else:
        with pytest.raises(EncounterMoveNotAllowed):
            transitions.check_open(status)
