import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records.access.services import opening, rights
from records.encounters.enums import EncounterKind
from records.encounters.errors import EncounterUnknown
from records.encounters.selectors import encounters
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.encounters import world

pytestmark = pytest.mark.django_db


def scope_of(user, patient):
    return opening.peek_scope(actor=again(user), patient_id=patient.pk)


def pks(rows):
    return [row.pk for row in rows]


def stay_in(house, unit, patient, **facts):
    """A stay in a unit, by somebody of that unit and of the main one."""
    actor = make_user("CLERK", unit=unit)
    grant(house.main, user=actor)
    return world.visit(again(actor), patient, unit, **facts)


def test_encounters_of_the_chart_come_newest_first(house, patient):
    other = make_patient(house.main, actor=house.clerk)
    old = world.visit(house.clerk, patient, house.main, started_at=world.ago(days=90))
    new = world.visit(house.clerk, patient, house.main, started_at=world.ago(days=3))
    world.visit(house.clerk, other, house.main)
    scope = scope_of(house.clerk, patient)

    assert encounters.list_recent(scope, 5) == [new, old]
    assert encounters.list_recent(scope, 1) == [new]


def test_a_stay_in_a_hidden_unit_shows_only_to_those_who_may_know(house, patient, doctor):
    hidden = stay_in(
        house, house.programme, patient, attending=doctor, started_at=world.ago(days=4)
    )
    shown = stay_in(house, house.behavioural, patient, started_at=world.ago(days=5))
    keeper = make_user("CLERK", unit=house.programme)

    readers = {"clerk": house.clerk, "attending": house.provider, "keeper": keeper}
    scopes = {name: scope_of(user, patient) for name, user in readers.items()}
    expected = {"clerk": [shown], "attending": [hidden, shown], "keeper": [hidden, shown]}

    assert {name: encounters.list_recent(scopes[name], 9) for name in readers} == expected
    assert {name: pks(encounters.list_lines(scopes[name], 9)) for name in readers} == {
        name: pks(rows) for name, rows in expected.items()
    }
    with pytest.raises(EncounterUnknown):
        encounters.get_encounter(scope_of(house.clerk, patient), hidden.pk)


def test_lines_are_the_newest_encounters_in_one_query(
    house, patient, doctor, django_assert_num_queries
):
    old = world.visit(house.clerk, patient, house.main, started_at=world.ago(days=90))
    new = world.visit(
        house.clerk, patient, house.main, attending=doctor, started_at=world.ago(days=3)
    )
    scope = scope_of(house.clerk, patient)

    with django_assert_num_queries(1):
        lines = encounters.list_lines(scope, 5)

    assert lines == [
        encounters.Line(row.pk, row.started_at, row.kind, row.status, row.reason, place)
        for row, place in ((new, doctor.name), (old, house.main.name))
    ]
    assert [line.kind_label for line in lines] == [
        new.get_kind_display(),
        old.get_kind_display(),
    ]
    assert encounters.list_lines(scope, 1) == lines[:1]


def test_stays_of_a_chart_in_a_hidden_unit_show_to_whom_it_was_granted(house):
    keeper = make_user("SUPERVISOR", unit=house.programme)
    patient = make_patient(house.programme, actor=keeper)
    stay = world.visit(keeper, patient, house.programme)
    rights.grant_chart(actor=keeper, chart_id=patient.pk, user=house.clerk, reason="Court case")

    assert encounters.list_recent(scope_of(house.clerk, patient), 9) == [stay]
    assert pks(encounters.list_lines(scope_of(house.clerk, patient), 9)) == [stay.pk]


def test_pages_follow_each_other_without_gap(house, patient, monkeypatch):
    monkeypatch.setattr(encounters, "PAGE", 2)
    same = world.ago(days=9)
    made = [
        world.visit(house.clerk, patient, house.main, started_at=at)
        for at in (world.ago(days=30), same, same, same, world.ago(days=5))
    ]
    scope = scope_of(house.clerk, patient)

    found, after, pages = [], "", 0
    while True:
        page = encounters.get_page(scope, after=after)
        found += page.encounters
        pages += 1
        after = page.next_key
        if not after:
            break

    assert found == [made[4], made[3], made[2], made[1], made[0]]
    assert pages == 3


@pytest.mark.parametrize(
    "key", ["", "nonsense", "2026-01-01_5", "2026-01-01T00:00:00+00:00_x", "_"]
)
def test_a_key_of_no_use_begins_anew(house, patient, key):
    visit = world.visit(house.clerk, patient, house.main)

    assert encounters.get_page(scope_of(house.clerk, patient), after=key).encounters == [visit]


def test_one_encounter_is_of_its_chart(house, patient):
    other = make_patient(house.main, actor=house.clerk)
    visit = world.visit(house.clerk, other, house.main)

    assert encounters.get_patient_id(visit.pk) == other.pk
    assert encounters.get_patient_id(0) is None
    with pytest.raises(EncounterUnknown) as unknown:
        encounters.get_encounter(scope_of(house.clerk, patient), visit.pk)
    assert unknown.value.status == 404


def test_moves_and_steps_come_in_order_with_their_people(house, patient, doctor):
    stay = world.begin(house.clerk, patient, house.main)
    world.transfer(house.supervisor, stay, to_attending=doctor)
    world.discharge(house.clerk, stay)

    with CaptureQueriesContext(connection) as queries:
        steps = [(s.to_status, s.changed_by.display_name) for s in encounters.list_steps(stay)]
        moves = [
            (m.to_location, m.moved_by.display_name, m.to_attending.name)
            for m in encounters.list_moves(stay)
        ]

    assert steps == [("IN_PROGRESS", "Rosa Delgado"), ("DISCHARGED", "Rosa Delgado")]
    assert moves == [("4 West, bed 2", "Sam Ito", "Nair, Priya MD")]
    assert len(queries) == 2


def test_labels_for_the_access_log(house, patient):
    visit = world.visit(house.clerk, patient, house.main, kind=EncounterKind.OUTPATIENT)

    assert encounters.map_labels([visit.pk, 0]) == {visit.pk: ("Outpatient", visit.started_at)}
    assert timezone.is_aware(visit.started_at)
