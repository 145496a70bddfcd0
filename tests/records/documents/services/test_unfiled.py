"""Loose files: received, filed into a chart as bytes of their own, discarded."""

import threading

import pytest
from django.db import connection

from records.access.errors import ChartUnknown
from records.documents.errors import (
    FileKindUnknown,
    FilingRefused,
    UnfiledChangedMeanwhile,
    UnfiledUnknown,
    VaultMissing,
    VaultUnavailable,
)
from records.documents.models import Document, UnfiledFile
from records.documents.services import storing, unfiled
from records.documents.services.storing import Upload
from records.documents.vault import checks, files
from tests.records.documents import house as make
from tests.records.documents.house import events_of, facts, pdf

pytestmark = pytest.mark.django_db


def folders():
    return sorted({checks.folder_of(item) for item in checks.list_objects()})


def test_received_file_waits_with_its_bytes(house):
    row = house.received("Loose")

    assert (row.status, row.file_name, row.page_count, row.unit) == (
        "WAITING",
        "report.pdf",
        1,
        house.unit,
    )
    assert files.read(storing.place_of(row)) == pdf("Loose").content
    assert [(e["subject_type"], e["subject_id"]) for e in events_of("UNFILED_RECEIVED")] == [
        ("unfiled", str(row.pk))
    ]


def test_bad_file_is_not_received(house, vault):
    with pytest.raises(FileKindUnknown):
        unfiled.receive(
            actor=house.clerk, unit_id=house.unit.pk, upload=Upload(b"nothing of use", "a.pdf")
        )

    assert (UnfiledFile.objects.count(), vault.exists() and folders()) == (0, False)


def test_filing_moves_the_bytes_under_a_key_of_the_documents_own(house):
    row = house.received("Loose")
    old_name, old_key = row.storage_name, bytes(row.wrapped_key)

    document = house.file_waiting(row)

    row.refresh_from_db()
    version = document.versions.get()
    assert (row.status, row.document, row.closed_by, row.wrapped_key) == (
        "FILED",
        document,
        house.clerk,
        None,
    )
    assert None not in (row.closed_at, row.key_erased_at, row.bytes_removed_at)
    assert (version.sha256, version.page_count) == (row.sha256, 1)
    assert bytes(version.wrapped_key) != old_key
    assert files.read(storing.place_of(version)) == pdf("Loose").content
    assert folders() == [version.storage_name]
    assert version.storage_name != old_name
    assert len(events_of("DOCUMENT_FILED")) == len(events_of("UNFILED_FILED")) == 1


def test_filing_twice_is_refused_and_files_once(house):
    row = house.received()
    house.file_waiting(row)

    with pytest.raises(UnfiledChangedMeanwhile) as stale:
        house.file_waiting(row)

    assert (stale.value.status, stale.value.subject_id) == (409, str(row.pk))
    assert Document.objects.count() == 1


def refusals(house):
    return {
        "unit of others": ({"actor": house.outsider}, UnfiledUnknown),
        "no such file": ({"unfiled_id": 987_654}, UnfiledUnknown),
        "no such chart": ({"patient_id": 987_654}, ChartUnknown),
        "no such type": ({"facts": facts(type_code="NO_SUCH")}, FilingRefused),
    }


@pytest.mark.parametrize(
    "case", ["unit of others", "no such file", "no such chart", "no such type"]
)
def test_filing_that_is_refused_leaves_the_file_waiting(house, case):
    row = house.received()
    changes, error = refusals(house)[case]

    with pytest.raises(error):
        house.file_waiting(row, **changes)

    row.refresh_from_db()
    assert (row.status, Document.objects.count(), folders()) == (
        "WAITING",
        0,
        [row.storage_name],
    )


def test_row_that_fails_takes_the_copy_back(house, monkeypatch):
    row = house.received()

    def fail(*args, **kwargs):
        raise RuntimeError("no row")

    monkeypatch.setattr("records.documents.services.filing.insert", fail)
    with pytest.raises(RuntimeError):
        house.file_waiting(row)

    row.refresh_from_db()
    assert (row.status, folders()) == ("WAITING", [row.storage_name])


def test_bytes_that_cannot_be_removed_are_left_to_the_sweeper(house, monkeypatch):
    row = house.received()
    real = files.erase

    def refuse(name):
        raise VaultUnavailable("read-only")

    monkeypatch.setattr(files, "erase", refuse)
    document = house.file_waiting(row)
    row.refresh_from_db()
    assert (document.status, row.status, row.bytes_removed_at) == ("CURRENT", "FILED", None)

    monkeypatch.setattr(files, "erase", real)
    assert unfiled.remove_erased(house.supervisor) == 1
    assert unfiled.remove_erased(house.supervisor) == 0
    row.refresh_from_db()
    assert row.bytes_removed_at is not None
    assert folders() == [document.versions.get().storage_name]


def test_missing_bytes_are_told_as_missing(house):
    row = house.received()
    files.erase(row.storage_name)

    with pytest.raises(VaultMissing):
        house.file_waiting(row)


def test_discarding_keeps_bytes_and_reason(house):
    row = house.received()

    unfiled.discard(actor=house.clerk, unfiled_id=row.pk, reason="Advertisement")

    row.refresh_from_db()
    assert (row.status, row.discard_reason, row.closed_by) == (
        "DISCARDED",
        "Advertisement",
        house.clerk,
    )
    assert files.read(storing.place_of(row)) == pdf().content
    assert len(events_of("UNFILED_DISCARDED")) == 1


@pytest.mark.parametrize("first", ["file", "discard"])
def test_what_is_off_the_list_is_not_discarded(house, first):
    row = house.received()
    if first == "file":
        house.file_waiting(row)
    else:
        unfiled.discard(actor=house.clerk, unfiled_id=row.pk, reason="Advertisement")

    with pytest.raises(UnfiledChangedMeanwhile):
        unfiled.discard(actor=house.clerk, unfiled_id=row.pk, reason="Again")


def test_outsider_discards_nothing(house):
    row = house.received()

    with pytest.raises(UnfiledUnknown):
        unfiled.discard(actor=house.outsider, unfiled_id=row.pk, reason="x")

    row.refresh_from_db()
    assert row.status == "WAITING"


@pytest.mark.committed
def test_two_clerks_filing_at_once_file_once(vault, monkeypatch):
    house = make.House()
    row, outcomes, meeting = house.received(), [], threading.Barrier(2)
    read = files.read

    def together(place, *label):
        content = read(place, *label)
        meeting.wait(20)
        return content

    def send(patient):
        try:
            house.file_waiting(row, patient_id=patient.pk)
            outcomes.append(patient.pk)
        except UnfiledChangedMeanwhile:
            outcomes.append(None)
        finally:
            connection.close()

    monkeypatch.setattr(files, "read", together)
    threads = [
        threading.Thread(target=send, args=(patient,)) for patient in (house.patient, house.other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    monkeypatch.undo()

    document = Document.objects.get()
    assert (sorted(outcomes, key=bool)[0], document.patient_id in outcomes) == (None, True)
