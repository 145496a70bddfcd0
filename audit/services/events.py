"""Writes events: who did, saw or was refused what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.utils.crypto import salted_hmac

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome, Purpose
from audit.errors import AuditUnavailable, NoActor, Refused
from audit.rules import grounds
from audit.rules.details import check_detail

INSERT_EVENT = """
    INSERT INTO audit_event (
        actor_id, actor_name, on_behalf_of_id, role, action, purpose, basis, patient_id,
        subject_type, subject_id, outcome, request_id, session_digest, client_address, detail
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::inet, %s::jsonb)
    RETURNING id
"""
# One statement, so the event and the patients that it showed stand or fall together, and share
# the moment that leads from one to the other.
INSERT_EVENT_AND_SUBJECTS = f"""
    WITH event AS ({INSERT_EVENT}), subjects AS (
        INSERT INTO audit_eventsubject (event_id, patient_id, position)
        SELECT event.id, shown.patient_id, shown.position
        FROM event, unnest(%s::bigint[]) WITH ORDINALITY AS shown (patient_id, position)
    )
    SELECT id FROM event
"""


def record(
    *,
    action: Action,
    actor: Any = None,
    patient_id: int | None = None,
    subject_type: str = "",
    subject_id: str | int = "",
    outcome: Outcome = Outcome.SUCCESS,
    basis: Basis | str = "",
    purpose: Purpose | str = "",
    detail: Mapping[str, Any] | None = None,
    patients: Iterable[int] = (),
    durable: bool = False,
) -> int:
    """Write one event and return its id; in autocommit it is committed when this returns.

    `actor` is who did it, by default whoever `audit.context` names. Purpose and basis are those of
    `audit.rules.grounds` where the caller knows none nearer. `patients` are the patients
    that a list showed, each once, in the order shown. With `durable` the call refuses to run
    inside a transaction, where the event could still be rolled back after the patient was shown.

    Raises:
        NoActor: nobody is named as acting.
        UnfitDetail: `detail` holds something else than ids, codes and field names.
        AuditUnavailable: the store cannot take the event, so what it covers must not be shown.
    """
    origin = context.current() if actor is None else context.origin_of(actor)
    if detail:
        check_detail(detail)
    if durable:
        _check_committed_at_once()
    values = _values(
        origin, action, purpose, basis, patient_id, subject_type, subject_id, outcome, detail
    )
    shown = list(dict.fromkeys(patients))
    if shown:
        return _insert(INSERT_EVENT_AND_SUBJECTS, (*values, shown))
    return _insert(INSERT_EVENT, values)


def record_refusal(refused: Refused) -> int:
    """Write the event of a refusal, after the rollback that it caused.

    Raises:
        NoActor: nobody is named as acting.
        AuditUnavailable: the store cannot take the event.
    """
    return record(
        action=refused.action,
        patient_id=refused.patient_id,
        subject_type=refused.subject_type,
        subject_id=refused.subject_id,
        outcome=Outcome.REFUSED,
        basis=Basis.NONE,
        detail={"reason": refused.reason, **refused.detail},
    )


def digest(kind: str, text: str) -> str:
    """Return a keyed hash of `text`: equal texts can be told to be equal, none can be read back.

    Search terms and session keys enter events only so. `kind` keeps hashes of different things
    apart.
    """
    return salted_hmac(f"audit.{kind}", text, algorithm="sha256").hexdigest()[:32]


def _values(
    origin: Origin,
    action: Action,
    purpose: Purpose | str,
    basis: Basis | str,
    patient_id: int | None,
    subject_type: str,
    subject_id: str | int,
    outcome: Outcome,
    detail: Mapping[str, Any] | None,
) -> tuple[Any, ...]:
    if not origin.actor_name or not origin.role:
        raise NoActor("An event needs the actor's name and role")
    return (
        origin.actor_id,
        origin.actor_name,
        origin.on_behalf_of_id,
        origin.role,
        Action(action).value,
        Purpose(purpose or grounds.purpose_of(action)).value,
        Basis(basis or grounds.basis_of(action, origin.role)).value,
        patient_id,
        subject_type,
        str(subject_id),
        Outcome(outcome).value,
        origin.request_id,
        origin.session_digest,
        origin.client_address,
        json.dumps(detail) if detail else "{}",
    )


def _insert(statement: str, values: tuple[Any, ...]) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.fetchone()[0])
    except DatabaseError as error:
        raise AuditUnavailable("The access log cannot take the event") from error


def _check_committed_at_once() -> None:
    """Refuse to go on inside a transaction; the one that a test case opens does not count."""
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("A durable event cannot be written inside a transaction")
