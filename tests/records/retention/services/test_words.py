"""Words about a patient in histories: gone with the chart, while what was done stays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.writes import attributing
from records.access.models import ChartMove
from records.documents.models import DocumentMove, DocumentStatusChange
from records.documents.services import corrections
from records.encounters.enums import EncounterKind, EncounterStatus
from records.encounters.models import Encounter, EncounterMove, EncounterStatusChange
from records.encounters.services import encounters
from records.encounters.services.encounters import EncounterFacts
from records.retention.services import evaluations
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=365 * 30)
WORDS = ("ZYUNIT", "ZYBED", "ZYMOVED", "ZYREASON", "ZYVOID", "ZYRESTORE", "ZYMISFILED")
TABLES = (
    "access_chartmove",
    "encounters_encounter",
    "encounters_encountermove",
    "encounters_encounterstatuschange",
    "documents_document",
    "documents_documentmove",
    "documents_documentstatuschange",
)


def write_stay(house, patient):
    """A stay with a transfer, cancelled: each step has its words."""
    began = timezone.now() - LONG_AGO
    stay = encounters.begin(
        actor=house.clerk,
        patient_id=patient.pk,
        facts=EncounterFacts(
            kind=EncounterKind.INPATIENT,
            started_at=began,
            unit_id=patient.unit_id,
            location="ZYBED 4 West",
        ),
        status=EncounterStatus.IN_PROGRESS,
    )
    stay = encounters.transfer(
        actor=house.clerk,
        encounter_id=stay.pk,
        version=stay.version,
        to_location="ZYMOVED 5 East",
        to_service="",
        at=began + timedelta(hours=1),
    )
    encounters.cancel(
        actor=house.clerk, encounter_id=stay.pk, version=stay.version, reason="ZYREASON overdose"
    )


def write_document(house, patient, other):
    """A document that came from another chart, was voided and restored."""
    document = other.documents.get()
    common = {"actor": house.supervisor, "document_id": document.pk}
    corrections.move(
        **common,
        lock_version=document.lock_version,
        to_patient_id=patient.pk,
        to_encounter_id=None,
        reason="ZYMISFILED as her sister's",
    )
    document.refresh_from_db()
    corrections.void(**common, lock_version=document.lock_version, reason="ZYVOID words")
    document.refresh_from_db()
    corrections.restore(**common, lock_version=document.lock_version, reason="ZYRESTORE words")


def write_move(house, patient):
    """A move of the chart to another unit."""
    with attributing(house.clerk):
        ChartMove.objects.create(
            chart_id=patient.pk,
            from_unit_id=patient.unit_id,
            to_unit=make.make_unit(),
            reason="ZYUNIT words",
            moved_at=timezone.now(),
            moved_by=house.clerk,
        )


def left():
    """Which of the words stand where."""
    with connection.cursor() as cursor:
        found = set()
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t")
            text = " ".join(row for (row,) in cursor.fetchall())
            found |= {(table, word) for word in WORDS if word in text}
        return found


@pytest.mark.goal("G-41")
def test_words_of_stays_and_documents_go_with_the_chart(house):
    patient, other = house.patient(), house.patient()
    write_stay(house, patient)
    write_document(house, patient, other)
    write_move(house, patient)
    assert {word for _table, word in left()} == set(WORDS)
    steps = EncounterStatusChange.objects.count(), DocumentMove.objects.count()
    evaluations.refresh([patient.pk])

    assert make.run(house.executing(patient)) == "DONE"

    assert left() == set()
    assert (EncounterStatusChange.objects.count(), DocumentMove.objects.count()) == steps
    assert not Encounter.objects.filter(patient=patient).exclude(location="").exists()
    assert EncounterMove.objects.get().to_location == "Chart destroyed"
    last = DocumentStatusChange.objects.filter(to_status="DESTROYED").first()
    assert last.reason.startswith("Batch ")


def test_words_of_another_chart_stay(house):
    patient, there = house.patient(), house.patient()
    write_stay(house, there)
    write_move(house, there)
    before = left()

    house.done(patient)

    assert left() == before != set()
