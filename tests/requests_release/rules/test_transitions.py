import pytest

from accounts.roles import PERMISSIONS, Role
from audit.enums import Action
from requests_release.enums import Owner, RequestStatus
from requests_release.errors import OwnPreparation, RequestMoveNotAllowed
from requests_release.rules import separation, transitions
from requests_release.rules.transitions import MOVES, OWNERS, STARTS

S = RequestStatus
ALLOWED = {
    (S.LOGGED, S.IN_PREPARATION): "prepare_request",
    (S.LOGGED, S.WITHDRAWN): "prepare_request",
    (S.IN_PREPARATION, S.SUBMITTED): "prepare_request",
    (S.IN_PREPARATION, S.ON_HOLD): "prepare_request",
    (S.IN_PREPARATION, S.WITHDRAWN): "prepare_request",
    (S.ON_HOLD, S.IN_PREPARATION): "prepare_request",
    (S.ON_HOLD, S.WITHDRAWN): "prepare_request",
    (S.SUBMITTED, S.APPROVED): "approve_request",
    (S.SUBMITTED, S.RETURNED): "approve_request",
    (S.SUBMITTED, S.DENIED): "approve_request",
    (S.SUBMITTED, S.NO_RECORDS): "approve_request",
    (S.SUBMITTED, S.IN_PREPARATION): "prepare_request",
    (S.SUBMITTED, S.WITHDRAWN): "prepare_request",
    (S.RETURNED, S.IN_PREPARATION): "prepare_request",
    (S.RETURNED, S.WITHDRAWN): "prepare_request",
    (S.APPROVED, S.PACKAGING): "",
    (S.APPROVED, S.IN_PREPARATION): "prepare_request",
    (S.APPROVED, S.WITHDRAWN): "prepare_request",
    (S.PACKAGING, S.READY): "",
    (S.PACKAGING, S.APPROVED): "",
    (S.READY, S.DELIVERED): "deliver_release",
    (S.READY, S.IN_PREPARATION): "prepare_request",
    (S.READY, S.WITHDRAWN): "prepare_request",
    (S.DELIVERED, S.CLOSED): "prepare_request",
    (S.DENIED, S.CLOSED): "prepare_request",
    (S.NO_RECORDS, S.CLOSED): "prepare_request",
}


@pytest.mark.parametrize("current", S)
@pytest.mark.parametrize("target", S)
def test_every_pair_of_statuses_is_decided(current, target):
    if (current, target) in ALLOWED:
        permission = transitions.find_move(current, target).permission
        assert permission.removeprefix("requests_release.") == ALLOWED[current, target]
    else:
        with pytest.raises(RequestMoveNotAllowed) as refused:
            transitions.find_move(current, target)
        assert refused.value.detail == {"from": current, "to": target}
        assert refused.value.status == 409


@pytest.mark.parametrize("status", S)
def test_moves_from_gives_the_row_of_the_table(status):
    assert set(transitions.moves_from(status)) == {to for at, to in ALLOWED if at == status}


def test_only_the_second_person_decides():
    second = {
        (at, to) for at, row in MOVES.items() for to, move in row.items() if move.by_second_person
    }

    assert second == {
        (S.SUBMITTED, S.APPROVED),
        (S.SUBMITTED, S.RETURNED),
        (S.SUBMITTED, S.DENIED),
        (S.SUBMITTED, S.NO_RECORDS),
    }


def test_changing_an_approved_request_voids_the_approval():
    voiding = {
        (at, to) for at, row in MOVES.items() for to, move in row.items() if move.voids_approval
    }

    assert voiding == {(S.APPROVED, S.IN_PREPARATION), (S.READY, S.IN_PREPARATION)}


def test_every_permission_belongs_to_a_role_and_every_action_to_the_trail():
    moves = [*STARTS.values(), *(move for row in MOVES.values() for move in row.values())]
    known = frozenset().union(*PERMISSIONS.values())

    assert {move.permission for move in moves} - {transitions.SYSTEM} <= known
    assert all(isinstance(move.action, Action) for move in moves)
    assert all(move.label for move in moves)


def test_clerks_prepare_and_only_supervisors_decide():
    deciding = transitions.find_move(S.SUBMITTED, S.APPROVED).permission

    assert [role for role in Role if deciding in PERMISSIONS[role]] == [Role.SUPERVISOR]


def test_every_status_has_one_who_acts_next_and_only_ends_have_nobody():
    assert set(OWNERS) == set(S)
    assert {status for status in S if transitions.owner_of(status) == Owner.NOBODY} == set(
        S
    ) - transitions.OPEN
    assert set(S) - transitions.OPEN == {S.WITHDRAWN, S.CLOSED}


def test_every_status_can_be_reached():
    reached, waiting = set(), list(STARTS)
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting += MOVES[status]

    assert reached == set(S)


def test_preparers_do_not_decide():
    separation.check_may_decide(preparers=[1, 2], person=3)
    with pytest.raises(OwnPreparation) as refused:
        separation.check_may_decide(preparers=[1, 2], person=2)

    assert refused.value.reason == "OWN_PREPARATION"
