"""Rows of the schedule changed and confirmed by forms."""

import pytest
from django.utils import timezone

from records.retention.models import ScheduleRule
from tests.records.retention import factories as make
from tests.records.retention.views.forms import url

pytestmark = pytest.mark.django_db


def rule_form(**facts):
    return {
        "years": "30",
        "cite": "ZZ Code 1.2",
        "certainty": "HIGH",
        "effective_from": "11/23/2026",
        "verified_on": "11/22/2026",
        "note": "",
    } | facts


def test_change_of_a_rule_is_previewed_and_changes_nothing(house, browse):
    house.patient()

    response = browse(house.compliance).post(
        url("rule_change", rule_id=house.rule.pk), rule_form(preview="1")
    )

    preview = response.context["preview"]
    assert (preview.later, preview.earlier, preview.unchanged) == (1, 0, 0)
    assert ScheduleRule.objects.filter(code=house.rule.code).count() == 1


def test_changed_rule_is_a_new_row(house, browse):
    response = browse(house.compliance).post(url("rule_change", rule_id=house.rule.pk), rule_form())

    rows = ScheduleRule.objects.filter(code=house.rule.code).order_by("effective_from")
    assert [(row.years, row.effective_to) for row in rows] == [
        (10, make.date(2026, 11, 22)),
        (30, None),
    ]
    assert response.url == url("rule_detail", rule_id=rows[1].pk)


@pytest.mark.parametrize(
    "facts, field",
    [
        ({"years": ""}, "years"),
        ({"cite": ""}, "cite"),
        ({"effective_from": "01/01/1980"}, "__all__"),
    ],
)
def test_change_that_is_filled_in_badly_is_shown_again(house, browse, facts, field):
    response = browse(house.compliance).post(
        url("rule_change", rule_id=house.rule.pk), rule_form(**facts)
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert ScheduleRule.objects.filter(code=house.rule.code).count() == 1


def test_rule_that_has_ended_is_not_changed(house, browse):
    browser = browse(house.compliance)
    browser.post(url("rule_change", rule_id=house.rule.pk), rule_form())

    response = browser.post(url("rule_change", rule_id=house.rule.pk), rule_form())

    assert response.status_code == 409


def test_doubtful_rule_is_confirmed(house, browse):
    rule = make.make_rule(certainty="LOW")

    browse(house.compliance).post(url("rule_confirm", rule_id=rule.pk))

    rule.refresh_from_db()
    assert (rule.certainty, rule.verified_on) == ("HIGH", timezone.localdate())
