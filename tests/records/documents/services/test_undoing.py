"""What is taken back: a filing is voided and its file waits again, a move and a voiding end."""

from datetime import timedelta

import pytest
import time_machine

from accounts.errors import NotYoursToUndo, UndoTooLate
from accounts.selectors.users import get_system_user
from accounts.services.undoing import UNDO_FOR
from audit import context
from records.access.enums import UnitRight
from records.access.errors import ChartRefused, ClassHidden
from records.access.services import rights
from records.documents.errors import (
    DocumentChangedMeanwhile,
    DocumentUnknown,
    VaultUnavailable,
)
from records.documents.models import Document, DocumentStatusChange, UnfiledFile
from records.documents.selectors import unfiled as selectors
from records.documents.services import corrections, storing, undoing
from records.documents.services.undoing import Undone
from records.documents.vault import checks, files
from tests.records.documents.house import events_of, facts, grant, make_patient, make_visit, pdf

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

    with pytest.raises(NotYoursToUndo):
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


def moved(house, document):
    """Move a document to the other chart as the clerk."""
    return corrections.move(
        actor=house.clerk,
        document_id=document.pk,
        lock_version=again(document).lock_version,
        to_patient_id=house.other.pk,
        to_encounter_id=None,
        reason="Wrong chart",
    )


def undo_move(house, move, actor=None):
    return undoing.undo_move(
        actor=actor or house.clerk, document_id=move.document_id, move_id=move.pk
    )


def voided(house, document):
    """Void a document as the supervisor."""
    corrections.void(
        actor=house.supervisor,
        document_id=document.pk,
        lock_version=again(document).lock_version,
        reason="By mistake",
    )
    return again(document)


def undo_voiding(house, document, actor=None):
    return undoing.undo_voiding(actor=actor or house.supervisor, document_id=document.pk)


def place_of(document):
    found = again(document)
    return found.patient_id, found.encounter_id, found.unit_id


def test_move_undone_takes_the_document_back_to_its_encounter_as_a_pair(house):
    document = house.filed(encounter_id=make_visit(house.patient).pk)
    before = place_of(document)

    undo_move(house, moved(house, document))

    assert place_of(document) == before
    assert [
        (row.to_patient_id, row.reason, row.is_undoing, row.moved_by)
        for row in document.moves.order_by("pk")
    ] == [
        (house.other.pk, "Wrong chart", False, house.clerk),
        (house.patient.pk, "Move undone", True, house.clerk),
    ]
    assert [(e["patient_id"], e["detail"]) for e in events_of("DOCUMENT_MOVED")] == [
        (house.patient.pk, {"to_patient": house.other.pk}),
        (house.other.pk, {"from_patient": house.patient.pk}),
        (house.other.pk, {"to_patient": house.patient.pk}),
        (house.patient.pk, {"from_patient": house.other.pk}),
    ]


def test_voiding_undone_leaves_the_document_as_it_was_as_a_pair(house):
    document = voided(house, house.filed())

    undo_voiding(house, document)

    found = again(document)
    assert (found.status, found.voided_at, found.voided_by, found.void_reason) == (
        "CURRENT",
        None,
        None,
        "",
    )
    steps = DocumentStatusChange.objects.filter(document=document).order_by("pk")
    assert [(step.to_status, step.changed_by, step.reason) for step in steps][1:] == [
        ("VOIDED", house.supervisor, "By mistake"),
        ("CURRENT", house.supervisor, "Voiding undone"),
    ]
    pair = events_of("DOCUMENT_VOIDED") + events_of("DOCUMENT_RESTORED")
    assert [(e["actor_id"], e["patient_id"]) for e in pair] == [
        (house.supervisor.pk, house.patient.pk)
    ] * 2


@pytest.mark.parametrize("late, error", [(timedelta(), None), (timedelta(seconds=1), UndoTooLate)])
def test_time_to_undo_a_move_and_a_voiding_is_five_minutes(house, late, error):
    move, document = moved(house, house.filed("A")), voided(house, house.filed("B"))
    met = []
    for done_at, deed in (
        (move.moved_at, lambda: undo_move(house, move)),
        (document.voided_at, lambda: undo_voiding(house, document)),
    ):
        with time_machine.travel(done_at + UNDO_FOR + late, tick=False):
            try:
                deed()
                met.append(None)
            except UndoTooLate as refused:
                met.append(type(refused))

    assert met == [error, error]
    assert again(move.document).patient_id == (house.other if error else house.patient).pk
    assert again(document).status == ("VOIDED" if error else "CURRENT")


def test_only_who_moved_or_voided_it_takes_that_back(house):
    move, document = moved(house, house.filed("A")), voided(house, house.filed("B"))

    with pytest.raises(NotYoursToUndo):
        undo_move(house, move, actor=house.supervisor)
    with pytest.raises(NotYoursToUndo):
        undo_voiding(house, document, actor=house.guardian)
    with pytest.raises(ChartRefused):
        undo_move(house, move, actor=house.outsider)
    with pytest.raises(ChartRefused):
        undo_voiding(house, document, actor=house.outsider)

    assert again(move.document).patient_id == house.other.pk
    assert again(document).status == "VOIDED"


def test_move_of_another_document_and_one_that_is_none_are_unknown(house):
    move, other = moved(house, house.filed("A")), house.filed("B")

    for document_id, move_id in (
        (other.pk, move.pk),
        (move.document_id, 0),
        (987_654_321, move.pk),
    ):
        with pytest.raises(DocumentUnknown):
            undoing.undo_move(actor=house.clerk, document_id=document_id, move_id=move_id)
    with pytest.raises(DocumentUnknown):
        undoing.undo_voiding(actor=house.supervisor, document_id=987_654_321)


@pytest.mark.parametrize("what", ["undone", "voided", "described anew", "moved on"])
def test_move_after_which_something_happened_is_not_undone(house, what):
    document = house.filed("A")
    move = moved(house, document)
    if what == "undone":
        undo_move(house, move)
    elif what == "voided":
        voided(house, document)
    elif what == "described anew":
        corrections.change(
            actor=house.clerk, document_id=document.pk, lock_version=2, facts=facts(title="Other")
        )
    else:
        undo_move(house, move)
        moved(house, document)
    before = place_of(document), document.moves.count()

    with pytest.raises(DocumentChangedMeanwhile):
        undo_move(house, move)

    assert (place_of(document), document.moves.count()) == before


def test_undoing_a_move_is_not_undone_itself(house):
    document = house.filed()
    back = undo_move(house, moved(house, document))

    with pytest.raises(DocumentChangedMeanwhile):
        undo_move(house, back)

    assert again(document).patient_id == house.patient.pk


def test_voiding_is_undone_once(house):
    document = voided(house, house.filed())
    undo_voiding(house, document)

    with pytest.raises(DocumentChangedMeanwhile):
        undo_voiding(house, document)

    assert len(events_of("DOCUMENT_RESTORED", outcome="SUCCESS")) == 1


def test_move_from_a_chart_that_one_has_lost_is_not_undone(house):
    grant(house.clerk, house.elsewhere, UnitRight.VIEW_CHART)
    house.clerk = type(house.clerk).objects.get(pk=house.clerk.pk)
    there = make_patient(house.elsewhere)
    move = moved(house, house.filed(actor=house.clerk, patient_id=there.pk))
    with context.acting(context.system_origin()):
        rights.revoke_unit(
            actor=get_system_user(),
            unit=house.elsewhere,
            right=UnitRight.VIEW_CHART,
            user=house.clerk,
        )

    with pytest.raises(ChartRefused):
        undo_move(house, move, actor=type(house.clerk).objects.get(pk=house.clerk.pk))

    assert again(move.document).patient_id == house.other.pk
