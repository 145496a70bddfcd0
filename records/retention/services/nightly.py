"""What retention does every night: all answers anew, and destructions that stopped go on."""

from __future__ import annotations

from datetime import date

from audit import context
from audit.enums import Action, Basis
from audit.services import events
from jobs.services import jobs
from records.retention.selectors import batches as batch_rows
from records.retention.services import evaluations
from records.retention.services.batches import DESTRUCTION


def run() -> evaluations.Evaluated:
    """Evaluate all charts and wake every destruction that was begun and has not ended.

    What was begun only goes forward, so a batch on which the worker gave up is tried again.
    """
    done = evaluate()
    for batch in batch_rows.list_unfinished():
        jobs.enqueue(kind=DESTRUCTION, subject_id=batch.pk, actor=batch.started_by)
    return done


def evaluate(*, as_of: date | None = None) -> evaluations.Evaluated:
    """Evaluate all charts as the system itself, and write the event of it."""
    with context.acting(context.system_origin()):
        done = evaluations.evaluate(as_of=as_of)
        events.record(
            action=Action.RETENTION_EVALUATED,
            basis=Basis.SYSTEM,
            detail={"charts": done.charts, "changed": done.changed},
        )
    return done
