"""Which roles one person may hold together."""

import itertools

import pytest

from accounts.roles import PERMISSIONS, Role
from accounts.rules import roles as rules

# Every set of roles that a person could be given.
SETS = [
    frozenset(chosen)
    for count in range(len(Role) + 1)
    for chosen in itertools.combinations(Role.values, count)
]
WITH_ADMINISTRATOR = [held for held in SETS if "ADMINISTRATOR" in held]


@pytest.mark.parametrize("held", SETS, ids=lambda held: "+".join(sorted(held)) or "none")
def test_administrator_stands_alone_and_all_others_go_together(held):
    is_mixed = "ADMINISTRATOR" in held and len(held) > 1

    assert rules.may_be_held_together(held) is not is_mixed


def test_nobody_who_administers_may_hold_what_leads_to_a_patient():
    reached = {
        name
        for held in WITH_ADMINISTRATOR
        if rules.may_be_held_together(held)
        for role in held
        for name in PERMISSIONS[role]
    }

    assert reached == PERMISSIONS[Role.ADMINISTRATOR]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([Role.ADMINISTRATOR], True),
        (["ADMINISTRATOR", "ADMINISTRATOR"], True),
        ([Role.ADMINISTRATOR, "CLERK"], False),
        (["ADMINISTRATOR", "UNKNOWN"], False),
    ],
)
def test_roles_are_read_as_code_or_as_text_each_once(roles, expected):
    assert rules.may_be_held_together(iter(roles)) is expected
