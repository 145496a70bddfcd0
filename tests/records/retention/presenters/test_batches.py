"""What the page of a batch says of it."""

import pytest
from django.utils import timezone

from accounts.models import User
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.models import Batch
from records.retention.presenters import batches


@pytest.mark.parametrize(
    "status, counts, text",
    [
        (BatchStatus.PROPOSED, {ItemOutcome.WAITING: 1200}, "Proposed, 1,200 charts"),
        (BatchStatus.EXECUTING, {ItemOutcome.WAITING: 1200}, "Being destroyed, 1,200 charts"),
        (
            BatchStatus.DONE,
            {ItemOutcome.DESTROYED: 1199, ItemOutcome.HELD: 1},
            "Carried out: 1,199 of 1,200 charts destroyed",
        ),
        (BatchStatus.DONE, {ItemOutcome.HELD: 1200}, "Carried out: 0 of 1,200 charts destroyed"),
        (
            BatchStatus.DONE,
            {ItemOutcome.DESTROYED: 1200},
            "Carried out: 1,200 charts destroyed",
        ),
    ],
)
def test_summary_says_how_many_were_destroyed(status, counts, text):
    assert batches.summary(Batch(status=status, item_count=1200), counts) == text


def test_who_started_a_destruction_is_not_said_to_have_destroyed():
    person = User(display_name="Chris Compliance")
    at = timezone.now()
    batch = Batch(status=BatchStatus.DONE, item_count=1)
    for name in ("proposed", "first_approved", "second_approved", "started"):
        setattr(batch, f"{name}_by", person)
        setattr(batch, f"{name}_at", at)

    steps = [(step["label"], step.get("text")) for step in batches.steps(batch)]

    assert steps == [
        ("Proposed", "Chris Compliance"),
        ("First approval", "Chris Compliance"),
        ("Second approval", "Chris Compliance"),
        ("Started the destruction", "Chris Compliance"),
        ("Certificate", None),
    ]


def test_every_status_has_words_for_the_deed_that_led_to_it():
    assert set(batches.DEEDS) == set(BatchStatus)
