"""What says that a chart is gone, and what is left of one that is not."""

import psycopg2
import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from records.documents import tracking
from records.documents.models import Document
from records.documents.services import corrections
from records.patients.models import Patient
from records.patients.services import numbers
from tests.records.retention import factories as make

pytestmark = [pytest.mark.promise, pytest.mark.committed]

STUB = """
    INSERT INTO retention_stub (patient_id, destroyed_at, document_count, page_count, abstract,
                                item_id, unit_id)
    SELECT patient_id, now(), 1, 1, '{}', id, unit_id FROM retention_batchitem WHERE batch_id = %s
"""
FORGET = "DELETE FROM auditlog_logentry WHERE content_type_id = %s AND object_id = %s"


@pytest.mark.parametrize("step", ["proposed", "approved_once", "approved", "executing"])
def test_no_stub_is_written_of_a_chart_that_is_there(house, session, step):
    batch = getattr(house, step)(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation):
        session.run(STUB, batch.pk)

    session.rollback()
    assert session.run("SELECT count(*) FROM retention_stub") == [(0,)]


def test_history_of_a_chart_that_is_there_is_kept(house, session):
    patient = house.patient()
    rename(house, patient)
    before = session.run("SELECT count(*) FROM auditlog_logentry")

    for kind, key in LogEntry.objects.values_list("content_type_id", "object_id").distinct():
        with pytest.raises(psycopg2.errors.RestrictViolation, match="as long as the chart"):
            session.run(FORGET, kind, key)
        session.rollback()

    assert session.run("SELECT count(*) FROM auditlog_logentry") == before
    assert before[0][0] > 1


def test_history_of_a_destroyed_chart_does_not_open_that_of_another(house, session):
    gone, there = house.patient(), house.patient()
    rename(house, there)
    house.done(gone)
    kind = ContentType.objects.get_for_model(Patient).pk

    with pytest.raises(psycopg2.errors.RestrictViolation, match="as long as the chart"):
        session.run("DELETE FROM auditlog_logentry")
    session.rollback()

    assert LogEntry.objects.filter(content_type_id=kind, object_id=there.pk).exists()
    assert not LogEntry.objects.filter(content_type_id=kind, object_id=gone.pk).exists()


@pytest.mark.parametrize("is_destroyed", [True, False])
def test_what_documents_said_before_goes_with_the_chart_and_not_sooner(
    house, session, is_destroyed
):
    patient = house.patient()
    document = Document.objects.get(patient=patient)
    retitle(house, document)
    if is_destroyed:
        house.done(patient)
    kind = ContentType.objects.get_for_model(Document).pk
    left = LogEntry.objects.filter(content_type_id=kind, object_id=document.pk)

    if is_destroyed:
        assert not left.exists()
        return
    with pytest.raises(psycopg2.errors.RestrictViolation, match="as long as the chart"):
        session.run(FORGET, kind, document.pk)
    session.rollback()
    assert [entry.changes for entry in left] == [{"title": ["Before", "After"]}]


@pytest.mark.parametrize("step", ["proposed", "approved_once", "approved", "executing"])
def test_numbers_of_a_chart_that_is_there_are_kept(house, session, step):
    patient = house.patient()
    give_ssn(house, patient)
    getattr(house, step)(patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="as long as the chart"):
        session.run("DELETE FROM patients_identifier WHERE kind = 'SSN'")

    session.rollback()
    assert session.run("SELECT count(*) FROM patients_identifier WHERE kind = 'SSN'") == [(1,)]


def test_record_numbers_stay_also_of_a_destroyed_chart(house, session):
    patient, there = house.patient(), house.patient()
    for one in (patient, there):
        give_ssn(house, one)
    house.done(patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="never used again"):
        session.run("DELETE FROM patients_identifier WHERE patient_id = %s", patient.pk)
    session.rollback()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run("TRUNCATE patients_identifier")
    session.rollback()

    assert session.run("SELECT patient_id, kind FROM patients_identifier ORDER BY id") == [
        (patient.pk, "MRN"),
        (there.pk, "MRN"),
        (there.pk, "SSN"),
    ]


HISTORIES = {
    "encounters_encountermove": "to_location",
    "encounters_encounterstatuschange": "reason",
    "documents_documentmove": "reason",
    "documents_documentstatuschange": "reason",
}


@pytest.mark.parametrize("step", ["proposed", "approved_once", "approved", "executing"])
def test_words_of_a_chart_that_is_there_are_kept(house, session, step):
    patient = house.patient()
    getattr(house, step)(patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="as long as the chart"):
        session.run("SELECT retention_forget_words(%s)", patient.pk)


@pytest.mark.parametrize(("table", "column"), HISTORIES.items())
@pytest.mark.parametrize("word", ["Chart destroyed", "", "another story"])
def test_no_word_of_a_history_is_rewritten_by_the_application(house, session, table, column, word):
    house.done(house.patient())

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run(f"UPDATE {table} SET {column} = %s", word)


def test_owner_takes_words_of_destroyed_charts_alone_and_puts_none_in(house, owner_connection):
    gone, there = house.patient(), house.patient()
    document = there.documents.get()
    corrections.void(
        actor=house.supervisor,
        document_id=document.pk,
        lock_version=document.lock_version,
        reason="Another's",
    )
    house.done(gone)
    change = "UPDATE documents_documentstatuschange SET reason = %s WHERE document_id = %s"
    with owner_connection.cursor() as cursor:
        for patient, word in ((there, "Chart destroyed"), (gone, "another story"), (gone, "")):
            document = patient.documents.get()
            with pytest.raises(psycopg2.errors.RestrictViolation, match="only ever added"):
                cursor.execute(change, (word, document.pk))
        cursor.execute(change, ("Chart destroyed", gone.documents.get().pk))
        assert cursor.rowcount > 0
        with pytest.raises(psycopg2.errors.RestrictViolation, match="only ever added"):
            cursor.execute("DELETE FROM documents_documentstatuschange")


def test_nobody_removes_history_without_a_name(house, second_connection):
    rename(house, house.patient())

    with (
        second_connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.RestrictViolation, match="by somebody"),
    ):
        cursor.execute("DELETE FROM auditlog_logentry")


def give_ssn(house, patient):
    with make.attributing(house.clerk):
        text = f"219-09-{patient.pk % 9000 + 1000}"
        numbers.set_ssn(actor=house.clerk, patient=patient, text=text)


def retitle(house, document):
    """Keep a change of a document as the house does."""
    with make.attributing(house.clerk):
        tracking.note(document, {"title": ("Before", "After")})


def rename(house, patient):
    """Change a patient as the house does, so that there is history."""
    with make.attributing(house.clerk):
        patient = Patient.objects.get(pk=patient.pk)
        patient.family = "Renamed"
        patient.save()
