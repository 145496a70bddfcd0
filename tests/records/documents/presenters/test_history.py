"""The history of a document in words: what was before and after, and for whom."""

from datetime import date

import pytest

from audit.enums import Action
from records.access.enums import UnitRight
from records.access.services import opening
from records.documents.presenters import history
from records.documents.selectors import documents
from records.documents.services import corrections, filing
from records.patients.rules import mrn
from tests.records.documents import house as make
from tests.records.documents.house import PROTECTED, facts, pdf

pytestmark = pytest.mark.django_db


def told(document, reader):
    """Return (who, what, text) of each line as `reader` reads it, and who is named."""
    document.refresh_from_db()
    scope = opening.peek_scope(actor=reader, patient_id=document.patient_id)
    found = history.get_history(scope, document, documents.list_versions(document))
    assert [one.at for one in found.happenings] == sorted(
        (one.at for one in found.happenings), reverse=True
    )
    return [(one.who, one.what, one.text) for one in found.happenings], found.patient_ids


def change(house, document, *, actor=None, **changes):
    document.refresh_from_db()
    values = {"sensitivity": document.sensitivity} | changes
    corrections.change(
        actor=actor or house.clerk,
        document_id=document.pk,
        lock_version=document.lock_version,
        facts=facts(**values),
    )


def move(house, document, target, *, actor=None, reason="Another Muñoz"):
    document.refresh_from_db()
    corrections.move(
        actor=actor or house.clerk,
        document_id=document.pk,
        lock_version=document.lock_version,
        to_patient_id=target.pk,
        to_encounter_id=None,
        reason=reason,
    )


def chart_of(name, patient):
    return f"the chart of {name} ({mrn.display(patient.mrn)})"


def test_every_field_changed_is_told_before_and_after(house):
    visit = make.make_visit(house.patient)
    document = house.filed()
    change(
        house,
        document,
        type_code="IMAGING",
        title="Chest film",
        service_on=date(2026, 3, 1),
        encounter_id=visit.pk,
    )

    found, named = told(document, house.clerk)

    assert found == [
        (
            house.clerk.display_name,
            "changed what is said of it",
            "Type: from Laboratory report to Imaging report\n"
            "Title: from “Blood count” to “Chest film”\n"
            "Date of service: from Mar 2, 2026 to Mar 1, 2026\n"
            f"Encounter: from none to Mar 1, 2026 inpatient · {visit.account_number}",
        ),
        (house.guardian.display_name, "filed it", ""),
    ]
    assert named == []


def test_versions_and_voidings_are_told_with_their_reasons(house):
    document = house.filed()
    filing.replace(
        actor=house.clerk,
        document_id=document.pk,
        lock_version=1,
        upload=pdf("New"),
        reason="Page missing",
    )
    for number, step in ((2, corrections.void), (3, corrections.restore)):
        step(
            actor=house.supervisor,
            document_id=document.pk,
            lock_version=number,
            reason=f"Reason {number}",
        )

    found, _ = told(document, house.clerk)

    boss = house.supervisor.display_name
    assert found == [
        (boss, "restored it", "Reason 3"),
        (boss, "voided it", "Reason 2"),
        (house.clerk.display_name, "put version 2 over it", "Page missing"),
        (house.guardian.display_name, "filed it", ""),
    ]


def test_move_is_told_with_reason_and_chart_to_those_who_may_know_of_it(house):
    document = house.filed()
    move(house, document, house.other)

    found, named = told(document, house.supervisor)

    what = f"moved it here from {chart_of('MUÑOZ, Rosa', house.patient)}"
    assert found[0] == (house.clerk.display_name, what, "Another Muñoz")
    assert named == [house.patient.pk]


def test_move_and_its_way_back_are_told_from_the_chart_where_it_lies(house):
    document = house.filed()
    move(house, document, house.other)
    move(house, document, house.patient, reason="Hers after all")

    found, named = told(document, house.clerk)

    other = chart_of("OKAFOR, Ada", house.other)
    assert [line[1:] for line in found] == [
        (f"moved it here from {other}", "Hers after all"),
        (f"moved it to {other}", "Another Muñoz"),
        ("filed it", ""),
    ]
    assert named == [house.other.pk]


@pytest.fixture
def hidden(house):
    """A patient of a unit that is in no directory, and a clerk of both units."""
    unit = make.make_unit(is_listed=False)
    both = make.make_user("CLERK", unit=house.unit)
    make.grant(both, unit, UnitRight.VIEW_CHART)
    return make.make_patient(unit, family="Quill", given="Vera"), both


def test_chart_that_the_reader_may_not_know_of_is_not_named_nor_is_the_reason(house, hidden):
    patient, both = hidden
    document = house.filed(actor=both, patient_id=patient.pk, title="Of Vera Quill")
    change(house, document, actor=both, title="Of Vera Q.")
    move(house, document, house.patient, actor=both, reason="Vera Quill's file")
    change(house, document, title="Blood count")

    open_lines, open_named = told(document, both)
    found, named = told(document, house.clerk)

    assert open_lines[1][1:] == (
        f"moved it here from {chart_of('QUILL, Vera', patient)}",
        "Vera Quill's file",
    )
    assert open_lines[2][2] == "Title: from “Of Vera Quill” to “Of Vera Q.”"
    assert open_named == [patient.pk]
    assert [line[1:] for line in found[1:]] == [
        ("moved it here from another chart", history.UNTOLD_REASON),
        ("changed what is said of it", f"Title. {history.UNTOLD_VALUES}"),
        ("filed it", ""),
    ]
    assert named == []


def test_encounter_of_the_chart_it_came_from_is_not_shown(house):
    visit = make.make_visit(house.patient)
    document = house.filed()
    change(house, document, encounter_id=visit.pk)
    move(house, document, house.other)

    found, _ = told(document, house.clerk)

    assert found[1][2] == "Encounter: from none to one that is not shown here"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"sensitivity": PROTECTED}, {"sensitivity": "NORMAL"}),
        (
            {"type_code": "HIV_RESULT", "sensitivity": PROTECTED},
            {"sensitivity": "NORMAL"},
        ),
    ],
)
def test_protected_class_of_earlier_days_is_told_to_those_alone_who_see_it(house, before, after):
    document = house.filed(**before)
    change(house, document, actor=house.guardian, **before | {"title": "Viral load"})
    change(house, document, actor=house.guardian, **after)
    change(house, document, title="Blood test")

    seen, _ = told(document, house.guardian)
    found, _ = told(document, house.clerk)

    assert found[0][2] == "Title: from “Blood count” to “Blood test”"
    assert [line[2].endswith(history.UNTOLD_VALUES) for line in found] == [
        False,
        True,
        True,
        False,
    ]
    assert not any("HIV" in line[2] or "Viral load" in line[2] for line in found)
    assert "Sensitivity: from HIV" in seen[1][2]


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_the_same_however_often_it_was_changed_and_moved(
    house, django_assert_num_queries, count
):
    visit, document = make.make_visit(house.patient), house.filed()
    told(document, house.clerk)
    for number in range(count):
        change(house, document, title=f"Title {number}", encounter_id=visit.pk)
        change(house, document, title=f"Title {number}", encounter_id=None)
        move(house, document, house.other)
        move(house, document, house.patient)
    document.refresh_from_db()
    reader = make.make_user("CLERK", unit=house.unit)
    scope = opening.peek_scope(actor=reader, patient_id=document.patient_id)
    versions = documents.list_versions(document)

    with django_assert_num_queries(7):
        history.get_history(scope, document, versions)


def test_change_says_in_the_log_which_fields_and_keeps_no_value_there(house):
    document = house.filed()

    change(house, document, title="Of Rosa Muñoz")

    assert make.events_of(Action.DOCUMENT_CHANGED)[-1]["detail"] == {"fields": ["title"]}


def test_nothing_changed_adds_no_line(house):
    document = house.filed()

    change(house, document)

    found, _ = told(document, house.clerk)
    assert [line[1] for line in found] == ["filed it"]
