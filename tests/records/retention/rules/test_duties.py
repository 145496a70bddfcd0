"""The words that say whose step it is agree with the roles."""

import pytest

from accounts.roles import PERMISSIONS, Role
from records.retention.enums import BatchStatus
from records.retention.permissions import APPROVE_FIRST, APPROVE_SECOND
from records.retention.rules import duties, transitions


def holders(permission):
    return [role for role in Role if permission in PERMISSIONS[role]]


@pytest.mark.parametrize("permission", sorted(duties.WHO))
def test_every_step_is_said_to_be_of_the_roles_that_carry_it(permission):
    named = [f"a {role.label.lower()}" for role in holders(permission)]

    assert duties.WHO[permission] == " or ".join(", ".join(named).rsplit(", ", 1))


def test_every_step_of_a_person_has_words():
    moves = [move for row in transitions.MOVES.values() for move in row.values()]

    assert {move.permission for move in moves} - {transitions.SYSTEM} == set(duties.WHO)


def test_the_next_approval_is_said_of_every_status_that_waits_for_one():
    waiting = {
        status
        for status, row in transitions.MOVES.items()
        if any(move.approval for move in row.values())
    }

    assert waiting == {BatchStatus.PROPOSED, BatchStatus.FIRST_APPROVED}
    assert set(duties.NEXT_APPROVAL) == waiting
    assert holders(APPROVE_FIRST) == [Role.SUPERVISOR]
    assert holders(APPROVE_SECOND) == [Role.COMPLIANCE]
