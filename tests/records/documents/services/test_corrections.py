"""Moving, changing, voiding and restoring: result, history row and event, or nothing."""

import threading
from datetime import date

import pytest
from django.db import connection

from records.access.enums import UnitRight
from records.access.errors import ChartRefused, ChartUnknown, ClassHidden
from records.documents.errors import DocumentChangedMeanwhile, FilingRefused
from records.documents.models import Document, DocumentMove, DocumentStatusChange
from records.documents.services import corrections, storing
from records.documents.vault import files
from tests.records.documents import house as make
from tests.records.documents.house import PROTECTED, events_of, facts, pdf

pytestmark = pytest.mark.django_db


def move(house, document, **changes):
    return corrections.move(
        **{
            "actor": house.clerk,
            "document_id": document.pk,
            "lock_version": 1,
            "to_patient_id": house.other.pk,
            "to_encounter_id": None,
            "reason": "Another Muñoz",
        }
        | changes
    ).document


def test_moving_takes_the_document_to_the_other_chart(house):
    before, visit = make.make_visit(house.patient), make.make_visit(house.other)
    document = house.filed(encounter_id=before.pk)

    moved = move(house, document, to_encounter_id=visit.pk)

    moved.refresh_from_db()
    assert (moved.patient_id, moved.encounter_id, moved.unit_id, moved.lock_version) == (
        house.other.pk,
        visit.pk,
        house.unit.pk,
        2,
    )
    row = DocumentMove.objects.get()
    assert (row.from_patient_id, row.from_encounter_id, row.lock_version) == (
        house.patient.pk,
        before.pk,
        moved.lock_version,
    )
    assert (row.to_patient_id, row.reason, row.moved_by_id) == (
        house.other.pk,
        "Another Muñoz",
        house.clerk.pk,
    )
    assert files.read(storing.place_of(moved.versions.get())) == pdf().content


def test_moving_is_told_in_the_logs_of_both_charts(house):
    move(house, house.filed())

    assert [(e["patient_id"], e["detail"]) for e in events_of("DOCUMENT_MOVED")] == [
        (house.patient.pk, {"to_patient": house.other.pk}),
        (house.other.pk, {"from_patient": house.patient.pk}),
    ]


def test_moving_to_another_unit_takes_its_unit(house):
    make.grant(house.clerk, house.elsewhere, UnitRight.VIEW_CHART)
    house.clerk = type(house.clerk).objects.get(pk=house.clerk.pk)
    target = make.make_patient(house.elsewhere)

    moved = move(house, house.filed(), to_patient_id=target.pk)

    assert moved.unit_id == house.elsewhere.pk


def refused_targets(house):
    stranger = make.make_patient(house.elsewhere)
    child = make.make_patient(house.unit, birth_on=date(2026, 3, 3))
    visit = make.make_visit(house.patient)
    return {
        "same": ({"to_patient_id": house.patient.pk}, FilingRefused),
        "born later": ({"to_patient_id": child.pk}, FilingRefused),
        "foreign encounter": ({"to_encounter_id": visit.pk}, FilingRefused),
        "no ground": ({"to_patient_id": stranger.pk}, ChartRefused),
        "unknown": ({"to_patient_id": 987_654}, ChartUnknown),
        "stale": ({"lock_version": 2}, DocumentChangedMeanwhile),
    }


@pytest.mark.parametrize(
    "case", ["same", "born later", "foreign encounter", "no ground", "unknown", "stale"]
)
def test_move_that_cannot_be_writes_nothing(house, case):
    document = house.filed()
    changes, error = refused_targets(house)[case]

    with pytest.raises(error):
        move(house, document, **changes)

    document.refresh_from_db()
    assert (document.patient_id, document.lock_version) == (house.patient.pk, 1)
    assert (DocumentMove.objects.count(), events_of("DOCUMENT_MOVED")) == (0, [])


def test_moving_where_the_class_is_hidden_is_refused(house):
    elsewhere = make.make_unit()
    target = make.make_patient(elsewhere)
    make.grant(house.guardian, elsewhere, UnitRight.VIEW_CHART)
    house.guardian = type(house.guardian).objects.get(pk=house.guardian.pk)

    with pytest.raises(FilingRefused) as refusal:
        move(house, house.protected(), actor=house.guardian, to_patient_id=target.pk)

    assert refusal.value.field == "to_patient"


def test_moving_a_hidden_document_is_refused(house):
    document = house.protected()

    with pytest.raises(ClassHidden):
        move(house, document)

    assert events_of("DOCUMENT_MOVED") == []


def test_changing_writes_only_what_differs(house):
    document = house.filed()

    changed = corrections.change(
        actor=house.clerk,
        document_id=document.pk,
        lock_version=1,
        facts=facts(title="Lipids", service_on=date(2026, 3, 1)),
    )

    changed.refresh_from_db()
    assert (changed.title, changed.service_on, changed.lock_version) == (
        "Lipids",
        date(2026, 3, 1),
        2,
    )
    assert [event["detail"] for event in events_of("DOCUMENT_CHANGED")] == [
        {"fields": ["title", "service_on"]}
    ]


def test_changing_nothing_leaves_no_trace(house):
    document = house.filed()

    corrections.change(
        actor=house.clerk,
        document_id=document.pk,
        lock_version=1,
        facts=facts(sensitivity="NORMAL"),
    )

    document.refresh_from_db()
    assert (document.lock_version, events_of("DOCUMENT_CHANGED")) == (1, [])


def test_changing_the_class_is_an_event_of_its_own(house):
    document = house.filed()

    corrections.change(
        actor=house.guardian,
        document_id=document.pk,
        lock_version=1,
        facts=facts(sensitivity=PROTECTED),
    )

    assert [event["detail"] for event in events_of("DOCUMENT_RECLASSIFIED")] == [
        {"fields": ["sensitivity"]}
    ]
    assert events_of("DOCUMENT_CHANGED") == []


@pytest.mark.parametrize(
    ("changes", "lock_version", "error"),
    [
        ({"title": "Lipids"}, 2, DocumentChangedMeanwhile),
        ({"type_code": "NO_SUCH"}, 1, FilingRefused),
        ({"sensitivity": PROTECTED}, 1, FilingRefused),
    ],
)
def test_change_that_cannot_be_writes_nothing(house, changes, lock_version, error):
    document = house.filed()

    with pytest.raises(error):
        corrections.change(
            actor=house.clerk,
            document_id=document.pk,
            lock_version=lock_version,
            facts=facts(**changes),
        )

    document.refresh_from_db()
    assert (document.title, document.lock_version) == ("Blood count", 1)


def void(house, document, **changes):
    return corrections.void(
        **{
            "actor": house.supervisor,
            "document_id": document.pk,
            "lock_version": 1,
            "reason": "Wrong patient's name on it",
        }
        | changes
    )


def test_voiding_and_restoring_keep_bytes_and_history(house):
    document = house.filed()

    voided = void(house, document)
    assert (voided.status, voided.voided_by, voided.void_reason) == (
        "VOIDED",
        house.supervisor,
        "Wrong patient's name on it",
    )
    restored = corrections.restore(
        actor=house.supervisor, document_id=document.pk, lock_version=2, reason="Right after all"
    )

    restored.refresh_from_db()
    assert (restored.status, restored.voided_at, restored.void_reason) == ("CURRENT", None, "")
    steps = DocumentStatusChange.objects.filter(document=document).order_by("pk")
    assert list(steps.values_list("from_status", "to_status", "reason")) == [
        ("", "CURRENT", ""),
        ("CURRENT", "VOIDED", "Wrong patient's name on it"),
        ("VOIDED", "CURRENT", "Right after all"),
    ]
    assert len(events_of("DOCUMENT_VOIDED")) == len(events_of("DOCUMENT_RESTORED")) == 1
    assert files.read(storing.place_of(document.versions.get())) == pdf().content


def test_voiding_twice_is_refused_and_written_once(house):
    document = house.filed()
    void(house, document)

    with pytest.raises(DocumentChangedMeanwhile):
        void(house, document, lock_version=2)

    assert len(events_of("DOCUMENT_VOIDED")) == 1


def test_restoring_what_is_in_use_is_refused(house):
    document = house.filed()

    with pytest.raises(DocumentChangedMeanwhile):
        corrections.restore(
            actor=house.supervisor, document_id=document.pk, lock_version=1, reason="x"
        )

    assert events_of("DOCUMENT_RESTORED") == []


@pytest.mark.parametrize("step", ["move", "void", "change"])
def test_outsider_changes_nothing(house, step):
    document = house.filed()
    steps = {
        "move": lambda: move(house, document, actor=house.outsider),
        "void": lambda: void(house, document, actor=house.outsider),
        "change": lambda: corrections.change(
            actor=house.outsider, document_id=document.pk, lock_version=1, facts=facts(title="x")
        ),
    }

    with pytest.raises((ChartRefused, ChartUnknown)):
        steps[step]()

    document.refresh_from_db()
    assert (document.status, document.lock_version, document.title) == (
        "CURRENT",
        1,
        "Blood count",
    )


@pytest.mark.committed
def test_two_people_changing_at_once_one_is_told(vault):
    """The lock: the second waits for the first, then finds its page stale."""
    house = make.House()
    document, outcomes, meeting = house.filed(), [], threading.Barrier(2)

    def change(title):
        meeting.wait(20)
        try:
            corrections.change(
                actor=house.clerk, document_id=document.pk, lock_version=1, facts=facts(title=title)
            )
            outcomes.append(title)
        except DocumentChangedMeanwhile:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(title,)) for title in ("First", "Second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) in (["First", "stale"], ["Second", "stale"])
    stored = Document.objects.get(pk=document.pk)
    assert (stored.title in outcomes, stored.lock_version) == (True, 2)
