"""Carries an approved batch out, step by step; each step may run twice or die anywhere.

CHECK → ERASE_KEYS → REMOVE_BYTES → PURGE → VERIFY → CERTIFICATE

A chart is destroyed in one transaction: under the patient's lock holds are looked for, the answer
is computed anew, every key is erased, the rows are reduced and the stub is written. A hold that
was committed before that transaction began to wait always wins; after it the chart is gone, and
all that follows only removes what nobody can read any more.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit import context
from audit.enums import Action, Outcome, Purpose
from audit.services import events
from audit.writes import attributed, attributing
from jobs.errors import JobFailed
from jobs.models import Job
from records.documents.services import destruction as documents
from records.patients.services import residue
from records.retention import access, copies
from records.retention.enums import BatchStatus, Block, ItemOutcome
from records.retention.errors import ChartsNotVisible
from records.retention.models import Batch, BatchItem, Evaluation, Stub
from records.retention.permissions import APPROVE_SECOND
from records.retention.selectors import abstracts, charts
from records.retention.selectors import batches as batch_rows
from records.retention.services import certificates, evaluations, locks, proposals

CHECK, ERASE_KEYS, REMOVE_BYTES = "CHECK", "ERASE_KEYS", "REMOVE_BYTES"
PURGE, VERIFY, CERTIFICATE = "PURGE", "VERIFY", "CERTIFICATE"


def step(job: Job) -> bool:
    """Do the next step of a batch's destruction; return whether more is to do.

    What is next is read from the rows, so that a worker which takes over begins where the last
    one died.

    Raises:
        JobFailed: the batch is not being carried out, its starter has lost the right to before
            anything was destroyed, or something remains that should be gone.
    """
    batch = Batch.objects.get(pk=job.subject_id)
    if batch.status == BatchStatus.DONE:
        return False
    if batch.status != BatchStatus.EXECUTING:
        raise JobFailed("BATCH_NOT_STARTED")
    actor = job.requested_by
    with context.acting_as(actor):
        now_doing = _next(job, batch)
        _STEPS[now_doing](actor, batch)
        job.step = now_doing
        progress = batch_rows.get_progress(batch.pk)
        job.done_count, job.total_count = progress.finished, progress.total
    return now_doing != CERTIFICATE


def give_up(job: Job) -> None:
    """Write down that the worker has given up on a batch; a person has to look."""
    with context.acting_as(job.requested_by):
        events.record(
            action=Action.JOB_FAILED,
            subject_type="batch",
            subject_id=job.subject_id,
            outcome=Outcome.FAILED,
            purpose=Purpose.RETENTION,
            detail={"code": job.error_code, "step": job.step},
        )


def _next(job: Job, batch: Batch) -> str:
    progress = batch_rows.get_progress(batch.pk)
    if not job.step:
        return CHECK
    if progress.waiting:
        return ERASE_KEYS
    if progress.with_bytes:
        return REMOVE_BYTES
    if job.step not in (PURGE, VERIFY, CERTIFICATE):
        return PURGE
    return VERIFY if job.step == PURGE else CERTIFICATE


def _check(actor: User, batch: Batch) -> None:
    """Look whether the starter may still do this, as long as nothing is destroyed yet."""
    if batch.items.filter(outcome=ItemOutcome.DESTROYED).exists():
        return
    if not actor.is_active or not actor.has_perm(APPROVE_SECOND):
        raise JobFailed("STARTER_LOST_RIGHT")
    try:
        access.check_sees_batch(actor, batch.pk, Action.BATCH_STARTED)
    except ChartsNotVisible as error:
        raise JobFailed("STARTER_LOST_RIGHT") from error


def _erase_next(actor: User, batch: Batch) -> None:
    waiting = batch.items.filter(outcome=ItemOutcome.WAITING).order_by("pk")
    item_id = waiting.values_list("pk", flat=True).first()
    if item_id is not None:
        erase(actor=actor, batch=batch, item_id=item_id)


@attributed
def erase(*, actor: User, batch: Batch, item_id: int) -> BatchItem:
    """Destroy one chart of a batch that is being carried out, or leave it out and say why."""
    patient_id = BatchItem.objects.values_list("patient_id", flat=True).get(pk=item_id)
    # First the patient, then the item: a hold in the making either is over now, or waits for us.
    locks.lock_for_erasure(patient_id)
    item = BatchItem.objects.select_for_update().get(pk=item_id)
    if item.outcome != ItemOutcome.WAITING:
        return item  # another worker was faster
    evaluations.refresh([patient_id])
    facts = charts.map_facts([patient_id])[patient_id]
    obstacle = proposals.find_obstacle(item, facts, timezone.localdate())
    if obstacle == Block.HOLD:
        return _leave_out(actor, item, ItemOutcome.HELD, Block.HOLD, facts.hold_id)
    if obstacle:
        return _leave_out(actor, item, ItemOutcome.CHANGED, obstacle)
    abstract = abstracts.get_abstract(patient_id)
    documents.erase_keys(actor=actor, patient_id=patient_id, basis_id=batch.pk)
    residue.reduce(actor=actor, patient_id=patient_id)
    _forget_words(patient_id)
    return _bury(actor, batch, item, facts.unit_id, abstract)


def _forget_words(patient_id: int) -> None:
    """Take out of the histories of stays and documents what was written there about the patient.

    Histories are insert only; the owner's function may do this, and only of a destroyed chart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_forget_words(%s)", [patient_id])


def _leave_out(
    actor: User, item: BatchItem, outcome: ItemOutcome, reason: str, hold_id: int | None = None
) -> BatchItem:
    item.outcome, item.outcome_reason, item.held_by_id = outcome, str(reason), hold_id
    item.decided_at = timezone.now()
    item.save(update_fields=["outcome", "outcome_reason", "held_by", "decided_at"])
    events.record(
        action=Action.BATCH_CHANGED,
        actor=actor,
        patient_id=item.patient_id,
        subject_type="batch",
        subject_id=item.batch_id,
        purpose=Purpose.RETENTION,
        detail={"outcome": str(outcome), "reason": str(reason), "hold": hold_id},
    )
    return item


def _bury(
    actor: User, batch: Batch, item: BatchItem, unit_id: int, abstract: dict[str, object]
) -> BatchItem:
    """Write the stub, give the item its outcome and record the end of the chart."""
    now = timezone.now()
    Stub.objects.create(
        patient_id=item.patient_id,
        item=item,
        unit_id=unit_id,  # where the chart is now, wherever it was proposed
        destroyed_at=now,
        document_count=item.document_count,
        page_count=item.page_count,
        abstract=abstract,
    )
    item.outcome, item.decided_at = ItemOutcome.DESTROYED, now
    item.save(update_fields=["outcome", "decided_at"])
    Evaluation.objects.filter(patient_id=item.patient_id).delete()
    events.record(
        action=Action.CHART_DESTROYED,
        actor=actor,
        patient_id=item.patient_id,
        subject_type="batch",
        subject_id=batch.pk,
        purpose=Purpose.RETENTION,
        detail={"rule": item.governing_code, "documents": item.document_count},
    )
    return item


def _remove_next(actor: User, batch: Batch) -> None:
    """Remove the bytes of one destroyed chart: copies elsewhere first, then the vault's."""
    left = batch.items.filter(outcome=ItemOutcome.DESTROYED, bytes_removed_at=None).order_by("pk")
    item = left.first()
    if item is None:
        return
    with attributing(actor):
        copies.erase_all(batch_rows.list_document_ids(item.patient_id))
    documents.remove_bytes(actor=actor, patient_id=item.patient_id)
    with attributing(actor):
        still = left.select_for_update().filter(pk=item.pk).first()
        if still is not None:
            still.bytes_removed_at = timezone.now()
            still.save(update_fields=["bytes_removed_at"])


def _purge(actor: User, batch: Batch) -> None:
    """Remove the before-and-after values of the destroyed charts' patients and documents."""
    destroyed = batch_rows.list_destroyed_ids(batch.pk)
    residue.purge_history(actor=actor, patient_ids=destroyed)
    documents.purge_history(actor=actor, patient_ids=destroyed)


def _verify(actor: User, batch: Batch) -> None:
    """Look for anything that is still there."""
    for patient_id in batch_rows.list_destroyed_ids(batch.pk):
        with attributing(actor):
            found = copies.erase_all(batch_rows.list_document_ids(patient_id))
        if documents.list_remains(patient_id=patient_id) or any(found.values()):
            raise JobFailed("REMAINS_FOUND")
    destroyed = batch_rows.list_destroyed_ids(batch.pk)
    if residue.has_numbers(destroyed):
        raise JobFailed("NUMBERS_FOUND")
    if residue.has_history(destroyed):
        raise JobFailed("HISTORY_FOUND")


def _finish(actor: User, batch: Batch) -> None:
    certificates.issue_and_close(actor=actor, batch_id=batch.pk)
    evaluations.count_due()


_STEPS: dict[str, Callable[[User, Batch], None]] = {
    CHECK: _check,
    ERASE_KEYS: _erase_next,
    REMOVE_BYTES: _remove_next,
    PURGE: _purge,
    VERIFY: _verify,
    CERTIFICATE: _finish,
}
