"""The schedule: loaded once, changed by dated rows, confirmed, previewed."""

from dataclasses import replace
from datetime import date

import pytest

from audit.models import Event
from records.retention import seeds
from records.retention.enums import Certainty
from records.retention.errors import RoleMissing, RuleChanged, RuleRefused
from records.retention.models import AgeOfMajority, Evaluation, ScheduleRule
from records.retention.selectors import schedule as rows
from records.retention.services import schedule
from records.retention.services.schedule import NewTerms
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db

LONGER = NewTerms(30, "ZZ Code 1.2", Certainty.HIGH, date(2026, 11, 24), date(2026, 11, 22), "New")


def test_every_shipped_row_is_in_the_database_as_the_rules_weigh_it():
    shipped = {rule.code: rule for rule in seeds.schedule_rows()}
    stored = {row.code: rows.as_rule(row) for row in ScheduleRule.objects.all()}

    assert {code: stored[code] for code in shipped} == shipped
    assert rows.load_majority(date(2026, 11, 23)) == sorted(
        seeds.majority_rows(), key=lambda row: row.state
    )


def test_sync_leaves_what_people_made_alone(owner_rows):
    with make.attributing(make.system()):
        ScheduleRule.objects.filter(code="TX-HOSPITAL-ADULT-D10").update(certainty="HIGH")

        assert schedule.sync() == 0

    row = ScheduleRule.objects.get(code="TX-HOSPITAL-ADULT-D10")
    assert row.certainty == "HIGH"


@pytest.fixture
def owner_rows():
    """What `migrate` has loaded."""
    return ScheduleRule.objects.count(), AgeOfMajority.objects.count()


def test_sync_loads_what_is_new(owner_rows, monkeypatch):
    shipped = seeds.schedule_rows()
    new = replace(shipped[0], code="US-NEW", state="")
    monkeypatch.setattr(seeds, "schedule_rows", lambda: (*shipped, new))

    with make.attributing(make.system()):
        assert schedule.sync() == 1

    assert rows.as_rule(ScheduleRule.objects.get(code="US-NEW")) == new


def test_change_ends_the_old_row_and_begins_a_new_one(house):
    new = schedule.change(actor=house.compliance, rule_id=house.rule.pk, terms=LONGER)

    old = ScheduleRule.objects.get(pk=house.rule.pk)
    assert (old.years, old.effective_to) == (10, date(2026, 11, 23))
    assert (new.code, new.years, new.cite, new.effective_from, new.effective_to) == (
        old.code,
        30,
        "ZZ Code 1.2",
        date(2026, 11, 24),
        None,
    )
    event = Event.objects.get(action="SCHEDULE_CHANGED")
    assert (event.actor_id, event.subject_id) == (house.compliance.pk, str(new.pk))
    assert event.detail == {
        "code": old.code,
        "effective_from": "2026-11-24",
        "before": 10,
        "after": 30,
    }


@pytest.mark.parametrize("as_of, expected", [("2026-11-23", 10), ("2026-11-24", 30)])
def test_rules_are_those_of_the_day(house, as_of, expected):
    patient = house.patient()
    schedule.change(actor=house.compliance, rule_id=house.rule.pk, terms=LONGER)

    make.evaluations.evaluate(as_of=date.fromisoformat(as_of))

    found = Evaluation.objects.get(pk=patient.pk)
    assert found.governing_on == date(2001 + expected, 3, 1)


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "PROVIDER", "ADMINISTRATOR"])
def test_only_compliance_changes_and_confirms(house, role):
    actor = make.make_user(role, unit=house.unit)

    with pytest.raises(RoleMissing):
        schedule.change(actor=actor, rule_id=house.rule.pk, terms=LONGER)
    with pytest.raises(RoleMissing):
        schedule.confirm(actor=actor, rule_id=house.rule.pk, on=date(2026, 11, 23))

    assert ScheduleRule.objects.filter(code=house.rule.code).count() == 1


def test_row_that_has_ended_is_neither_changed_nor_confirmed(house):
    schedule.change(actor=house.compliance, rule_id=house.rule.pk, terms=LONGER)

    for attempt in (
        lambda: schedule.change(actor=house.compliance, rule_id=house.rule.pk, terms=LONGER),
        lambda: schedule.confirm(
            actor=house.compliance, rule_id=house.rule.pk, on=date(2026, 11, 23)
        ),
        lambda: schedule.preview(rule_id=house.rule.pk, terms=LONGER),
    ):
        with pytest.raises(RuleChanged):
            attempt()


@pytest.mark.parametrize(
    "terms",
    [replace(LONGER, years=None), replace(LONGER, effective_from=date(1990, 1, 1))],
)
def test_change_that_contradicts_itself_is_refused(house, terms):
    with pytest.raises(RuleRefused):
        schedule.change(actor=house.compliance, rule_id=house.rule.pk, terms=terms)

    assert ScheduleRule.objects.get(pk=house.rule.pk).effective_to is None


def test_permanent_row_takes_no_years(house):
    rule = make.make_rule(term_kind="PERMANENT", years=None)

    with pytest.raises(RuleRefused):
        schedule.change(actor=house.compliance, rule_id=rule.pk, terms=LONGER)
    new = schedule.change(
        actor=house.compliance, rule_id=rule.pk, terms=replace(LONGER, years=None)
    )

    assert new.years is None


def test_confirm_raises_the_certainty(house):
    rule = make.make_rule(certainty="LOW")

    schedule.confirm(actor=house.compliance, rule_id=rule.pk, on=date(2026, 11, 23))

    rule.refresh_from_db()
    assert (rule.certainty, rule.verified_on) == ("HIGH", date(2026, 11, 23))
    assert Event.objects.get(action="SCHEDULE_CHANGED").detail["confirmed"] is True


@pytest.mark.parametrize(
    "years, expected", [(30, (1, 0)), (10, (0, 0)), (9, (0, 0))], ids=["longer", "same", "idle"]
)
def test_preview_counts_and_writes_nothing(house, years, expected):
    # Nine years change nothing: ten are recommended by the profession, and the longest counts.
    patient = house.patient()
    before = Evaluation.objects.get(pk=patient.pk).eligible_on

    found = schedule.preview(rule_id=house.rule.pk, terms=replace(LONGER, years=years))

    assert (found.later, found.earlier) == expected
    assert Evaluation.objects.get(pk=patient.pk).eligible_on == before
