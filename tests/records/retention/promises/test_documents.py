"""Documents: bytes never change, nothing is destroyed but by a batch that is being carried out."""

import io

import psycopg2
import pytest

from records.documents.models import DocumentVersion, UnfiledFile
from records.retention.models import BatchApproval, HoldDocument
from records.retention.services import holds
from tests.records.retention import factories as make

pytestmark = [pytest.mark.promise, pytest.mark.committed]

ERASE = """
    UPDATE documents_documentversion SET wrapped_key = NULL, key_erased_at = now() WHERE id = %s
"""
ERASE_LOOSE = """
    UPDATE documents_unfiledfile SET wrapped_key = NULL, key_erased_at = now() WHERE id = %s
"""
OUTSIDE = "Nothing is destroyed outside an approved batch"


@pytest.fixture
def patient(house):
    return house.patient()


@pytest.fixture
def version(patient):
    return DocumentVersion.objects.get(document__patient=patient)


def key_of(version):
    return DocumentVersion.objects.values_list("wrapped_key", flat=True).get(pk=version.pk)


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = repeat('0', 64)",
        "storage_name = 'elsewhere'",
        "byte_size = 1",
        "kind = 'PNG'",
        "media_type = 'image/png'",
        "page_count = 1",
        "page_sizes = '[]'",
        "document_id = document_id + 1",
        "number = 9",
        "reason = 'mine'",
        "created_at = now()",
    ],
)
def test_bytes_of_a_version_never_change_even_for_the_owner(
    session, owner_connection, version, change
):
    statement = f"UPDATE documents_documentversion SET {change} WHERE id = %s"

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run(statement, version.pk)
    session.rollback()
    with (
        pytest.raises(psycopg2.errors.RestrictViolation, match="bytes never change"),
        owner_connection.cursor() as cursor,
    ):
        cursor.execute(statement, [version.pk])


@pytest.mark.parametrize(
    "table",
    ["documents_document", "documents_documentversion", "documents_unfiledfile"],
)
def test_documents_are_never_deleted_nor_truncated_even_by_the_owner(
    house, session, owner_connection, version, table
):
    make.make_unfiled(house.unit)
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            session.run(statement)
        session.rollback()
        with owner_connection.cursor() as cursor:
            cursor.execute("SELECT set_config('chartroom.actor', '1', false)")
            with pytest.raises(psycopg2.errors.RestrictViolation, match="never deleted"):
                cursor.execute(statement)


@pytest.mark.parametrize("bring", ["proposed", "approved_once", "approved"])
def test_key_is_not_erased_before_the_batch_is_carried_out(house, session, version, bring):
    getattr(house, bring)(version.document.patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match=OUTSIDE):
        session.run(ERASE, version.pk)


def test_key_is_erased_in_an_executing_batch_and_the_server_says_when(house, session, version):
    house.executing(version.document.patient)

    session.run(
        "UPDATE documents_documentversion SET wrapped_key = NULL, key_erased_at = '1999-01-01'"
        " WHERE id = %s",
        version.pk,
    )
    session.commit()

    version.refresh_from_db()
    assert version.wrapped_key is None
    assert version.key_erased_at.year >= 2026


def test_key_of_another_patient_is_not_erased_by_the_batch(house, session, version):
    house.executing(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation, match=OUTSIDE):
        session.run(ERASE, version.pk)


@pytest.mark.goal("G-37")
def test_key_is_not_erased_under_a_hold_although_the_batch_is_executing(house, session, version):
    house.executing(version.document.patient)
    make.make_hold(version.document.patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="A hold stands on patient"):
        session.run(ERASE, version.pk)


def test_lifted_hold_does_not_keep_the_key(house, session, version):
    house.executing(version.document.patient)
    hold = make.make_hold(version.document.patient)
    holds.lift(actor=house.compliance, hold_id=hold.pk, reason="Suit settled")

    assert session.run(ERASE, version.pk) == 1


@pytest.mark.parametrize(
    "trick",
    [
        "SELECT set_config('pgtrigger.ignore', 'documents.DocumentVersion:keep', false)",
        "SELECT set_config('chartroom.retention', 'off', false)",
        "SET search_path = pg_temp, public",
        "SET TIME ZONE 'Pacific/Kiritimati'",
        "SET DateStyle = 'SQL, DMY'",
        "SET CONSTRAINTS ALL DEFERRED",
        "SET row_security = off",
        "SET default_transaction_isolation = 'read committed'",
        "SET LOCAL ROLE chartroom_app",
    ],
)
def test_no_setting_of_the_session_opens_a_way_to_the_key(session, version, trick):
    session.run(trick)

    with pytest.raises(psycopg2.errors.RestrictViolation, match=OUTSIDE):
        session.run(ERASE, version.pk)


@pytest.mark.parametrize(
    "trick",
    [
        "SET session_replication_role = replica",
        "ALTER TABLE documents_documentversion DISABLE TRIGGER ALL",
        "DROP TRIGGER retention_version_is_kept ON documents_documentversion",
        "SET ROLE chartroom_owner",
        "SET SESSION AUTHORIZATION chartroom_owner",
        "CREATE OR REPLACE FUNCTION public.retention_check_destruction(patient bigint)"
        " RETURNS void LANGUAGE sql AS 'SELECT'",
    ],
)
def test_application_role_cannot_take_the_triggers_away(session, trick):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run(trick)


def test_temporary_tables_do_not_stand_in_for_ours(house, session, version):
    house.executing(version.document.patient)
    make.make_hold(version.document.patient)
    try:
        session.run("CREATE TEMP TABLE retention_holdpatient (patient_id bigint, lifted_at date)")
        session.run("SET search_path = pg_temp, public")
    except psycopg2.errors.InsufficientPrivilege:
        session.rollback()  # where the role may make none, the trick ends here

    with pytest.raises(psycopg2.errors.RestrictViolation, match="A hold stands"):
        session.run(ERASE, version.pk)


@pytest.mark.goal("G-37")
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_key_is_not_erased_where_new_holds_cannot_be_seen(house, session, version, level):
    house.executing(version.document.patient)
    session.connection.rollback()
    session.connection.set_session(isolation_level=level)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="newest holds"):
        session.run(ERASE, version.pk)


def test_copy_brings_neither_approvals_nor_items(house, session, version):
    batch = house.proposed(house.patient())
    approval = (
        f"{batch.pk}\t1\tFIRST\t{batch.digest}\t2026-11-01\t{house.supervisor.pk}\n"
        f"{batch.pk}\t1\tSECOND\t{batch.digest}\t2026-11-01\t{house.compliance.pk}\n"
    )
    columns = "(batch_id, round, step, digest, approved_at, approved_by_id)"

    session.run("SELECT 1")
    with (
        pytest.raises(psycopg2.errors.RestrictViolation, match="in the name of another person"),
        session.connection.cursor() as cursor,
    ):
        cursor.copy_expert(
            f"COPY retention_batchapproval {columns} FROM STDIN", io.StringIO(approval)
        )
    session.rollback()

    assert not BatchApproval.objects.exists()


def test_application_role_does_not_wrap_keys_anew(session, version):
    with pytest.raises(psycopg2.errors.RestrictViolation, match="Only the owner wraps keys anew"):
        session.run(
            "UPDATE documents_documentversion SET wrapped_key = 'rubbish' WHERE id = %s", version.pk
        )


def test_owner_wraps_a_key_anew(owner_connection, version):
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "UPDATE documents_documentversion SET wrapped_key = 'anew', key_id = 'k2'"
            " WHERE id = %s",
            [version.pk],
        )

    assert bytes(key_of(version)) == b"anew"


def test_erased_key_never_comes_back(house, session, owner_connection, version):
    house.executing(version.document.patient)
    session.run(ERASE, version.pk)
    session.commit()
    back = (
        "UPDATE documents_documentversion SET wrapped_key = 'key', key_erased_at = NULL"
        " WHERE id = %s"
    )

    with pytest.raises(psycopg2.errors.RestrictViolation, match="never comes back"):
        session.run(back, version.pk)
    with (
        pytest.raises(psycopg2.errors.RestrictViolation, match="never comes back"),
        owner_connection.cursor() as cursor,
    ):
        cursor.execute(back, [version.pk])


@pytest.mark.parametrize(
    "change",
    [
        "bytes_removed_at = now()",
        "key_erased_at = now()",
        "wrapped_key = NULL, key_erased_at = now(), bytes_removed_at = now()",
    ],
)
def test_marks_of_erasure_are_not_set_on_a_living_version(session, version, change):
    with pytest.raises(psycopg2.errors.RestrictViolation):
        session.run(
            f"UPDATE documents_documentversion SET {change} WHERE id = %s",
            version.pk,
        )


def test_bytes_are_marked_as_removed_once(house, session, version):
    house.executing(version.document.patient)
    session.run(ERASE, version.pk)
    remove = "UPDATE documents_documentversion SET bytes_removed_at = now() WHERE id = %s"
    session.run(remove, version.pk)
    session.commit()

    with pytest.raises(psycopg2.errors.RestrictViolation, match="removed once"):
        session.run(
            "UPDATE documents_documentversion SET bytes_removed_at = '1999-01-01' WHERE id = %s",
            version.pk,
        )


def test_document_does_not_become_destroyed_while_a_key_is_left(house, session, version):
    house.executing(version.document.patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="every key of it is erased"):
        session.run(
            "UPDATE documents_document SET status = 'DESTROYED', destroyed_at = now()"
            " WHERE id = %s",
            version.document_id,
        )


def test_destroyed_document_stays_and_takes_no_version(house, session, version):
    house.done(version.document.patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="stays as it is"):
        session.run(
            "UPDATE documents_document SET status = 'CURRENT', destroyed_at = NULL WHERE id = %s",
            version.document_id,
        )
    session.rollback()
    with pytest.raises(psycopg2.errors.RestrictViolation, match="takes no new version"):
        session.run(
            "INSERT INTO documents_documentversion (document_id, number, kind, media_type,"
            " byte_size, page_count, page_sizes, sha256, storage_name, wrapped_key, key_id,"
            " reason, created_at, created_by_id)"
            " SELECT document_id, 2, kind, media_type, byte_size, page_count, page_sizes, sha256,"
            " 'new', 'key', key_id, '', now(), created_by_id"
            " FROM documents_documentversion WHERE id = %s",
            version.pk,
        )


def test_destroyed_chart_takes_no_document_and_does_not_come_back(house, session, version):
    patient = version.document.patient
    house.done(patient)
    other = house.patient()

    with pytest.raises(psycopg2.errors.RestrictViolation, match="takes no document"):
        session.run(
            "UPDATE documents_document SET patient_id = %s WHERE patient_id = %s",
            patient.pk,
            other.pk,
        )
    session.rollback()
    with pytest.raises(psycopg2.errors.RestrictViolation, match="does not come back"):
        session.run("UPDATE patients_patient SET status = 'ACTIVE' WHERE chart_id = %s", patient.pk)


def test_chart_does_not_become_destroyed_outside_a_batch(house, session):
    patient = make.make_patient(house.unit)

    with pytest.raises(psycopg2.errors.RestrictViolation, match=OUTSIDE):
        session.run(
            "UPDATE patients_patient SET status = 'DESTROYED' WHERE chart_id = %s", patient.pk
        )


def test_hold_goes_along_with_a_document_moved_out_of_a_held_chart(house, session, version):
    held = version.document.patient
    target = house.patient()
    hold = make.make_hold(held)
    session.run(
        "UPDATE documents_document SET patient_id = %s WHERE id = %s",
        target.pk,
        version.document_id,
    )
    session.commit()

    assert list(HoldDocument.objects.values_list("hold_id", "document_id")) == [
        (hold.pk, version.document_id)
    ]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run("DELETE FROM retention_holddocument")


@pytest.mark.goal("G-37")
def test_moved_document_of_a_held_chart_is_not_erased_with_its_new_chart(house, session, version):
    held = version.document.patient
    make.make_hold(held)
    target = make.make_patient(house.unit)
    make.make_visit(target)
    session.run(
        "UPDATE documents_document SET patient_id = %s WHERE id = %s",
        target.pk,
        version.document_id,
    )
    session.commit()
    make.evaluations.refresh([target.pk])
    other = house.patient()
    with pytest.raises(Exception, match="None of the charts"):
        house.proposed(target)
    batch = house.executing(other)
    batch.refresh_from_db()

    with pytest.raises(psycopg2.errors.RestrictViolation):
        session.run(ERASE, version.pk)


def test_received_file_keeps_its_key_until_the_very_bytes_are_in_a_chart(house, session, version):
    loose = make.make_unfiled(house.unit)
    waiting = "The key of a received file goes only when the file is in a chart"
    with pytest.raises(psycopg2.errors.RestrictViolation, match=waiting):
        session.run(ERASE_LOOSE, loose.pk)
    session.rollback()
    file_it = (
        "UPDATE documents_unfiledfile SET status = 'FILED', document_id = %s, closed_at = now(),"
        " closed_by_id = %s WHERE id = %s"
    )
    session.run(file_it, version.document_id, house.clerk.pk, loose.pk)
    with pytest.raises(psycopg2.errors.RestrictViolation, match=waiting):
        session.run(ERASE_LOOSE, loose.pk)  # other bytes than those of the chart
    session.rollback()

    same = make.make_unfiled(house.unit, f"page {version.document_id} 1".encode())
    session.run(file_it, version.document_id, house.clerk.pk, same.pk)
    session.run(ERASE_LOOSE, same.pk)
    session.commit()

    assert UnfiledFile.objects.get(pk=same.pk).wrapped_key is None
