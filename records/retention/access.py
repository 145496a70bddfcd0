"""May this person do this: the role's permission, and sight of every chart concerned."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from accounts.models import User
from audit.enums import Action
from printing.words import day
from records.access.selectors import scopes
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.errors import (
    AlreadyApproved,
    BatchWaits,
    ChartsNotVisible,
    NotYourProposal,
    OwnBatch,
    PatientNotFound,
    RoleMissing,
)
from records.retention.models import Batch
from records.retention.permissions import APPROVE_SECOND
from records.retention.rules import duties, transitions
from records.retention.rules.transitions import Move


def check_permission(
    actor: User,
    permission: str,
    action: Action,
    *,
    subject_type: str = "",
    subject_id: int = 0,
    message: str = "",
) -> None:
    """Check that the person's role carries a step; `message` says whose it is.

    Raises:
        RoleMissing: it does not.
    """
    if not actor.has_perm(permission):
        raise RoleMissing(
            message,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id or "",
            detail={"missing": permission},
        )


def check_may_approve(actor: User, batch: Batch) -> Move:
    """Check that the person may give the next approval of a batch; return that step.

    Raises:
        BatchMoveNotAllowed: it waits for no approval.
        OwnBatch, AlreadyApproved: the person proposed it, or gave the first approval.
        RoleMissing: the person's role does not give this approval.
        ChartsNotVisible: the person cannot see every chart of it.
    """
    is_first = batch.status == BatchStatus.PROPOSED
    target = BatchStatus.FIRST_APPROVED if is_first else BatchStatus.APPROVED
    move = transitions.find_move(batch.status, target)
    _check_other_part(actor, batch, move)
    gives_second = actor.has_perm(APPROVE_SECOND)
    words = duties.not_your_approval(batch.status, gives_second=gives_second)
    _check_carries(actor, batch, move, words)
    check_sees_batch(actor, batch.pk, move.action)
    return move


def _check_other_part(actor: User, batch: Batch, move: Move) -> None:
    """Refuse who proposed the batch or gave the first approval, and say who approves next."""
    try:
        transitions.check_may_approve(
            proposer=batch.proposed_by_id,
            first_approver=batch.first_approved_by_id,
            person=actor.pk,
        )
    except OwnBatch:
        raise OwnBatch(duties.own_batch(batch.status), **_about(batch, move)) from None
    except AlreadyApproved:
        words = duties.approved_already(batch.status)
        raise AlreadyApproved(words, **_about(batch, move)) from None


def check_may_propose_again(actor: User, batch: Batch) -> Move:
    """Check that the person may propose a returned batch anew; return that step.

    Raises:
        BatchMoveNotAllowed: it was not returned.
        RoleMissing: the person's role does not propose.
        NotYourProposal: another person proposed it.
    """
    move = check_may_move(actor, batch, BatchStatus.PROPOSED)
    if batch.proposed_by_id != actor.pk:
        name = batch.proposed_by.display_name
        words = f"{name} proposed this batch, and alone can propose it again."
        raise NotYourProposal(words, **_about(batch, move))
    return move


def check_may_start(actor: User, batch: Batch, today: date) -> Move:
    """Check that the person may have a batch carried out today; return that step.

    Raises:
        BatchMoveNotAllowed: it is not approved twice, or was started.
        RoleMissing: the person's role does not start destruction.
        BatchWaits: its waiting time is not over.
        ChartsNotVisible: the person cannot see every chart of it.
    """
    move = check_may_move(actor, batch, BatchStatus.EXECUTING)
    if batch.not_before and today < batch.not_before:
        words = f"The waiting time is not over: it can be carried out from {day(batch.not_before)}."
        raise BatchWaits(words, **_about(batch, move))
    check_sees_batch(actor, batch.pk, move.action)
    return move


def check_may_move(actor: User, batch: Batch, target: BatchStatus) -> Move:
    """Check that the batch can go to `target` and that the person's role carries the step.

    Raises:
        BatchMoveNotAllowed: there is no such step.
        RoleMissing: the role does not carry it.
    """
    move = transitions.find_move(batch.status, target)
    _check_carries(actor, batch, move, duties.not_yours(move))
    return move


def _check_carries(actor: User, batch: Batch, move: Move, words: str) -> None:
    check_permission(
        actor,
        move.permission,
        move.action,
        subject_type="batch",
        subject_id=batch.pk,
        message=words,
    )


def _about(batch: Batch, move: Move) -> dict[str, Any]:
    return {"action": move.action, "subject_type": "batch", "subject_id": batch.pk}


def check_sees_batch(actor: User, batch_id: int, action: Action) -> None:
    """Check that the person may open every chart of a batch: nobody judges what they cannot see.

    Raises:
        ChartsNotVisible: at least one chart lies outside their units and grants.
    """
    _check_items_visible(actor, batch_id, ItemOutcome.WAITING, action)


def check_sees_destroyed(actor: User, batch_id: int, action: Action) -> None:
    """Check that the person's units hold every chart that a batch has destroyed.

    Raises:
        ChartsNotVisible: at least one chart lies outside their units and grants.
    """
    _check_items_visible(actor, batch_id, ItemOutcome.DESTROYED, action)


def _check_items_visible(actor: User, batch_id: int, outcome: str, action: Action) -> None:
    scope = scopes.list_scope(actor)
    sql = f"""
        SELECT EXISTS (
            SELECT FROM retention_batchitem item
              JOIN patients_patient p ON p.chart_id = item.patient_id
             WHERE item.batch_id = %(batch)s AND item.outcome = %(outcome)s
               AND p.unit_id <> ALL(%(scope_units)s::bigint[])
               AND NOT {scope.where_single("item.patient_id")})
    """
    values: dict[str, Any] = {**scope.params, "batch": batch_id, "outcome": outcome}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        is_hidden = cursor.fetchone()[0]
    if is_hidden:
        raise ChartsNotVisible(action=action, subject_type="batch", subject_id=batch_id)


def check_may_know(actor: User, patient_ids: list[int], action: Action) -> None:
    """Check that the directory shows every one of these patients to the person.

    Raises:
        PatientNotFound: one of them is unknown, or of a unit that the person may not know of.
    """
    scope = scopes.list_scope(actor)
    sql = f"""
        SELECT count(*) FROM patients_patient p
         WHERE p.chart_id = ANY(%(ids)s)
           AND (p.unit_id = ANY(%(scope_directory)s::bigint[])
                OR p.unit_id = ANY(%(scope_units)s::bigint[])
                OR {scope.where_single("p.chart_id")})
    """
    values: dict[str, Any] = {**scope.params, "ids": patient_ids}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        known = cursor.fetchone()[0]
    if known != len(set(patient_ids)):
        raise PatientNotFound(action=action)
