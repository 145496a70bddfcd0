"""Units and charts as objects of custody."""

import pytest

from audit.enums import Action, Outcome
from records.access.enums import ChartStatus
from records.access.models import Chart, ChartUnit, CustodyUnit
from records.access.selectors import units as selectors
from records.access.services import charts, units
from tests.factories.people import again
from tests.factories.units import grant, make_facility
from tests.trail import count_events, events_of


def last_fact():
    event = events_of(Action.SETTING_CHANGED)[-1]
    return event.outcome, event.actor_id, event.subject_type, event.subject_id, event.detail


def test_facility_and_unit_are_made_with_events(house):
    facility = make_facility(code="NF", name="North Clinic", state="PA", time_zone="US/Central")
    assert last_fact()[2:] == ("facility", str(facility.pk), {})

    unit = units.create(
        actor=house.administrator,
        facility=facility,
        code="EH",
        name="Employee health",
        is_listed=False,
        sensitivity_classes=["HIV"],
    )

    assert (unit.facility, unit.code, unit.is_listed, unit.is_active) == (
        facility,
        "EH",
        False,
        True,
    )
    assert unit.sensitivity_classes == ["HIV"]
    assert last_fact() == (
        Outcome.SUCCESS,
        house.administrator.pk,
        "unit",
        str(unit.pk),
        {},
    )
    assert selectors.get_facility_of(unit.pk) == facility


def change(house, **facts):
    unit = house.main
    values = {
        "name": unit.name,
        "is_listed": unit.is_listed,
        "sensitivity_classes": unit.sensitivity_classes,
        "is_active": unit.is_active,
    }
    return units.change(actor=house.administrator, unit_id=unit.pk, **values | facts)


@pytest.mark.parametrize(
    "facts, fields",
    [
        ({"name": "Ground floor"}, ["name"]),
        ({"is_listed": False, "is_active": False}, ["is_listed", "is_active"]),
        ({"sensitivity_classes": ["HIV", "STI"]}, ["sensitivity_classes"]),
    ],
)
def test_change_tells_the_names_of_changed_fields(house, facts, fields):
    change(house, **facts)

    unit = CustodyUnit.objects.get(pk=house.main.pk)
    assert {name: getattr(unit, name) for name in facts} == facts
    assert last_fact()[4] == {"fields": fields}


def test_change_of_nothing_writes_nothing(house):
    before = count_events()

    change(house)

    assert count_events() == before


def test_units_one_may_add_charts_to_are_those_in_use_and_held(house):
    grant(house.behavioural, user=house.clerk)
    change(house, is_active=False)

    assert list(selectors.list_open_units(again(house.clerk))) == [house.behavioural]
    assert list(selectors.list_units()) == [house.behavioural, house.main, house.programme]


def test_chart_is_opened_in_a_unit_in_use(house):
    chart = charts.create(actor=house.clerk, unit_id=house.main.pk)
    change(house, is_active=False)

    assert (chart.unit, chart.status, chart.is_restricted) == (house.main, ChartStatus.OPEN, False)
    with pytest.raises(CustodyUnit.DoesNotExist):
        charts.create(actor=house.clerk, unit_id=house.main.pk)
    assert Chart.objects.count() == 1


def test_further_unit_is_added_once(house, patient):
    facts = {"chart_id": patient.pk, "unit_id": house.behavioural.pk}
    before = len(events_of(Action.RIGHT_GRANTED))

    rows = [charts.add_unit(actor=house.supervisor, **facts) for _ in range(2)]

    assert rows[0] == rows[1] == ChartUnit.objects.get()
    (event,) = events_of(Action.RIGHT_GRANTED)[before:]
    assert (event.patient_id, event.subject_type, event.subject_id) == (
        patient.pk,
        "unit",
        str(house.behavioural.pk),
    )
