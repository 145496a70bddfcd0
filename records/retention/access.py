"""May this person do this: the role's permission, and sight of every chart concerned."""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.models import User
from audit.enums import Action
from records.access.selectors import scopes
from records.retention.errors import ChartsNotVisible, PatientNotFound, RoleMissing


def check_permission(
    actor: User, permission: str, action: Action, *, subject_type: str = "", subject_id: int = 0
) -> None:
    """Check that the person's role carries a step.

    Raises:
        RoleMissing: it does not.
    """
    if not actor.has_perm(permission):
        raise RoleMissing(
            action=action,
            subject_type=subject_type,
            subject_id=subject_id or "",
            detail={"missing": permission},
        )


def check_sees_batch(actor: User, batch_id: int, action: Action) -> None:
    """Check that the person may open every chart of a batch: nobody judges what they cannot see.

    Raises:
        ChartsNotVisible: at least one chart lies outside their units and grants.
    """
    scope = scopes.list_scope(actor)
    sql = f"""
        SELECT EXISTS (
            SELECT FROM retention_batchitem item
             WHERE item.batch_id = %(batch)s AND item.outcome = 'WAITING'
               AND item.unit_id <> ALL(%(scope_units)s::bigint[])
               AND NOT {scope.where_single("item.patient_id")})
    """
    values: dict[str, Any] = {**scope.params, "batch": batch_id}
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
