"""Where a chart goes, every row goes that carries its unit: none is left with the old one's people.

A table with a column for a unit and a key of a patient or chart either follows the chart, or says
here why its unit is another thing.
"""

import pytest
from django.apps import apps
from django.db import connection

from audit.enums import Action
from records.access import custody
from records.access.models import Chart, CustodyUnit
from records.access.services import charts
from records.encounters.enums import EncounterKind, EncounterStatus
from records.encounters.models import Encounter
from records.encounters.services import encounters
from records.encounters.services.encounters import EncounterFacts
from records.patients.models import Patient
from records.retention.services import evaluations
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.access.services import asking
from tests.requests_release import builders as release
from tests.trail import events_of

# Rows of a patient whose unit is not the one that keeps the chart now, and why.
OF_THEIR_OWN = {
    "access_chart": "is what moves",
    "access_chartmove": "says from where to where",
    "access_chartunit": "further keepers; the move takes those of its two units away itself",
    "encounters_encounter": "where the patient was treated, whoever keeps the chart",
    "retention_batchitem": "frozen with the proposal; who sees it goes by the patient's unit",
    "retention_stub": "of a destroyed chart, which is not moved any more",
}
KEYS = {"patients_patient": "chart_id", "access_chart": "id"}


def _carriers():
    """Every table with a unit and the key of a patient or chart, with the column of that key."""
    found = {}
    for model in apps.get_models():
        fields = [field for field in model._meta.get_fields() if field.concrete]
        targets = {field.name: field.related_model for field in fields if field.related_model}
        owners = [
            model._meta.get_field(name).column
            for name, target in targets.items()
            if target in (Patient, Chart)
        ]
        is_owner = model in (Patient, Chart)
        if CustodyUnit in targets.values() and (owners or is_owner):
            table = model._meta.db_table
            found[table] = KEYS.get(table) or sorted(owners)[0]
    return found


def test_every_row_that_carries_a_unit_follows_or_says_why_not():
    found, following = _carriers(), {carrier.table for carrier in custody.registered()}

    assert set(found) == following | set(OF_THEIR_OWN)
    assert following & set(OF_THEIR_OWN) == set()
    assert all(OF_THEIR_OWN.values())
    assert len(following) >= 4


def _units_of(table, column, key):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT unit_id FROM {table} WHERE {column} = %s", [key])
        return [unit for (unit,) in cursor.fetchall()]


@pytest.mark.django_db
def test_rows_of_every_registered_table_follow_in_the_move_and_no_others():
    house = build_house()
    keeper = make_user("SUPERVISOR", unit=house.main)
    grant(house.behavioural, user=keeper)
    keeper = again(keeper)
    moved, other = (make_patient(house.main, actor=keeper) for _ in range(2))
    for patient in (moved, other):
        for _ in range(2):
            release.file_document(patient, keeper, title=f"Paper of {patient.pk}")
            release.log(patient, keeper)
        _admit(patient, keeper)
        asking.ask(house.stranger, patient)
    evaluations.refresh([moved.pk, other.pk])

    charts.move(
        actor=keeper, chart_id=moved.pk, unit_id=house.behavioural.pk, reason="Goes on there"
    )

    columns = _carriers()
    for carrier in custody.registered():
        column = columns[carrier.table]
        assert set(_units_of(carrier.table, column, moved.pk)) == {house.behavioural.pk}, carrier
        assert set(_units_of(carrier.table, column, other.pk)) == {house.main.pk}, carrier
    assert Chart.objects.get(pk=moved.pk).unit == house.behavioural
    assert {row.unit for row in Encounter.objects.all()} == {house.main}
    assert [event.patient_id for event in events_of(Action.CHART_MOVED)] == [moved.pk]


def _admit(patient, keeper):
    encounters.begin(
        actor=keeper,
        patient_id=patient.pk,
        facts=EncounterFacts(EncounterKind.INPATIENT, patient.registered_at, patient.unit_id),
        status=EncounterStatus.IN_PROGRESS,
    )
