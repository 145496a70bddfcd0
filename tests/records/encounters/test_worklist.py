import pytest

from records.access import worklists
from records.encounters.services import encounters
from tests.factories.patients import make_patient
from tests.records.encounters import world

pytestmark = pytest.mark.django_db


def care_of(user):
    """Count and lines of the queue."""
    source = next(one for one in worklists.sources_for(user) if one.name == "In your care")
    return source.count(user), source.oldest(user, 10)


def test_patients_in_a_practitioners_care_are_listed_the_longest_first(house, patient, doctor):
    newer = make_patient(house.main, actor=house.clerk, family="Okafor", given="Ada")
    world.begin(
        house.clerk,
        newer,
        house.main,
        attending=doctor,
        location="3 West, bed 2",
        started_at=world.ago(days=1),
    )
    world.begin(house.clerk, patient, house.main, attending=doctor, started_at=world.ago(days=2))

    count, items = care_of(house.provider)

    assert count == 2
    assert [(item.what, item.why, item.url, item.patient_id) for item in items] == [
        (
            "See the chart of MUÑOZ, Rosa",
            "You are the attending · Inpatient · Main file room",
            f"/charts/{patient.pk}/",
            patient.pk,
        ),
        (
            "See the chart of OKAFOR, Ada",
            "You are the attending · Inpatient · 3 West, bed 2",
            f"/charts/{newer.pk}/",
            newer.pk,
        ),
    ]


def test_nobody_else_and_nothing_that_is_over_or_cancelled_is_listed(
    house, patient, doctor, other_doctor
):
    stay = world.begin(house.clerk, patient, house.main, attending=doctor)
    other = make_patient(house.main, actor=house.clerk, family="Okafor", given="Ada")
    world.begin(house.clerk, other, house.main, attending=other_doctor)
    assert care_of(house.provider)[0] == 1

    world.step(encounters.cancel, house.clerk, stay)

    assert care_of(house.provider) == (0, [])
    assert care_of(house.clerk) == (0, [])
