from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg2.errors import InsufficientPrivilege

from audit.writes import attributing
from records.encounters.models import Encounter, Provider
from tests.records.encounters import world

pytestmark = pytest.mark.django_db


def refused(actor, constraint, save):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), attributing(actor):
        save()


def test_an_encounter_that_cannot_be_is_refused(house, patient):
    key = uuid4()
    known = world.visit(house.clerk, patient, house.main, submission_key=key)
    over = world.visit(house.clerk, patient, house.main)
    world.begin(house.clerk, patient, house.main)
    broken = [
        ("encounters_encounter_kind_is_known", {"kind": "PARTY"}),
        ("encounters_encounter_status_is_known", {"status": "LOST", "ended_at": None}),
        (
            "encounters_encounter_ends_after_start",
            {"ended_at": over.started_at - timedelta(minutes=1)},
        ),
        ("encounters_encounter_discharged_when_ended", {"ended_at": None}),
        ("encounters_encounter_discharged_when_ended", {"status": "CANCELLED"}),
        ("encounters_encounter_one_open_stay", {"status": "IN_PROGRESS", "ended_at": None}),
    ]

    for constraint, changes in broken:
        stored = world.again(over)
        for name, value in changes.items():
            setattr(stored, name, value)
        refused(house.clerk, constraint, partial(stored.save, update_fields=[*changes]))

    values = {
        "patient": patient,
        "unit": house.main,
        "kind": "OUTPATIENT",
        "status": "PLANNED",
        "started_at": timezone.now(),
        "created_by": house.clerk,
    }
    for constraint, changes in (
        ("encounters_encounter_account_is_unique", {"account_number": known.account_number}),
        ("encounters_encounter_submitted_once", {"account_number": "X", "submission_key": key}),
    ):
        refused(house.clerk, constraint, Encounter(**values | changes).save)


def test_a_national_number_is_one_practitioners(house, doctor):
    refused(
        house.clerk,
        "encounters_provider_npi_is_unique",
        Provider(name="Hale, Ann MD", npi=doctor.npi).save,
    )


def test_rows_name_nobody_in_their_text(house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    world.transfer(house.clerk, stay)

    texts = [str(stay), str(stay.moves.get()), str(stay.status_changes.get())]
    assert not any("Muñoz" in text or "Chest" in text for text in texts)


@pytest.mark.promise
def test_histories_and_numbers_stay_as_they_were_written(second_connection):
    for statement in (
        "DELETE FROM encounters_encounter",
        "UPDATE encounters_encounter SET account_number = 'x'",
        "UPDATE encounters_encounter SET submission_key = NULL",
        "DELETE FROM encounters_encountermove",
        "UPDATE encounters_encountermove SET to_location = 'x'",
        "DELETE FROM encounters_encounterstatuschange",
        "UPDATE encounters_encounterstatuschange SET reason = 'x'",
        "TRUNCATE encounters_encounterstatuschange",
    ):
        with second_connection.cursor() as cursor, pytest.raises(InsufficientPrivilege):
            cursor.execute(statement)
