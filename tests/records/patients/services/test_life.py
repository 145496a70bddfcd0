from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from records.access.models import Chart
from records.patients.errors import FactsRefused
from records.patients.services import life
from tests.records.patients import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2025, 3, 1), None])
def test_note_seen_stores_the_day_even_if_it_moves_back(house, patient, day):
    life.note_seen(actor=house.clerk, patient_id=patient.pk, on=date(2026, 2, 1))

    life.note_seen(actor=house.clerk, patient_id=patient.pk, on=day)

    stored = world.again(patient)
    assert (stored.last_seen_on, stored.version) == (day, 1)


def test_note_death_stores_the_day_and_overtakes_open_forms(house, patient):
    life.note_death(actor=house.clerk, patient_id=patient.pk, on=date(2026, 1, 2))

    stored = world.again(patient)
    assert (stored.died_on, stored.version) == (date(2026, 1, 2), 2)


def test_note_death_refuses_a_day_before_birth(house, patient):
    with pytest.raises(FactsRefused) as refused:
        life.note_death(actor=house.clerk, patient_id=patient.pk, on=date(1961, 3, 13))

    assert refused.value.field == "died_on"
    assert world.again(patient).died_on is None


@pytest.mark.parametrize(
    "on, left", [(date(2026, 1, 2), None), (date(2026, 1, 3), date(2026, 1, 2))]
)
def test_take_back_death_leaves_a_day_that_somebody_changed(house, patient, on, left):
    life.note_death(actor=house.clerk, patient_id=patient.pk, on=date(2026, 1, 2))

    life.take_back_death(actor=house.clerk, patient_id=patient.pk, on=on)

    assert world.again(patient).died_on == left


def test_mark_destroyed_closes_the_chart_and_keeps_the_day(destroyed):
    assert (destroyed.status, destroyed.destroyed_on) == ("DESTROYED", timezone.localdate())
    assert Chart.objects.get(pk=destroyed.pk).status == "DESTROYED"


def test_mark_destroyed_is_refused_by_the_database_outside_a_batch(house, patient):
    with pytest.raises(IntegrityError, match="outside an approved batch"), transaction.atomic():
        life.mark_destroyed(actor=house.clerk, patient_id=patient.pk)

    assert world.again(patient).status == "ACTIVE"
