"""A destruction batch as its page shows it: where it stands, who is next, how each chart ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from audit.access import refusal
from audit.enums import Action
from jobs.enums import JobState
from jobs.models import Job
from printing.words import counted
from records.patients.selectors.lines import DirectoryLine
from records.retention import access
from records.retention.enums import BatchStatus, Block, ItemOutcome
from records.retention.models import Batch, BatchItem, BatchStatusChange
from records.retention.permissions import APPROVE_SECOND
from records.retention.presenters import words

ORDER = [
    BatchStatus.PROPOSED,
    BatchStatus.FIRST_APPROVED,
    BatchStatus.APPROVED,
    BatchStatus.EXECUTING,
    BatchStatus.DONE,
]
TONES = {
    ItemOutcome.WAITING: "neutral",
    ItemOutcome.DESTROYED: "ok",
    ItemOutcome.HELD: "warn",
    ItemOutcome.CHANGED: "neutral",
    ItemOutcome.FAILED: "bad",
}
WORKER = "The worker"
DEEDS = {
    BatchStatus.PROPOSED: "proposed it",
    BatchStatus.FIRST_APPROVED: "gave the first approval",
    BatchStatus.APPROVED: "gave the second approval",
    BatchStatus.RETURNED: "returned it",
    BatchStatus.CANCELLED: "cancelled it",
    BatchStatus.EXECUTING: "started the destruction",
    BatchStatus.DONE: "finished the destruction",
}
STEP_WORDS = {
    "CHECK": "checking",
    "ERASE_KEYS": "erasing keys",
    "REMOVE_BYTES": "removing bytes",
    "PURGE": "removing field history",
    "VERIFY": "verifying",
    "CERTIFICATE": "writing the certificate",
}


@dataclass(frozen=True)
class Button:
    """A step that the person sees: enabled, or with the reason why not."""

    label: str
    url: str
    tone: str
    why_not: str


@dataclass(frozen=True)
class ItemLine:
    """One chart of the batch."""

    item: BatchItem
    person: DirectoryLine | None
    outcome: str
    tone: str
    reason: str


def steps(batch: Batch) -> list[dict[str, Any]]:
    """Return the way of a batch, with who took each step."""
    reached = ORDER.index(BatchStatus(batch.status)) if batch.status in ORDER else 0
    people = [
        ("Proposed", batch.proposed_by, batch.proposed_at),
        ("First approval", batch.first_approved_by, batch.first_approved_at),
        ("Second approval", batch.second_approved_by, batch.second_approved_at),
        ("Started the destruction", batch.started_by, batch.started_at),
    ]
    found = [
        {
            "label": label,
            "state": "done" if at else "todo",
            "text": f"{person.display_name}" if person else "",
            "is_current": index == reached + 1,
        }
        for index, (label, person, at) in enumerate(people)
    ]
    if batch.status == BatchStatus.EXECUTING:
        found[-1] |= {"state": "warn", "is_current": True}
    if batch.status in (BatchStatus.RETURNED, BatchStatus.CANCELLED):
        found[0] |= {"state": "bad", "text": batch.get_status_display()}
    return [*found, _certificate_step(batch)]


def summary(batch: Batch, counts: Mapping[tuple[str, str], int]) -> str:
    """Say where a batch stands and over how many charts; of one that is done, how many went."""
    if batch.status != BatchStatus.DONE:
        return f"{batch.get_status_display()}, {counted(batch.item_count, 'chart')}"
    destroyed = counts.get((ItemOutcome.DESTROYED, ""), 0)
    if destroyed == batch.item_count:
        return f"Carried out: {counted(destroyed, 'chart')} destroyed"
    return f"Carried out: {destroyed:,} of {counted(batch.item_count, 'chart')} destroyed"


def buttons(batch: Batch, actor: User, today: date) -> list[Button]:
    """Return the steps that the batch's state offers, each with why the person may not take it."""
    offered: list[Button] = []
    if batch.status in (BatchStatus.PROPOSED, BatchStatus.FIRST_APPROVED):
        met = refusal(access.check_may_approve, actor, batch)
        offered.append(_button("Approve", "batch_approve", batch, "primary", met))
    if batch.status == BatchStatus.APPROVED:
        met = refusal(access.check_may_start, actor, batch, today)
        offered.append(_button("Destroy", "batch_start", batch, "danger", met))
    if batch.status == BatchStatus.RETURNED:
        met = refusal(access.check_may_propose_again, actor, batch)
        offered.append(_button("Propose again", "batch_again", batch, "primary", met))
    for label, url_name, target in (
        ("Return", "batch_return", BatchStatus.RETURNED),
        ("Cancel", "batch_cancel", BatchStatus.CANCELLED),
    ):
        if refusal(access.check_may_move, actor, batch, target) is None:
            offered.append(_button(label, url_name, batch, "", None))
    return offered


def may_resume(batch: Batch, job: Job | None, actor: User) -> bool:
    """Tell whether the page offers to let the worker go on."""
    has_stopped = job is None or job.state in (JobState.FAILED, JobState.CANCELLED)
    is_allowed = refusal(access.check_permission, actor, APPROVE_SECOND, Action.BATCH_STARTED)
    return batch.status == BatchStatus.EXECUTING and has_stopped and is_allowed is None


def item_lines(
    items: Sequence[BatchItem],
    people: Mapping[int, DirectoryLine],
    holds: Mapping[int, str],
    standing: Mapping[int, str],
) -> list[ItemLine]:
    """Return the charts of a page; `standing` is what blocks each that waits, now."""
    return [
        ItemLine(
            item=item,
            person=people.get(item.patient_id),
            outcome=_outcome(item),
            tone=TONES[ItemOutcome(item.outcome)],
            reason=_reason(item, holds, standing),
        )
        for item in items
    ]


def outcomes(counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Return how many charts have which outcome, in the order of the enum, and why left out."""
    told: Counter[tuple[ItemOutcome, str]] = Counter()
    for (code, reason), count in counts.items():
        told[ItemOutcome(code), words.outcome(code, reason)] += count
    order = list(ItemOutcome)
    return [
        {"label": label, "count": told[outcome, label], "tone": TONES[outcome]}
        for outcome, label in sorted(told, key=lambda key: (order.index(key[0]), key[1]))
    ]


def left_out(standing: Mapping[int, str]) -> dict[str, int]:
    """Return how many of the charts that wait will be left out: for a hold, or as changed."""
    held = sum(code == Block.HOLD for code in standing.values())
    return {"held": held, "changed": sum(map(bool, standing.values())) - held}


def events(history: Sequence[BatchStatusChange]) -> list[dict[str, Any]]:
    """Return the history for the timeline; the last step is the worker's, whoever started it."""
    return [
        {
            "at": change.changed_at,
            "who": WORKER
            if change.to_status == BatchStatus.DONE
            else change.changed_by.display_name,
            "what": DEEDS[BatchStatus(change.to_status)],
            "text": change.reason,
            "tone": "bad" if change.to_status in ("RETURNED", "CANCELLED") else "neutral",
        }
        for change in history
    ]


def progress(job: Job | None) -> dict[str, Any]:
    """Return what the page says of the worker's part."""
    if job is None:
        return {}
    return {
        "state": job.state,
        "done": job.done_count,
        "total": job.total_count,
        "text": _how_far(job),
        "failure": words.failure(job.error_code) if job.state == JobState.FAILED else "",
        "version": f"{job.state}-{job.step}-{job.done_count}",
    }


def _certificate_step(batch: Batch) -> dict[str, Any]:
    """Return the last step; a batch of which every chart was left out ends without it."""
    if hasattr(batch, "certificate"):
        return {"label": "Certificate", "state": "done"}
    text = "none: no chart was destroyed" if batch.status == BatchStatus.DONE else ""
    return {"label": "Certificate", "state": "todo", "text": text}


def _how_far(job: Job) -> str:
    """Return the step that the worker is at, with the count once it is known."""
    step = STEP_WORDS.get(job.step, "waiting for the worker")
    return f"{job.done_count} of {job.total_count}: {step}" if job.total_count else step


def _button(label: str, url_name: str, batch: Batch, tone: str, met: Any) -> Button:
    url = reverse(f"retention:{url_name}", kwargs={"batch_id": batch.pk})
    return Button(label, url, tone, met.message if met else "")


def _outcome(item: BatchItem) -> str:
    """Return a chart's outcome; of one that has changed the reason beside it says how."""
    return words.LEFT_OUT if item.outcome == ItemOutcome.CHANGED else item.get_outcome_display()


def _reason(item: BatchItem, holds: Mapping[int, str], standing: Mapping[int, str]) -> str:
    if item.outcome == ItemOutcome.WAITING:
        return words.obstacle(standing.get(item.patient_id, ""))
    if item.held_by_id:
        return f"Hold: {holds[item.held_by_id]}"
    return words.obstacle(item.outcome_reason)
