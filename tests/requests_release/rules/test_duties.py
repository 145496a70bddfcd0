"""The words that say whose step it is agree with the roles."""

import pytest

from accounts.roles import PERMISSIONS, Role
from requests_release.permissions import APPROVE_REQUEST
from requests_release.rules import duties, transitions


@pytest.mark.parametrize("permission", sorted(duties.WHO))
def test_every_step_is_said_to_be_of_the_roles_that_carry_it(permission):
    holders = [f"a {role.label.lower()}" for role in Role if permission in PERMISSIONS[role]]
    words = duties.WHO[permission]

    assert words.lower().startswith(" or ".join(holders) + " ")
    assert duties.not_yours(permission).startswith(f"{words}; your role does not ")


def test_every_step_of_a_person_has_words():
    moves = [move for row in transitions.MOVES.values() for move in row.values()]

    assert {move.permission for move in moves} - {transitions.SYSTEM} == set(duties.WHO)
    assert APPROVE_REQUEST in duties.WHO


def test_the_preparer_hears_who_decides():
    nobody_named = "You prepared this request. A supervisor who took no part decides it."
    assert duties.own("") == nobody_named
    assert duties.own("Sam Ito") == "You prepared this request. Sam Ito was asked to decide it."
