"""A filing taken back: what was filed is voided, what had waited waits again."""

from datetime import timedelta

import pytest
import time_machine

from records.access.errors import ChartRefused, ClassHidden
from records.documents.errors import (
    DocumentChangedMeanwhile,
    DocumentUnknown,
    FilingNotYours,
    UndoTooLate,
    VaultUnavailable,
)
from records.documents.models import Document, DocumentStatusChange, UnfiledFile
from records.documents.selectors import unfiled as selectors
from records.documents.services import corrections, storing, undoing
from records.documents.services.undoing import UNDO_FOR, Undone
from records.documents.vault import checks, files
from tests.records.documents.house import events_of, facts, pdf

pytestmark = pytest.mark.django_db


def undo(house, document, actor=None):
    return undoing.undo_filing(actor=actor or house.clerk, document_id=document.pk)


def again(document):
    return Document.objects.get(pk=document.pk)


def nothing_undone(document):
    return (
        again(document).voided_at is None
        and events_of("DOCUMENT_VOIDED", outcome="SUCCESS") == []
        and events_of("UNFILED_RETURNED") == []
    )


def test_upload_is_voided_with_its_reason_as_the_pair_of_its_filing(house):
    document = house.filed(actor=house.clerk)

    undone = undo(house, document)

    assert undone == Undone(house.patient.pk, None)
    assert (again(document).status, again(document).void_reason) == ("VOIDED", "Filing undone")
    assert again(document).voided_by == house.clerk
    steps = DocumentStatusChange.objects.filter(document=document).order_by("pk")
    assert [(step.to_status, step.changed_by, step.reason) for step in steps] == [
        ("CURRENT", house.clerk, ""),
        ("VOIDED", house.clerk, "Filing undone"),
    ]
    pair = events_of("DOCUMENT_FILED") + events_of("DOCUMENT_VOIDED")
    assert [(e["actor_id"], e["patient_id"], e["subject_id"]) for e in pair] == [
        (house.clerk.pk, house.patient.pk, str(document.pk))
    ] * 2
    assert UnfiledFile.objects.count() == 0


def test_file_that_had_waited_waits_again_where_it_stood_with_its_receipt_and_bytes(house):
    first, second = house.received("One"), house.received("Two")
    document = house.file_waiting(first, actor=house.guardian)

    undone = undo(house, document, actor=house.guardian)

    assert again(document).status == "VOIDED"
    waiting = list(selectors.list_waiting(house.clerk))
    assert [row.pk for row in waiting] == [undone.unfiled_id, second.pk]
    row = waiting[0]
    assert row.received_at == first.received_at
    assert files.read(storing.place_of(row)) == pdf("One").content
    assert (row.file_name, row.source, row.unit, row.received_by, row.page_count) == (
        "report.pdf",
        "UPLOAD",
        house.unit,
        house.clerk,
        1,
    )
    (returned,) = events_of("UNFILED_RETURNED")
    assert (returned["actor_id"], returned["subject_id"], returned["detail"]) == (
        house.guardian.pk,
        str(row.pk),
        {"undone_document": document.pk},
    )


def test_file_that_waits_again_can_be_filed_where_it_belongs(house):
    document = house.file_waiting(house.received("One"))
    undone = undo(house, document)

    right = house.file_waiting(
        UnfiledFile.objects.get(pk=undone.unfiled_id), patient_id=house.other.pk
    )

    assert (right.patient_id, right.status) == (house.other.pk, "CURRENT")
    assert files.read(storing.place_of(right.versions.get())) == pdf("One").content


def test_time_to_undo_is_five_minutes(house):
    soon, late = house.filed("A", actor=house.clerk), house.filed("B", actor=house.clerk)

    with time_machine.travel(soon.filed_at + UNDO_FOR, tick=False):
        undo(house, soon)
    with (
        time_machine.travel(late.filed_at + UNDO_FOR + timedelta(seconds=1), tick=False),
        pytest.raises(UndoTooLate),
    ):
        undo(house, late)

    assert (again(soon).status, again(late).status) == ("VOIDED", "CURRENT")


def test_only_who_filed_it_takes_it_back(house):
    document = house.filed(actor=house.clerk)

    with pytest.raises(FilingNotYours):
        undo(house, document, actor=house.supervisor)

    assert nothing_undone(document)


def test_outsider_undoes_nothing(house):
    document = house.filed(actor=house.clerk)

    with pytest.raises(ChartRefused):
        undo(house, document, actor=house.outsider)
    with pytest.raises(DocumentUnknown):
        undoing.undo_filing(actor=house.clerk, document_id=987_654_321)

    assert nothing_undone(document)


def test_class_that_one_does_not_see_is_not_undone(house):
    document = house.protected()

    with pytest.raises(ClassHidden):
        undo(house, document, actor=house.clerk)

    assert nothing_undone(document)


@pytest.mark.parametrize("what", ["undone", "moved", "described anew"])
def test_what_something_else_has_happened_to_is_not_undone(house, what):
    row = house.received("One")
    document = house.file_waiting(row)
    if what == "undone":
        undo(house, document)
    elif what == "moved":
        corrections.move(
            actor=house.clerk, document_id=document.pk, lock_version=1,
            to_patient_id=house.other.pk, to_encounter_id=None, reason="Wrong chart",
        )  # fmt: skip
    else:
        corrections.change(
            actor=house.clerk, document_id=document.pk, lock_version=1, facts=facts(title="Other")
        )
    before = UnfiledFile.objects.count(), again(document).status, len(events_of("DOCUMENT_VOIDED"))

    with pytest.raises(DocumentChangedMeanwhile):
        undo(house, document)

    assert before == (
        UnfiledFile.objects.count(),
        again(document).status,
        len(events_of("DOCUMENT_VOIDED")),
    )


def test_bytes_of_what_could_not_be_undone_are_taken_back(house):
    document = house.file_waiting(house.received("One"))
    undo(house, document)
    before = len(list(checks.list_objects()))

    with pytest.raises(DocumentChangedMeanwhile):
        undo(house, document)

    assert len(list(checks.list_objects())) == before


def test_vault_out_of_reach_undoes_nothing(house, monkeypatch):
    document = house.file_waiting(house.received("One"))

    def gone(*_, **__):
        raise VaultUnavailable

    monkeypatch.setattr(files, "keep", gone)

    with pytest.raises(VaultUnavailable):
        undo(house, document)

    assert again(document).status == "CURRENT"
    assert UnfiledFile.objects.filter(status="WAITING").count() == 0
