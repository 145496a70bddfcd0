"""Filing and replacing: rows, history, event and bytes, or nothing at all."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pikepdf
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from audit.models import Event, RowChange
from records.access.errors import ChartRefused, ChartUnknown, ClassHidden
from records.documents.errors import (
    DocumentChangedMeanwhile,
    FileEmpty,
    FileEncrypted,
    FileKindUnknown,
    FileNotAsClaimed,
    FileTooLarge,
    FileTooManyPages,
    FileTruncated,
    FilingRefused,
    SameFileFiled,
    VaultUnavailable,
)
from records.documents.models import Document, DocumentStatusChange, DocumentVersion
from records.documents.services import corrections, filing, storing
from records.documents.services.storing import Upload
from records.documents.vault import checks, files
from tests.records.documents import house as make
from tests.records.documents import samples
from tests.records.documents.house import events_of, facts, pdf

pytestmark = pytest.mark.django_db


def objects(vault):
    return [item.name for item in checks.list_objects()] if vault.exists() else []


def counts():
    return (
        Document.objects.count(),
        DocumentVersion.objects.count(),
        DocumentStatusChange.objects.count(),
    )


def file(house, upload=None, actor=None, **changes):
    return filing.file_document(
        actor=actor or house.clerk,
        patient_id=house.patient.pk,
        upload=upload or pdf(),
        facts=facts(**changes),
    )


def test_filing_writes_rows_history_event_and_bytes(house, vault):
    visit = make.make_visit(house.patient)

    document = file(house, encounter_id=visit.pk)

    document.refresh_from_db()
    version = document.versions.get()
    assert (document.title, document.status, document.page_count) == ("Blood count", "CURRENT", 2)
    assert (document.sensitivity, document.source, document.lock_version) == ("NORMAL", "UPLOAD", 1)
    assert (document.unit, document.encounter, document.filed_by) == (
        house.unit,
        visit,
        house.clerk,
    )
    assert (version.kind, version.media_type, version.number) == ("PDF", "application/pdf", 1)
    assert version.page_sizes == [[612, 792], [612, 792]]
    assert files.read(storing.place_of(version)) == pdf().content
    assert objects(vault) == [f"{version.storage_name}/original"]
    assert list(document.status_changes.values_list("from_status", "to_status", "reason")) == [
        ("", "CURRENT", "")
    ]
    assert events_of("DOCUMENT_FILED") == [
        {
            "actor_id": house.clerk.pk,
            "patient_id": house.patient.pk,
            "subject_type": "document",
            "subject_id": str(document.pk),
            "outcome": "SUCCESS",
            "detail": {},
        }
    ]


def test_filing_names_its_actor_in_the_row_changes(house):
    file(house)

    tables = RowChange.objects.filter(actor_id=house.clerk.pk).values_list("table_name", flat=True)
    assert {"documents_document", "documents_documentversion"} <= set(tables)


def test_filing_without_a_title_takes_the_types_name_and_class(house):
    document = file(house, actor=house.guardian, title=" ", type_code="HIV_RESULT", sensitivity="")

    assert (document.title, document.sensitivity) == ("HIV test result", "HIV")


@pytest.mark.parametrize(
    ("name", "maker", "kind", "pages"),
    [
        ("fax.tif", samples.fax, "TIFF", 3),
        ("photo.jpg", lambda: samples.saved(samples.photograph(), "JPEG"), "JPEG", 1),
        ("scan.png", lambda: samples.saved(samples.drawn(), "PNG"), "PNG", 1),
    ],
)
def test_filing_takes_pictures_and_faxes(house, name, maker, kind, pages):
    document = file(house, Upload(maker(), name))

    assert (document.versions.get().kind, document.page_count) == (kind, pages)


@pytest.mark.parametrize(
    ("upload", "error"),
    [
        (Upload(b"", "a.pdf"), FileEmpty),
        (Upload(b"MZ this is a program", "a.pdf"), FileKindUnknown),
        (Upload(samples.saved(samples.drawn(), "PNG"), "a.pdf"), FileNotAsClaimed),
        (Upload(samples.saved(samples.drawn(), "PNG"), "a.png", "image/jpeg"), FileNotAsClaimed),
        (Upload(samples.saved(samples.drawn(), "JPEG")[:300], "a.jpg"), FileTruncated),
    ],
)
def test_bad_file_is_refused_and_nothing_is_kept(house, vault, upload, error):
    before = counts(), Event.objects.count()

    with pytest.raises(error):
        file(house, upload)

    assert (counts(), Event.objects.count()) == before
    assert objects(vault) == []


def test_encrypted_pdf_is_refused_and_nothing_is_kept(house, vault):
    locked = samples.changed_pdf(
        lambda pdf: None, encryption=pikepdf.Encryption(owner="a", user="b")
    )

    with pytest.raises(FileEncrypted):
        file(house, Upload(locked, "a.pdf"))

    assert (counts(), objects(vault)) == ((0, 0, 0), [])


@pytest.mark.parametrize(
    ("limits", "error"),
    [({"UPLOAD_MAX_BYTES": 500}, FileTooLarge), ({"UPLOAD_MAX_PAGES": 1}, FileTooManyPages)],
)
def test_file_over_the_limits_is_refused_and_nothing_is_kept(house, vault, settings, limits, error):
    for name, value in limits.items():
        setattr(settings, name, value)

    with pytest.raises(error):
        file(house)

    assert (counts(), objects(vault)) == ((0, 0, 0), [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service_on": date(1961, 3, 3)}, "service_on"),
        ({"type_code": "NO_SUCH"}, "type"),
        ({"sensitivity": "HIV"}, "sensitivity"),
        ({"type_code": "HIV_RESULT"}, "type"),
        ({"type_code": "HIV_RESULT", "sensitivity": "HIV"}, "sensitivity"),
        ({"encounter_id": 999_999}, "encounter"),
    ],
)
def test_what_cannot_be_said_is_refused_by_field(house, vault, changes, field):
    with pytest.raises(FilingRefused) as refusal:
        file(house, **changes)

    assert refusal.value.field == field
    assert (counts(), objects(vault)) == ((0, 0, 0), [])


def test_date_of_service_in_the_future_is_refused(house):
    with pytest.raises(FilingRefused) as refusal:
        file(house, service_on=timezone.localdate() + timedelta(days=1))

    assert refusal.value.field == "service_on"


def test_encounter_of_another_chart_is_refused(house):
    visit = make.make_visit(house.other)

    with pytest.raises(FilingRefused) as refusal:
        file(house, encounter_id=visit.pk)

    assert refusal.value.field == "encounter"


def test_outsider_files_nothing(house, vault):
    with pytest.raises((ChartRefused, ChartUnknown)):
        file(house, actor=house.outsider)

    assert (counts(), objects(vault)) == ((0, 0, 0), [])


def test_same_filing_key_files_once(house, vault):
    key = uuid4()
    sent = {
        "actor": house.clerk,
        "patient_id": house.patient.pk,
        "upload": pdf(),
        "facts": facts(),
        "filing_key": key,
    }

    first, second = filing.file_document(**sent), filing.file_document(**sent)

    assert first.pk == second.pk
    assert (counts(), len(objects(vault))) == ((1, 1, 1), 1)
    assert len(events_of("DOCUMENT_FILED")) == 1


def test_filing_key_of_another_person_gives_away_nothing(house, vault):
    key = uuid4()
    sent = {
        "patient_id": house.patient.pk,
        "upload": pdf(),
        "facts": facts(),
        "filing_key": key,
    }
    filing.file_document(actor=house.guardian, **sent)

    with pytest.raises(Exception, match="filing_key"):
        filing.file_document(actor=house.clerk, **sent)

    assert len(objects(vault)) == 1


@pytest.mark.committed
def test_same_filing_key_sent_twice_at_once_files_once(vault, monkeypatch):
    house, key, found = make.House(), uuid4(), []
    meeting, inspect = threading.Barrier(2), storing.inspect

    def together(upload):
        answer = inspect(upload)
        meeting.wait(20)
        return answer

    def send():
        document = filing.file_document(
            actor=house.clerk,
            patient_id=house.patient.pk,
            upload=pdf(),
            facts=facts(),
            filing_key=key,
        )
        found.append(document.pk)
        connection.close()

    monkeypatch.setattr(storing, "inspect", together)
    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(found) == 2
    assert len(set(found)) == 1
    assert (counts(), len(objects(vault))) == ((1, 1, 1), 1)


def test_same_file_is_refused_unless_a_duplicate_is_meant(house, vault):
    sent = {"actor": house.clerk, "patient_id": house.patient.pk, "upload": pdf(), "facts": facts()}
    first = filing.file_document(**sent, is_duplicate_meant=False)

    with pytest.raises(SameFileFiled) as refusal:
        filing.file_document(**sent, is_duplicate_meant=False)
    assert (refusal.value.document, refusal.value.field) == (first, "file")
    assert (counts(), len(objects(vault))) == ((1, 1, 1), 1)

    filing.file_document(**sent, is_duplicate_meant=True)
    assert counts() == (2, 2, 2)


def test_vault_out_of_reach_leaves_no_row(house, monkeypatch):
    def full(*args, **kwargs):
        raise VaultUnavailable("no space left")

    monkeypatch.setattr(files, "keep", full)

    with pytest.raises(VaultUnavailable):
        file(house)

    assert counts() == (0, 0, 0)


def test_row_that_fails_takes_the_bytes_back(house, vault, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no row")

    monkeypatch.setattr(DocumentVersion.objects, "create", fail)

    with pytest.raises(RuntimeError):
        file(house)

    assert (counts(), objects(vault)) == ((0, 0, 0), [])


def test_lost_connection_leaves_the_bytes_to_the_sweeper(house, vault, monkeypatch):
    """Whether the rows were committed is then unknown: a row without bytes would be worse."""

    def lose(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(DocumentVersion.objects, "create", lose)

    with pytest.raises(OperationalError):
        file(house)

    assert len(objects(vault)) == 1


def test_replacing_keeps_the_earlier_version(house):
    document = house.filed("Old")
    first = document.versions.get()

    replaced = filing.replace(
        actor=house.clerk,
        document_id=document.pk,
        lock_version=1,
        upload=pdf("New", "Second", "Third"),
        reason="Page missing",
    )

    assert (replaced.version_number, replaced.page_count, replaced.lock_version) == (2, 3, 2)
    newest = replaced.versions.get(number=2)
    assert (newest.reason, newest.created_by) == ("Page missing", house.clerk)
    assert files.read(storing.place_of(newest)) == pdf("New", "Second", "Third").content
    assert files.read(storing.place_of(first)) == pdf("Old").content
    assert [event["detail"] for event in events_of("DOCUMENT_REPLACED")] == [{"version": 2}]


@pytest.mark.parametrize("lock_version", [0, 2, 99])
def test_replacing_from_a_stale_page_keeps_nothing(house, vault, lock_version):
    document = house.filed()

    with pytest.raises(DocumentChangedMeanwhile) as stale:
        filing.replace(
            actor=house.clerk,
            document_id=document.pk,
            lock_version=lock_version,
            upload=pdf("New"),
            reason="Newer",
        )

    assert (stale.value.patient_id, stale.value.subject_id) == (house.patient.pk, str(document.pk))
    assert (counts(), len(objects(vault))) == ((1, 1, 1), 1)


def test_replacing_by_a_bad_file_keeps_the_version(house, vault):
    document = house.filed()

    with pytest.raises(FileKindUnknown):
        filing.replace(
            actor=house.clerk,
            document_id=document.pk,
            lock_version=1,
            upload=Upload(b"nothing of use", "a.pdf"),
            reason="Newer",
        )

    document.refresh_from_db()
    assert (document.version_number, document.lock_version) == (1, 1)
    assert len(objects(vault)) == 1


def test_replacing_a_hidden_document_is_refused(house):
    document = house.protected()

    with pytest.raises(ClassHidden):
        filing.replace(
            actor=house.clerk, document_id=document.pk, lock_version=1, upload=pdf(), reason="x"
        )


def test_replacing_a_voided_document_is_refused(house):
    document = house.filed()
    corrections.void(actor=house.supervisor, document_id=document.pk, lock_version=1, reason="x")

    with pytest.raises(DocumentChangedMeanwhile):
        filing.replace(
            actor=house.clerk, document_id=document.pk, lock_version=2, upload=pdf(), reason="x"
        )
