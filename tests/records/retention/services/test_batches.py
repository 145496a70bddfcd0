"""Batches: every step by every role from every status; result, history and event."""

import uuid

import pytest
from django.utils import timezone

from audit.models import Event
from audit.writes import attributing
from records.access.selectors import scopes
from records.patients.services import custody
from records.retention.enums import BatchStatus
from records.retention.errors import (
    AlreadyApproved,
    BatchChanged,
    BatchMoveNotAllowed,
    BatchWaits,
    ChartsNotVisible,
    NothingToPropose,
    NotYourProposal,
    OwnBatch,
    RoleMissing,
    TooManyCharts,
)
from records.retention.models import Batch, BatchItem, BatchStatusChange
from records.retention.selectors import batches as batch_selectors
from records.retention.services import batches, proposals
from records.retention.services.moves import Seen
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db

ROLES = ["CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER", "ADMINISTRATOR"]
SERVICES = {
    "approve": lambda **facts: batches.approve(**facts),
    "send_back": lambda **facts: batches.send_back(reason="Look again", **facts),
    "cancel": lambda **facts: batches.cancel(reason="Not now", **facts),
    "start": lambda **facts: batches.start(**facts),
    "propose_again": lambda **facts: proposals.propose_again(**facts),
}
PROPOSERS = {"CLERK", "SUPERVISOR", "COMPLIANCE"}
# Who reaches which status from which, by which service; everything else is refused.
ALLOWED = {
    ("PROPOSED", "approve"): ("FIRST_APPROVED", {"SUPERVISOR"}),
    ("PROPOSED", "send_back"): ("RETURNED", {"SUPERVISOR"}),
    ("PROPOSED", "cancel"): ("CANCELLED", PROPOSERS),
    ("FIRST_APPROVED", "approve"): ("APPROVED", {"COMPLIANCE"}),
    ("FIRST_APPROVED", "send_back"): ("RETURNED", {"COMPLIANCE"}),
    ("FIRST_APPROVED", "cancel"): ("CANCELLED", PROPOSERS),
    ("APPROVED", "send_back"): ("RETURNED", {"COMPLIANCE"}),
    ("APPROVED", "cancel"): ("CANCELLED", {"COMPLIANCE"}),
    ("APPROVED", "start"): ("EXECUTING", {"COMPLIANCE"}),
    ("RETURNED", "cancel"): ("CANCELLED", PROPOSERS),
}


def bring(house, status):
    """Return a batch that has come to `status` by its own steps."""
    patient = house.patient()
    if status == "RETURNED":
        batch = house.proposed(patient)
        return batches.send_back(
            actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch), reason="No"
        )
    if status == "CANCELLED":
        batch = house.proposed(patient)
        return batches.cancel(
            actor=house.clerk, batch_id=batch.pk, seen=make.seen(batch), reason="No"
        )
    ways = {
        "PROPOSED": house.proposed,
        "FIRST_APPROVED": house.approved_once,
        "APPROVED": house.approved,
        "EXECUTING": house.executing,
        "DONE": house.done,
    }
    return ways[status](patient)


@pytest.mark.parametrize("status", BatchStatus.values)
def test_steps_by_every_role(house, status):
    expected, found = {}, {}
    for service in SERVICES:
        for role in ROLES:
            target, roles = ALLOWED.get((status, service), ("", set()))
            expected[service, role] = target if role in roles else "refused"
            batch = bring(house, status)
            actor = make.make_user(role, unit=house.unit)
            counts = count_written(batch)
            try:
                SERVICES[service](actor=actor, batch_id=batch.pk, seen=make.seen(batch))
                found[service, role] = make.seen(batch).status
            except (BatchMoveNotAllowed, RoleMissing, NotYourProposal):
                found[service, role] = "refused"
                assert make.seen(batch).status == status
                assert count_written(batch) == counts

    assert found == expected


def count_written(batch):
    return (
        BatchStatusChange.objects.filter(batch=batch).count(),
        batch.approvals.count(),
        Event.objects.filter(subject_type="batch", subject_id=str(batch.pk)).count(),
    )


def history(batch):
    rows = BatchStatusChange.objects.filter(batch=batch).order_by("pk")
    return list(rows.values_list("from_status", "to_status", "changed_by_id"))


def actions(batch):
    events = Event.objects.filter(subject_type="batch", subject_id=str(batch.pk)).order_by("pk")
    return list(events.values_list("action", "actor_id"))


def test_batch_from_proposal_to_certificate_is_written_down(house):
    batch = house.done(house.patient())

    clerk, first, second = house.clerk.pk, house.supervisor.pk, house.compliance.pk
    assert history(batch) == [
        ("", "PROPOSED", clerk),
        ("PROPOSED", "FIRST_APPROVED", first),
        ("FIRST_APPROVED", "APPROVED", second),
        ("APPROVED", "EXECUTING", second),
        ("EXECUTING", "DONE", second),
    ]
    assert actions(batch) == [
        ("BATCH_PROPOSED", clerk),
        ("BATCH_APPROVED", first),
        ("BATCH_APPROVED", second),
        ("BATCH_STARTED", second),
        ("CHART_DESTROYED", second),
        ("CERTIFICATE_ISSUED", second),
        ("BATCH_EXECUTED", second),
    ]
    assert (batch.first_approved_by_id, batch.second_approved_by_id) == (first, second)
    assert batch.closed_at is not None


def test_proposal_freezes_what_is_known_of_each_chart(house):
    patient = house.patient(documents=3)

    batch = house.proposed(patient)

    item = batch.items.get()
    assert (item.document_count, item.version_count, item.page_count) == (3, 3, 6)
    assert (item.governing_code, item.governing_cite) == (house.rule.code, "ZZ Code 1.1")
    assert (item.governing_on, item.eligible_on) == (make.date(2011, 3, 1), make.date(2011, 3, 2))
    assert len(batch.digest) == 64
    assert batch.item_count == 1
    assert batch.number.startswith(f"B-{timezone.localdate():%Y}-")


def test_proposal_leaves_out_what_may_not_be_destroyed(house):
    due, held, young = house.patient(), house.patient(), make.make_patient(house.unit)
    make.make_hold(held)
    make.make_visit(young, started_at=timezone.now())
    taken = house.patient()
    house.proposed(taken)

    batch = house.proposed(due, held, young, taken)

    assert list(batch.items.values_list("patient_id", flat=True)) == [due.pk]


def test_proposal_of_nothing_due_is_refused(house):
    held = house.patient()
    make.make_hold(held)

    with pytest.raises(NothingToPropose):
        house.proposed(held)

    assert not Batch.objects.exists()


def test_proposal_of_charts_of_other_units_is_refused(house):
    own = house.patient()
    other = make.make_due_patient(make.make_unit())

    with pytest.raises(ChartsNotVisible):
        house.proposed(own, other)

    assert not Batch.objects.exists()


def test_proposal_of_too_many_charts_is_refused(house):
    with pytest.raises(TooManyCharts):
        proposals.propose(actor=house.clerk, patient_ids=range(1, 502), location="Basement")


def test_proposal_by_a_provider_is_refused(house):
    with pytest.raises(RoleMissing):
        proposals.propose(
            actor=make.make_user("PROVIDER"), patient_ids=[house.patient().pk], location="Basement"
        )


def test_proposal_with_a_used_token_is_the_same_batch(house):
    facts = {"actor": house.clerk, "location": "Basement", "token": uuid.uuid4()}

    one = proposals.propose(patient_ids=[house.patient().pk], **facts)
    two = proposals.propose(patient_ids=[house.patient().pk], **facts)

    assert one == two
    assert Batch.objects.count() == 1


@pytest.mark.goal("G-44")
def test_chart_that_is_due_by_an_old_answer_only_is_not_proposed(house):
    patient = house.patient()
    make.make_visit(patient, started_at=timezone.now())

    with pytest.raises(NothingToPropose):
        house.proposed(patient)


@pytest.mark.goal("G-38")
@pytest.mark.parametrize(
    "proposer, first, second, error",
    [
        ("both", "both", None, OwnBatch),
        ("clerk", "both", "both", AlreadyApproved),
        ("both", "supervisor", "both", OwnBatch),
    ],
)
def test_nobody_takes_two_parts(house, proposer, first, second, error):
    house.both = make.make_user("SUPERVISOR", "COMPLIANCE", unit=house.unit)
    patient = house.patient()
    batch = proposals.propose(
        actor=getattr(house, proposer), patient_ids=[patient.pk], location="Basement"
    )
    last = second or first
    if second:
        batches.approve(actor=getattr(house, first), batch_id=batch.pk, seen=make.seen(batch))
    counts = count_written(batch)

    with pytest.raises(error):
        batches.approve(actor=getattr(house, last), batch_id=batch.pk, seen=make.seen(batch))

    assert count_written(batch) == counts


def test_approval_of_charts_one_cannot_see_is_refused(house):
    batch = house.proposed(house.patient())
    stranger = make.make_user("SUPERVISOR", unit=make.make_unit())

    with pytest.raises(ChartsNotVisible):
        batches.approve(actor=stranger, batch_id=batch.pk, seen=make.seen(batch))

    assert make.seen(batch).status == "PROPOSED"


def test_approval_of_what_was_not_seen_is_refused(house):
    batch = house.proposed(house.patient())

    with pytest.raises(BatchChanged):
        batches.approve(actor=house.supervisor, batch_id=batch.pk, seen=Seen("PROPOSED", "0" * 64))


def test_returned_batch_needs_both_approvals_anew(house):
    batch = house.approved(house.patient())
    digest = batch.digest
    batches.send_back(
        actor=house.compliance, batch_id=batch.pk, seen=make.seen(batch), reason="Look again"
    )

    again = proposals.propose_again(actor=house.clerk, batch_id=batch.pk, seen=make.seen(batch))

    assert (again.status, again.round, again.first_approved_by) == ("PROPOSED", 2, None)
    assert again.digest != digest
    batches.approve(actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch))
    batches.approve(actor=house.compliance, batch_id=batch.pk, seen=make.seen(batch))
    assert sorted(batch.approvals.values_list("round", "step")) == [
        (1, "FIRST"),
        (1, "SECOND"),
        (2, "FIRST"),
        (2, "SECOND"),
    ]


def test_returned_batch_loses_what_has_changed_and_nothing_else(house):
    same, changed = house.patient(), house.patient()
    batch = house.proposed(same, changed)
    batches.send_back(
        actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch), reason="Look again"
    )
    make.make_document(changed)

    again = proposals.propose_again(actor=house.clerk, batch_id=batch.pk, seen=make.seen(batch))

    assert again.item_count == 1
    assert dict(again.items.values_list("patient_id", "outcome")) == {
        same.pk: "WAITING",
        changed.pk: "CHANGED",
    }


def test_returned_batch_is_proposed_again_by_its_proposer_only_and_not_empty(house):
    batch = bring(house, "RETURNED")
    item = batch.items.get()

    with pytest.raises(NotYourProposal):
        proposals.propose_again(
            actor=make.make_user("CLERK", unit=house.unit),
            batch_id=batch.pk,
            seen=make.seen(batch),
        )
    with pytest.raises(NothingToPropose):
        proposals.propose_again(
            actor=house.clerk, batch_id=batch.pk, seen=make.seen(batch), leave_out={item.pk}
        )

    assert make.seen(batch).status == "RETURNED"


def test_cancelled_batch_frees_its_charts(house):
    patient = house.patient()
    batch = house.approved(patient)

    batches.cancel(
        actor=house.compliance, batch_id=batch.pk, seen=make.seen(batch), reason="Not now"
    )

    assert BatchItem.objects.get(batch=batch).outcome_reason == "BATCH_CANCELLED"
    assert house.proposed(patient).item_count == 1


@pytest.mark.goal("G-44")
def test_batch_waits_for_its_day(house, settings):
    settings.DESTRUCTION_WAIT_DAYS = 2
    batch = house.approved(house.patient())

    with pytest.raises(BatchWaits):
        batches.start(actor=house.compliance, batch_id=batch.pk, seen=make.seen(batch))

    assert make.seen(batch).status == "APPROVED"


@pytest.mark.parametrize("status", ["PROPOSED", "APPROVED", "DONE"])
def test_only_a_begun_batch_is_resumed(house, status):
    batch = bring(house, status)

    with pytest.raises(BatchMoveNotAllowed):
        batches.resume(actor=house.compliance, batch_id=batch.pk)


def test_batch_is_resumed_by_who_may_start_it(house):
    batch = bring(house, "EXECUTING")

    with pytest.raises(RoleMissing):
        batches.resume(actor=house.clerk, batch_id=batch.pk)
    batches.resume(actor=house.compliance, batch_id=batch.pk)

    assert make.run(batch) == "DONE"


def test_item_of_a_moved_chart_shows_to_the_unit_that_keeps_it_now(house):
    patient = house.patient()
    batch = house.proposed(patient)
    item = batch.items.get()
    target = make.make_unit()
    with attributing(house.clerk):
        custody.follow(patient.pk, target.pk)
    newcomer = make.make_user("SUPERVISOR", unit=target)

    def shown_to(person):
        return batch_selectors.list_items(scopes.list_scope(person), batch.pk).items

    assert shown_to(newcomer) == [item]
    assert shown_to(make.make_user("SUPERVISOR", unit=item.unit)) == []
