"""Moving a chart to another unit: who may, what it writes, and what it leaves."""

import threading

import pytest
from django.db import IntegrityError, connection

from accounts.roles import Role
from audit.enums import Action
from audit.models import RowChange
from audit.writes import attributing
from records.access.errors import ChartMovedMeanwhile, ChartRefused, ChartUnknown, MoveRefused
from records.access.models import Chart, ChartMove, ChartUnit
from records.access.selectors import moves, units
from records.access.services import charts, rights
from records.access.services import units as unit_services
from records.documents.models import Document
from records.patients.models import Patient
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant, make_unit
from tests.requests_release import builders as release
from tests.trail import events_of


def keeper_of(*kept):
    """Somebody who works in all of these units."""
    user = make_user(Role.SUPERVISOR)
    for unit in kept:
        grant(unit, user=user)
    return again(user)


@pytest.fixture
def keeper(house):
    return keeper_of(house.main, house.behavioural)


def move(actor, patient, unit, **changes):
    facts = {"reason": "Care goes on there", "seen": None} | changes
    return charts.move(actor=again(actor), chart_id=patient.pk, unit_id=unit.pk, **facts)


def unit_of(patient):
    return Chart.objects.get(pk=patient.pk).unit


def nothing_written(patient, unit):
    assert unit_of(patient) == Patient.objects.get(pk=patient.pk).unit == unit
    assert ChartMove.objects.count() == 0
    assert [event for event in events_of(Action.CHART_MOVED) if event.outcome == "SUCCESS"] == []


def test_move_writes_row_event_and_change(house, patient, keeper):
    made = move(keeper, patient, house.behavioural)

    assert unit_of(patient) == Patient.objects.get(pk=patient.pk).unit == house.behavioural
    assert (made.from_unit, made.to_unit, made.reason, made.moved_by) == (
        house.main,
        house.behavioural,
        "Care goes on there",
        keeper,
    )
    [event] = events_of(Action.CHART_MOVED)
    assert (event.actor_id, event.patient_id, event.subject_type, event.subject_id) == (
        keeper.pk,
        patient.pk,
        "unit",
        str(house.behavioural.pk),
    )
    assert event.detail == {"from_unit": house.main.pk, "to_unit": house.behavioural.pk}
    changed = RowChange.objects.filter(actor_id=keeper.pk).order_by("id")
    assert [(row.table_name, row.operation) for row in changed][-3:] == [
        ("access_chartmove", "INSERT"),
        ("access_chart", "UPDATE"),
        ("patients_patient", "UPDATE"),
    ]


def test_moves_are_listed_newest_first(house, patient, keeper):
    first = move(keeper, patient, house.behavioural)
    second = move(keeper, patient, house.main, reason="Back")

    assert moves.list_moves(patient.pk) == [second, first]
    assert (moves.get_last(patient.pk), moves.get_last_key(patient.pk)) == (second, second.pk)
    assert moves.get_last_key(987654) == 0


def test_same_move_twice_is_done_once(house, patient, keeper):
    first = move(keeper, patient, house.behavioural, seen=0)
    second = move(keeper, patient, house.behavioural, seen=0)

    assert second == first
    assert len(events_of(Action.CHART_MOVED)) == ChartMove.objects.count() == 1


def test_old_form_does_not_move_again_what_came_back(house, patient, keeper):
    move(keeper, patient, house.behavioural, seen=0)
    back = move(keeper, patient, house.main)

    with pytest.raises(ChartMovedMeanwhile):
        move(keeper, patient, house.behavioural, seen=0)

    assert (moves.get_last(patient.pk), unit_of(patient)) == (back, house.main)


@pytest.mark.parametrize(
    "held, said",
    [
        (("main",), "You cannot move this chart to that unit."),
        (("behavioural",), "You have no ground to open this chart"),
        ((), "You have no ground to open this chart"),
    ],
)
def test_who_does_not_work_in_both_units_moves_nothing(house, patient, held, said):
    person = keeper_of(*(getattr(house, name) for name in held))

    with pytest.raises((MoveRefused, ChartRefused), match=said):
        move(person, patient, house.behavioural)

    nothing_written(patient, house.main)


def test_a_ground_beside_the_unit_is_not_enough(house, patient):
    person = keeper_of(house.behavioural)
    rights.grant_chart(actor=house.supervisor, chart_id=patient.pk, user=person, reason="Audit")

    with pytest.raises(MoveRefused, match="You do not work in the unit that keeps this chart"):
        move(person, patient, house.behavioural)

    nothing_written(patient, house.main)


@pytest.mark.parametrize("kind", ["closed", "of another facility"])
def test_unit_that_is_closed_or_of_another_facility_is_not_offered(house, patient, kind):
    unit = make_unit(facility=house.main.facility) if kind == "closed" else make_unit()
    offered = make_unit(facility=house.main.facility)
    person = keeper_of(house.main, unit, offered)
    if kind == "closed":
        facts = {"name": unit.name, "is_listed": True, "sensitivity_classes": []}
        unit_services.change(actor=house.administrator, unit_id=unit.pk, is_active=False, **facts)

    with pytest.raises(MoveRefused, match="You cannot move this chart to that unit"):
        move(person, patient, unit)

    assert list(units.list_move_targets(again(person), house.main)) == [offered]
    nothing_written(patient, house.main)


def test_destroyed_chart_and_unknown_chart_are_not_moved(house, patient, keeper):
    charts.mark_destroyed(actor=keeper, chart_id=patient.pk)

    with pytest.raises(Exception, match="was destroyed"):
        move(keeper, patient, house.behavioural)
    with pytest.raises(ChartUnknown):
        move(keeper, Patient(pk=987654), house.behavioural)

    nothing_written(patient, house.main)


def test_old_and_new_unit_are_no_further_keepers_beside_it(house, patient, keeper):
    third = make_unit(facility=house.main.facility)
    for unit in (house.behavioural, house.main, third):
        charts.add_unit(actor=keeper, chart_id=patient.pk, unit_id=unit.pk)

    move(keeper, patient, house.behavioural)

    assert [row.unit for row in ChartUnit.objects.filter(chart=patient.pk)] == [third]


def test_failing_follower_takes_the_whole_move_back(house, patient, keeper, monkeypatch):
    monkeypatch.setattr("records.access.custody.follow_all", lambda chart_id, unit_id: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        move(keeper, patient, house.behavioural)

    nothing_written(patient, house.main)


def test_why_it_moved_is_kept_as_long_as_the_chart(house, patient, keeper):
    move(keeper, patient, house.behavioural)

    with (
        pytest.raises(IntegrityError, match="only ever added"),
        attributing(keeper),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT access_forget_moves(%s)", [patient.pk])

    assert moves.get_last(patient.pk).reason == "Care goes on there"
    charts.mark_destroyed(actor=keeper, chart_id=patient.pk)
    assert moves.get_last(patient.pk).reason == "Chart destroyed"


@pytest.mark.committed
@pytest.mark.long
def test_document_filed_while_the_chart_moves_goes_along():
    house = build_house()
    keeper = keeper_of(house.main, house.behavioural)
    patient = make_patient(house.main, actor=keeper)
    start, failed = threading.Barrier(2), []

    def run(deed):
        try:
            start.wait(timeout=30)
            deed()
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    def file_several():
        for number in range(6):
            release.file_document(
                patient, again(keeper), title=f"Paper {number}", content=release.pdf(1, f"{number}")
            )

    def move_to_and_fro():
        for unit in (house.behavioural, house.main, house.behavioural) * 3:
            move(keeper, patient, unit)

    threads = [
        threading.Thread(target=run, args=(deed,)) for deed in (file_several, move_to_and_fro)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert failed == []
    assert {row.unit_id for row in Document.objects.all()} == {house.behavioural.pk}
    assert (Document.objects.count(), unit_of(patient)) == (6, house.behavioural)


@pytest.mark.committed
@pytest.mark.long
def test_two_who_move_at_once_move_once_each_or_are_told():
    house = build_house()
    third = make_unit(facility=house.main.facility)
    keeper = keeper_of(house.main, house.behavioural, third)
    patient = make_patient(house.main, actor=keeper)
    start, outcomes = threading.Barrier(2), []

    def run(unit):
        try:
            start.wait(timeout=30)
            move(keeper, patient, unit, seen=0)
            outcomes.append("moved")
        except ChartMovedMeanwhile:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(unit,)) for unit in (house.behavioural, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["moved", "told"]
    assert ChartMove.objects.get().to_unit == unit_of(patient)
