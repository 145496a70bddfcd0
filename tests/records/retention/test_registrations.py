"""What other rooms see of this one: labels, flags, work on the home page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import subjects
from audit.writes import attributing
from records.access import flags
from records.access.worklists import sources_for
from records.retention.models import ScheduleRule
from records.retention.selectors import charts, schedule, stubs
from tests.factories.people import again
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


def test_log_knows_labels_and_links(house):
    batch, hold = house.proposed(house.patient()), make.make_hold(house.patient())

    assert subjects.labels("batch", [batch.pk, 0]) == {
        str(batch.pk): f"destruction {batch.number}",
        "0": "batch 0",
    }
    assert subjects.labels("hold", [hold.pk]) == {str(hold.pk): "hold Wyman v. Saint Brendan"}
    assert subjects.labels("rule", [house.rule.pk]) == {
        str(house.rule.pk): f"rule {house.rule.code}"
    }
    assert subjects.find("batch", batch.number.lower()) == [str(batch.pk)]
    assert subjects.url("batch", batch.pk) == reverse(
        "retention:batch_detail", kwargs={"batch_id": batch.pk}
    )
    assert subjects.url("hold", hold.pk).endswith(f"/holds/{hold.pk}/")
    assert subjects.url("rule", house.rule.pk).endswith(f"/rules/{house.rule.pk}/")


def test_held_patient_wears_a_flag(house):
    held, free = house.patient(), house.patient()
    make.make_hold(held)

    assert [flag.label for flag in flags.list_flags(held.pk)] == ["Hold"]
    assert flags.list_flags(free.pk) == []


def test_term_on_the_chart_page_is_that_of_the_facts(house, django_assert_num_queries):
    free, held, proposed = house.patient(), house.patient(), house.patient()
    unasked = make.make_patient(house.unit)
    make.make_hold(held)
    batch = house.proposed(proposed)
    patients = (free, held, proposed, unasked)
    facts = charts.map_facts([patient.pk for patient in patients])

    with django_assert_num_queries(4):
        terms = {patient.pk: charts.get_term(patient.pk) for patient in patients}

    assert terms == {
        pk: charts.Term(
            eligible_on=fact.eligible_on,
            governing_on=fact.governing_on,
            block=fact.block,
            governing_cite=fact.governing_cite,
            batch_id=fact.batch_id,
            is_held=fact.hold_id is not None,
        )
        for pk, fact in facts.items()
    }
    assert terms[proposed.pk].batch_id == batch.pk
    assert [terms[patient.pk].is_held for patient in patients] == [False, True, False, False]


def test_term_is_over_from_its_day_on(house):
    term = charts.get_term(house.patient().pk)

    assert term.is_over(term.eligible_on)
    assert not term.is_over(term.eligible_on - timedelta(days=1))
    assert not charts.get_term(make.make_patient(house.unit).pk).is_over(date.max)


def work_of(user):
    return {
        source.name: [(item.what, item.why) for item in source.oldest(user, 10)]
        for source in sources_for(user)
        if source.name in ("Destruction", "Holds")
    }


def counts_of(user):
    return {
        source.name: source.count(user)
        for source in sources_for(user)
        if source.name in ("Destruction", "Holds")
    }


def test_batches_wait_for_whoever_can_take_the_next_step(house):
    batch = house.proposed(house.patient())
    first = (f"Judge destruction {batch.number}", "It waits for a first approval")
    assert work_of(house.supervisor) == {"Destruction": [first]}
    assert work_of(house.clerk) == {"Destruction": []}
    assert work_of(house.compliance) == {"Destruction": [], "Holds": []}

    make.batches.approve(actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch))

    second = (f"Judge destruction {batch.number}", "It waits for a second approval")
    assert work_of(house.supervisor) == {"Destruction": []}
    assert work_of(house.compliance)["Destruction"] == [second]

    make.batches.approve(actor=house.compliance, batch_id=batch.pk, seen=make.seen(batch))

    last = (f"Carry out destruction {batch.number}", "It is approved by two people")
    assert work_of(house.compliance)["Destruction"] == [last]
    assert counts_of(house.compliance) == {"Destruction": 1, "Holds": 0}

    make.batches.send_back(
        actor=house.compliance, batch_id=batch.pk, seen=make.seen(batch), reason="No"
    )

    assert work_of(house.clerk)["Destruction"] == [
        (f"Mend destruction {batch.number}", "It was returned to you")
    ]
    assert work_of(house.supervisor) == {"Destruction": []}


def test_proposer_who_could_approve_is_not_asked_to(house):
    house.clerk = make.make_user("SUPERVISOR", "COMPLIANCE", unit=house.unit)
    house.proposed(house.patient())

    assert work_of(house.clerk)["Destruction"] == []


def test_holds_to_ask_about_wait_for_compliance(house):
    due = make.make_hold(house.patient(), remind_on=make.date(2026, 1, 1))
    make.make_hold(house.patient(), remind_on=make.date(2090, 1, 1))

    assert work_of(house.compliance)["Holds"] == [
        (f"Ask whether the hold “{due.name}” still stands", "Its date to be asked about has come")
    ]
    assert counts_of(house.compliance)["Holds"] == 1


def test_search_can_ask_when_charts_were_destroyed(house):
    gone, here = house.patient(), house.patient()
    house.done(gone)

    found = stubs.map_destroyed([gone.pk, here.pk])

    assert list(found) == [gone.pk]


def keepers_work(user):
    return {
        source.name: (source.count(user), [item.what for item in source.oldest(user, 10)])
        for source in sources_for(user)
        if source.name in ("Schedule", "Retention")
    }


def test_rows_to_confirm_are_one_line_for_who_keeps_the_schedule(house):
    rows = [make.make_rule(code=f"DOUBT-{number}", certainty="LOW") for number in range(2)]
    house_rows = schedule.count_doubtful(timezone.localdate())

    assert house_rows >= len(rows)
    assert keepers_work(house.compliance)["Schedule"] == (
        1,
        [f"Confirm {house_rows} rows of the schedule"],
    )
    assert keepers_work(house.clerk) == keepers_work(house.supervisor) == {}


def test_rows_that_are_all_confirmed_ask_for_nothing(house):
    with attributing(house.compliance):
        ScheduleRule.objects.exclude(certainty="HIGH").update(certainty="HIGH")

    assert keepers_work(house.compliance)["Schedule"] == (0, [])


@pytest.mark.parametrize("charts_due", [1, 3])
def test_charts_past_their_term_are_one_line_at_the_same_cost(
    house, charts_due, django_assert_num_queries
):
    assert keepers_work(house.compliance)["Retention"] == (0, [])
    for _ in range(charts_due):
        house.patient()
    make.make_hold(house.patient())
    house.proposed(house.patient())
    source = next(s for s in sources_for(house.compliance) if s.name == "Retention")
    user = again(house.compliance)

    with django_assert_num_queries(6):
        assert source.count(user) == 1
        (item,) = source.oldest(user, 10)

    word = "1 chart" if charts_due == 1 else "3 charts"
    assert (item.what, item.url) == (
        f"See to {word} past their term",
        f"{reverse('retention:home')}?standing=free",
    )
