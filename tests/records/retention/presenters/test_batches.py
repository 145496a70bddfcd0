"""What the page of a batch says of it."""

import pytest
from django.utils import timezone

from accounts.models import User
from jobs.enums import JobState
from jobs.models import Job
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.models import Batch, BatchStatusChange, Certificate
from records.retention.presenters import batches


@pytest.mark.parametrize(
    "status, counts, text",
    [
        (BatchStatus.PROPOSED, {(ItemOutcome.WAITING, ""): 1200}, "Proposed, 1,200 charts"),
        (BatchStatus.EXECUTING, {(ItemOutcome.WAITING, ""): 1200}, "Being destroyed, 1,200 charts"),
        (
            BatchStatus.DONE,
            {(ItemOutcome.DESTROYED, ""): 1199, (ItemOutcome.HELD, "HOLD"): 1},
            "Carried out: 1,199 of 1,200 charts destroyed",
        ),
        (
            BatchStatus.DONE,
            {(ItemOutcome.HELD, "HOLD"): 1200},
            "Carried out: 0 of 1,200 charts destroyed",
        ),
        (
            BatchStatus.DONE,
            {(ItemOutcome.DESTROYED, ""): 1200},
            "Carried out: 1,200 charts destroyed",
        ),
    ],
)
def test_summary_says_how_many_were_destroyed(status, counts, text):
    assert batches.summary(Batch(status=status, item_count=1200), counts) == text


@pytest.mark.parametrize(
    "standing, counts",
    [
        ({}, {"held": 0, "changed": 0}),
        ({1: "", 2: "HOLD"}, {"held": 1, "changed": 0}),
        ({1: "NOT_DUE", 2: "CONTENTS_CHANGED", 3: "HOLD"}, {"held": 1, "changed": 2}),
    ],
)
def test_charts_that_will_be_left_out_are_held_or_have_changed(standing, counts):
    assert batches.left_out(standing) == counts


def started_batch(status):
    person, at = User(display_name="Chris Compliance"), timezone.now()
    batch = Batch(status=status, item_count=1)
    for name in ("proposed", "first_approved", "second_approved", "started"):
        setattr(batch, f"{name}_by", person)
        setattr(batch, f"{name}_at", at)
    return batch


def test_who_started_a_destruction_is_not_said_to_have_destroyed():
    batch = started_batch(BatchStatus.DONE)

    steps = [(step["label"], step.get("text")) for step in batches.steps(batch)]

    assert steps == [
        ("Proposed", "Chris Compliance"),
        ("First approval", "Chris Compliance"),
        ("Second approval", "Chris Compliance"),
        ("Started the destruction", "Chris Compliance"),
        ("Certificate", "none: no chart was destroyed"),
    ]


@pytest.mark.parametrize(
    "status, has_certificate, state, text",
    [
        (BatchStatus.EXECUTING, False, "todo", ""),
        (BatchStatus.DONE, True, "done", None),
        (BatchStatus.DONE, False, "todo", "none: no chart was destroyed"),
    ],
)
def test_a_batch_of_which_every_chart_was_left_out_says_that_no_certificate_comes(
    status, has_certificate, state, text
):
    batch = started_batch(status)
    if has_certificate:
        Certificate(batch=batch)

    last = batches.steps(batch)[-1]

    assert (last["label"], last["state"], last.get("text")) == ("Certificate", state, text)


@pytest.mark.parametrize(
    "step, done, total, text",
    [
        ("", 0, 0, "waiting for the worker"),
        ("CHECK", 0, 0, "checking"),
        ("ERASE_KEYS", 0, 12, "0 of 12: erasing keys"),
        ("PURGE", 7, 12, "7 of 12: removing field history"),
    ],
)
def test_progress_counts_once_there_is_something_to_count(step, done, total, text):
    job = Job(state=JobState.RUNNING, step=step, done_count=done, total_count=total)

    assert batches.progress(job)["text"] == text


@pytest.mark.parametrize(
    "status, told",
    [
        (BatchStatus.EXECUTING, "Chris Compliance started the destruction"),
        (BatchStatus.DONE, "The worker finished the destruction"),
    ],
)
def test_who_started_a_destruction_is_not_said_to_have_finished_it(status, told):
    change = BatchStatusChange(
        to_status=status,
        changed_at=timezone.now(),
        changed_by=User(display_name="Chris Compliance"),
    )

    [entry] = batches.events([change])

    assert f"{entry['who']} {entry['what']}" == told


def test_every_status_has_words_for_the_deed_that_led_to_it():
    assert set(batches.DEEDS) == set(BatchStatus)


def test_outcomes_are_counted_by_what_happened():
    counts = {
        ("CHANGED", "CONTENTS_CHANGED"): 2,
        ("CHANGED", "NOT_DUE"): 3,
        ("CHANGED", "NOT_EVALUATED"): 1,
        ("DESTROYED", ""): 5,
        ("HELD", "HOLD"): 1,
    }

    assert [(one["label"], one["count"]) for one in batches.outcomes(counts)] == [
        ("Destroyed", 5),
        ("Left out: a hold stands", 1),
        ("Left out: documents or visits were added after it was proposed", 2),
        ("Left out: no longer due", 4),
    ]
