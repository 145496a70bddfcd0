"""Every constraint of the room's tables is violated once, as the application's role."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from records.retention.models import Batch, Evaluation, Hold, HoldPatient
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(days=1)


def violates(name):
    return pytest.raises(IntegrityError, match=name)


RULE = [
    (
        "dated_once",
        {"code": "ZZ-TWICE", "effective_from": date(1990, 1, 1), "effective_to": date(1991, 1, 1)},
    ),
    ("one_without_end", {"code": "ZZ-TWICE", "effective_from": date(1995, 1, 1)}),
    ("ends_after_start", {"effective_to": date(1989, 1, 1)}),
    ("years_unless_permanent", {"years": None}),
    ("years_unless_permanent", {"term_kind": "PERMANENT"}),
    ("class_is_known", {"record_class": "SPA"}),
    ("series_is_known", {"series": "NONE"}),
    ("population_is_known", {"population": "NOBODY"}),
    ("term_is_known", {"term_kind": "SOME"}),
    ("payer_is_known", {"payer": "ME"}),
    ("source_is_known", {"source": "RUMOUR"}),
    ("certainty_is_known", {"certainty": "SOME"}),
    ("has_cite", {"cite": ""}),
]


@pytest.mark.parametrize("name, facts", RULE)
def test_rule(name, facts):
    make.make_rule(code="ZZ-TWICE")

    with violates(f"retention_schedulerule_{name}"):
        make.make_rule(**facts)


AGE = [
    ("dated_once", {"effective_from": date(1900, 1, 1), "effective_to": date(1901, 1, 1)}),
    ("one_without_end", {"effective_from": date(1950, 1, 1)}),
    ("ends_after_start", {"state": "QQ", "effective_to": date(1899, 1, 1)}),
    ("is_an_age", {"state": "QQ", "age": 12}),
]


@pytest.mark.parametrize("name, facts", AGE)
def test_age_of_majority(name, facts):
    row = make.make_majority()
    row.pk = None
    for field, value in facts.items():
        setattr(row, field, value)

    with violates(f"retention_ageofmajority_{name}"), make.attributing(make.system()):
        row.save(force_insert=True)


HOLD = [
    ("kind_is_known", {"kind": "WHIM"}),
    ("says_why", {"reason": ""}),
    ("says_why", {"name": ""}),
    ("lifted_at_by_and_reason_together", {"lifted_at": LATER}),
    ("lifted_at_by_and_reason_together", {"lift_reason": "Over"}),
    (
        "covers_until_after_from",
        {"covers_from": date(2020, 1, 2), "covers_until": date(2020, 1, 1)},
    ),
    ("request_has_its_kind", {"request_id": 7}),
    ("request_has_its_kind", {"kind": "RELEASE_REQUEST"}),
    ("one_open_for_each_request", {"kind": "RELEASE_REQUEST", "request_id": 8}),
]


@pytest.mark.parametrize("name, facts", HOLD)
def test_hold(house, name, facts):
    make.make_hold(kind="RELEASE_REQUEST", request_id=8)

    with violates(f"retention_hold_{name}"):
        make.make_hold(**facts)


def test_hold_is_lifted_after_it_was_placed(house):
    hold = make.make_hold()

    with (
        violates("retention_hold_lifted_after_placed"),
        make.attributing(house.compliance),
    ):
        Hold.objects.filter(pk=hold.pk).update(
            lifted_at=make.LONG_AGO, lifted_by=house.compliance, lift_reason="Over"
        )


def test_hold_on_a_patient(house):
    patient = house.patient()
    hold = make.make_hold(patient)
    facts = {"hold": hold, "patient": patient, "placed_at": NOW, "placed_by": house.clerk}

    with (
        violates("retention_holdpatient_once_for_each_hold"),
        make.attributing(house.clerk),
    ):
        HoldPatient.objects.create(**facts)
    with (
        violates("retention_holdpatient_lifted_at_and_by_together"),
        make.attributing(house.clerk),
    ):
        HoldPatient.objects.filter(hold=hold).update(lifted_at=NOW)


BATCH = [
    ("status_is_known", {"status": "PROPOSED", "series": "HEALTH_RECORD"}, {"status": "SOME"}),
    ("series_is_known", {}, {"series": "NONE"}),
    ("method_is_known", {}, {"method": "EATEN"}),
    (
        "first_approver_did_not_propose",
        {},
        {"first_approved_by": "clerk", "first_approved_at": NOW},
    ),
    ("first_approved_at_and_by_together", {}, {"first_approved_at": NOW}),
    (
        "second_approved_after_first",
        {},
        {
            "second_approved_by": "compliance",
            "second_approved_at": NOW,
            "not_before": date(2026, 1, 1),
        },
    ),
    ("proposed_has_no_approver", {}, {"first_approved_by": "supervisor", "first_approved_at": NOW}),
    ("started_at_and_by_when_started", {}, {"started_at": NOW}),
    ("closed_when_closed_at", {}, {"closed_at": NOW}),
]


@pytest.mark.parametrize("name, _, facts", BATCH)
def test_batch(house, name, _, facts):
    people = {"clerk": house.clerk, "supervisor": house.supervisor, "compliance": house.compliance}
    values = {
        "number": "B-X",
        "location": "Basement",
        "proposed_at": NOW,
        "proposed_by": house.clerk,
        **{key: people.get(value, value) for key, value in facts.items()},
    }
    expected = "begins as a proposal" if name == "status_is_known" else f"retention_batch_{name}"

    with violates(expected), make.attributing(house.clerk):
        Batch.objects.create(**values)


@pytest.mark.parametrize(
    "name, change",
    [
        ("left_out_says_why", {"outcome": "HELD", "decided_at": NOW}),
        ("outcome_is_known", {"outcome": "LOST", "outcome_reason": "X", "decided_at": NOW}),
    ],
)
def test_item(house, name, change):
    batch = house.executing(house.patient())

    with violates(f"retention_batchitem_{name}"), make.attributing(house.compliance):
        batch.items.update(**change)


def test_chart_is_in_one_open_batch(house):
    patient = house.patient()
    batch = house.proposed(patient)
    other = Batch(number="B-Y", location="x", proposed_at=NOW, proposed_by=house.clerk)
    item = batch.items.get()

    with (
        violates("retention_batchitem_one_open_batch_for_each_patient"),
        make.attributing(house.clerk),
        transaction.atomic(),
    ):
        other.save()
        item.pk, item.batch = None, other
        item.save(force_insert=True)


def test_evaluation_has_a_date_or_a_block(house):
    patient = house.patient()

    with violates("retention_evaluation_date_or_block"), transaction.atomic():
        Evaluation.objects.filter(pk=patient.pk).update(eligible_on=None)
