"""Charts proposed for destruction: evaluated anew, frozen, and handed to two approvers."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from records.retention import access
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.errors import NothingToPropose, TooManyCharts
from records.retention.models import Batch, BatchItem
from records.retention.permissions import PROPOSE_BATCH
from records.retention.selectors import charts
from records.retention.services import evaluations, locks, moves
from records.retention.services.moves import Seen

MOST_CHARTS = 500
TAKEN_OUT = "TAKEN_OUT"
CONTENTS_CHANGED = "CONTENTS_CHANGED"
ANSWER = (
    "patient_id",
    "unit_id",
    "eligible_on",
    "governing_code",
    "governing_cite",
    "governing_on",
)
FROZEN = (
    "first_service_on",
    "last_service_on",
    "document_count",
    "version_count",
    "page_count",
    "newest_version_id",
)


@attributed
def propose(
    *,
    actor: User,
    patient_ids: Sequence[int],
    location: str,
    note: str = "",
    token: uuid.UUID | None = None,
) -> Batch:
    """Propose charts for destruction and freeze them; what cannot be proposed is left out.

    Each chart is evaluated anew first, so an answer of last night is never the reason. A `token`
    that was used before returns the batch it made: a form sent twice proposes once.

    Raises:
        RoleMissing: the actor's role does not propose.
        TooManyCharts: more than people can judge.
        ChartsNotVisible: a chart lies outside the actor's units.
        NothingToPropose: none of them may be destroyed.
    """
    access.check_permission(actor, PROPOSE_BATCH, Action.BATCH_PROPOSED)
    token = token or uuid.uuid4()
    known = Batch.objects.filter(token=token, proposed_by=actor).first()
    if known is not None:
        return known
    if len(set(patient_ids)) > MOST_CHARTS:
        raise TooManyCharts(action=Action.BATCH_PROPOSED)
    now = timezone.now()
    locks.lock_patients(patient_ids)
    due = _list_due(actor, patient_ids)
    number = _next_number()
    batch = Batch.objects.create(
        pk=number,
        number=f"B-{timezone.localdate(now).year}-{number:06d}",
        token=token,
        location=location,
        note=note,
        proposed_at=now,
        proposed_by=actor,
    )
    BatchItem.objects.bulk_create(_item(batch, facts) for facts in due)
    access.check_sees_batch(actor, batch.pk, Action.BATCH_PROPOSED)
    _freeze(batch)
    moves.note(actor, batch, "", batch.status)
    moves.record(Action.BATCH_PROPOSED, actor, batch, [facts.patient_id for facts in due])
    return batch


@attributed
def propose_again(
    *, actor: User, batch_id: int, seen: Seen, leave_out: Collection[int] = ()
) -> Batch:
    """Propose a returned batch anew, without the charts of `leave_out` (ids of items).

    Whatever has changed about a chart since takes it out too: what was frozen is never updated.

    Raises:
        RoleMissing, BatchMoveNotAllowed, BatchChanged: as `approve`.
        NotYourProposal: another person proposed it.
        NothingToPropose: nothing would be left.
    """
    batch = moves.lock(batch_id)
    moves.check_seen(batch, seen)
    move = access.check_may_propose_again(actor, batch)
    waiting = list(batch.items.filter(outcome=ItemOutcome.WAITING).order_by("pk"))
    locks.lock_patients(item.patient_id for item in waiting)
    gone = {item.pk for item in _list_changed(waiting)} | set(leave_out)
    if all(item.pk in gone for item in waiting):
        raise NothingToPropose(action=move.action, subject_type="batch", subject_id=batch_id)
    moves.move(actor, batch, BatchStatus.PROPOSED, proposed_at=timezone.now())
    batch.items.filter(outcome=ItemOutcome.WAITING, pk__in=gone).update(
        outcome=ItemOutcome.CHANGED, outcome_reason=TAKEN_OUT, decided_at=timezone.now()
    )
    _freeze(batch)
    moves.record(move.action, actor, batch)
    return batch


def has_changed(item: BatchItem, facts: charts.ChartFacts) -> bool:
    """Tell whether what a chart holds differs from what was frozen in the item."""
    return any(getattr(item, name) != getattr(facts, name) for name in FROZEN)


def find_obstacle(item: BatchItem, facts: charts.ChartFacts, today: date) -> str:
    """Return the code of what keeps a chart from being destroyed in its batch, empty if nothing."""
    return facts.obstacle(today) or (CONTENTS_CHANGED if has_changed(item, facts) else "")


def map_obstacles(items: Sequence[BatchItem]) -> dict[int, str]:
    """Return by patient what keeps each chart from being destroyed now, as the worker will ask."""
    found = evaluations.map_facts_now(item.patient_id for item in items)
    today = timezone.localdate()
    return {item.patient_id: find_obstacle(item, found[item.patient_id], today) for item in items}


def _list_due(actor: User, patient_ids: Sequence[int]) -> list[charts.ChartFacts]:
    evaluations.refresh(patient_ids)
    found = charts.map_facts(patient_ids)
    today = timezone.localdate()
    due = [found[key] for key in sorted(found) if not found[key].obstacle_to_proposal(today)]
    if not due:
        raise NothingToPropose(action=Action.BATCH_PROPOSED)
    return due


def _list_changed(items: Sequence[BatchItem]) -> list[BatchItem]:
    ids = [item.patient_id for item in items]
    evaluations.refresh(ids)
    found = charts.map_facts(ids)
    today = timezone.localdate()
    return [item for item in items if find_obstacle(item, found[item.patient_id], today)]


def _item(batch: Batch, facts: charts.ChartFacts) -> BatchItem:
    return BatchItem(batch=batch, **{name: getattr(facts, name) for name in (*ANSWER, *FROZEN)})


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('retention_batch', 'id'))")
        return int(cursor.fetchone()[0])


def _freeze(batch: Batch) -> None:
    """Close the batch to further charts; the database fills digest and count."""
    batch.save(update_fields=["digest", "item_count"])
    batch.refresh_from_db(fields=["round", "digest", "item_count"])
