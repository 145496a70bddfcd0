import pytest

from accounts.roles import PERMISSIONS, Role
from audit.enums import Action
from records.retention.enums import ApprovalStep, BatchStatus
from records.retention.errors import AlreadyApproved, BatchMoveNotAllowed, OwnBatch
from records.retention.rules import transitions
from records.retention.rules.transitions import MOVES, STARTS

S = BatchStatus
ALLOWED = {
    (S.PROPOSED, S.FIRST_APPROVED): "approve_first",
    (S.PROPOSED, S.RETURNED): "approve_first",
    (S.PROPOSED, S.CANCELLED): "propose_batch",
    (S.FIRST_APPROVED, S.APPROVED): "approve_second",
    (S.FIRST_APPROVED, S.RETURNED): "approve_second",
    (S.FIRST_APPROVED, S.CANCELLED): "propose_batch",
    (S.RETURNED, S.PROPOSED): "propose_batch",
    (S.RETURNED, S.CANCELLED): "propose_batch",
    (S.APPROVED, S.EXECUTING): "approve_second",
    (S.APPROVED, S.RETURNED): "approve_second",
    (S.APPROVED, S.CANCELLED): "approve_second",
    (S.EXECUTING, S.DONE): "",
}


@pytest.mark.parametrize("current", S)
@pytest.mark.parametrize("target", S)
def test_every_pair_of_statuses_is_decided(current, target):
    if (current, target) in ALLOWED:
        permission = transitions.find_move(current, target).permission
        assert permission.removeprefix("retention.") == ALLOWED[current, target]
    else:
        with pytest.raises(BatchMoveNotAllowed) as refused:
            transitions.find_move(current, target)
        assert refused.value.detail == {"from": current, "to": target}


@pytest.mark.parametrize("status", S)
def test_moves_from_gives_the_row_of_the_table(status):
    assert set(transitions.moves_from(status)) == {to for at, to in ALLOWED if at == status}


def test_nothing_leaves_execution_but_its_end():
    assert set(S) - transitions.OPEN == {S.DONE, S.CANCELLED}
    assert transitions.moves_from(S.EXECUTING).keys() == {S.DONE}


def test_the_two_approvals_belong_to_two_roles():
    first = transitions.find_move(S.PROPOSED, S.FIRST_APPROVED)
    second = transitions.find_move(S.FIRST_APPROVED, S.APPROVED)

    assert (first.approval, second.approval) == (ApprovalStep.FIRST, ApprovalStep.SECOND)
    assert [role for role in Role if first.permission in PERMISSIONS[role]] == [Role.SUPERVISOR]
    assert [role for role in Role if second.permission in PERMISSIONS[role]] == [Role.COMPLIANCE]


def test_every_permission_belongs_to_a_role_and_every_action_to_the_trail():
    moves = [*STARTS.values(), *(move for row in MOVES.values() for move in row.values())]
    known = frozenset().union(*PERMISSIONS.values())

    assert {move.permission for move in moves} - {transitions.SYSTEM} <= known
    assert all(isinstance(move.action, Action) for move in moves)


@pytest.mark.parametrize(
    ("first_approver", "person", "refusal"),
    [
        (None, 1, OwnBatch),
        (2, 1, OwnBatch),
        (2, 2, AlreadyApproved),
        (None, 2, None),
        (2, 3, None),
    ],
)
def test_two_people_approve_and_neither_proposed(first_approver, person, refusal):
    def check():
        transitions.check_may_approve(proposer=1, first_approver=first_approver, person=person)

    if refusal is None:
        check()
    else:
        with pytest.raises(refusal):
            check()
