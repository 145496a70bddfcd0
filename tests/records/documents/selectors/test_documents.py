"""What selectors show through a scope, and what they hide."""

from datetime import date

import pytest

from records.access.enums import SensitivityClass
from records.access.services import opening
from records.documents.models import Document, DocumentVersion
from records.documents.selectors import documents
from records.documents.services import corrections, filing
from tests.records.documents.house import PROTECTED, pdf

pytestmark = pytest.mark.django_db


def scope_of(house, who="clerk"):
    return opening.peek_scope(actor=getattr(house, who), patient_id=house.patient.pk)


def test_list_hides_voided_protected_and_foreign_documents(house):
    shown = house.filed()
    house.protected()
    house.filed(patient_id=house.other.pk)
    voided = house.filed()
    corrections.void(actor=house.supervisor, document_id=voided.pk, lock_version=1, reason="x")

    clerk = scope_of(house)
    assert list(documents.list_documents(clerk)) == [shown]
    assert list(documents.list_documents(clerk, include_voided=True)) == [voided, shown]
    assert documents.list_documents(scope_of(house, "guardian")).count() == 2


def test_shelf_pages_through_all_newest_service_first(house, monkeypatch):
    monkeypatch.setattr(documents, "PAGE", 2)
    days = [
        date(2026, 3, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    rows = [house.filed(service_on=day) for day in days]
    scope, seen, key = scope_of(house), [], ""
    while True:
        shelf = documents.get_shelf(scope, after=key)
        seen += [row.pk for row in shelf.documents]
        key = shelf.next_key
        if not key:
            break

    wanted = sorted(rows, key=lambda row: (row.service_on, row.pk), reverse=True)
    assert seen == [row.pk for row in wanted]


def test_type_stands_beside_a_title_that_does_not_say_it(house):
    titled, plain = house.filed(title="Lipids"), house.filed(title="")

    shelf = documents.get_shelf(scope_of(house))

    beside = {line.pk: line.type_beside for line in shelf.documents}
    assert beside == {titled.pk: "Laboratory report", plain.pk: ""}
    assert [one.type_beside for one in (titled, plain)] == ["Laboratory report", ""]


@pytest.mark.parametrize(
    "after",
    ["x", "2026-01-01", "2026-01-01.x", "2026.1", "99", "2026-02-30.1", f"2026-01-01.{9:019}"],
)
def test_shelf_key_of_no_use_begins_anew(house, after):
    row = house.filed()

    assert [line.pk for line in documents.get_shelf(scope_of(house), after=after).documents] == [
        row.pk
    ]


def test_shelf_shows_what_the_list_shows(house):
    shown = house.filed(type_code="ECG")
    house.protected()
    house.filed(patient_id=house.other.pk)
    voided = house.filed()
    corrections.void(actor=house.supervisor, document_id=voided.pk, lock_version=1, reason="x")
    scope = scope_of(house)

    shelf = documents.get_shelf(scope)
    with_void = documents.get_shelf(scope, include_voided=True)
    of_type = documents.get_shelf(scope, include_voided=True, type_id=shown.type_id)

    assert shelf.documents == [
        documents.Line(
            pk=shown.pk,
            title=shown.title,
            sensitivity="NORMAL",
            status="CURRENT",
            version_number=1,
            type_name="Electrocardiogram",
            page_count=shown.page_count,
            service_on=shown.service_on,
        )
    ]
    assert [line.pk for line in with_void.documents] == [voided.pk, shown.pk]
    assert of_type.documents == shelf.documents


def test_shelf_names_a_protected_class_in_words(house):
    house.protected()

    (line,) = documents.get_shelf(scope_of(house, "guardian")).documents

    assert line.sensitivity_label == SensitivityClass(PROTECTED).label


@pytest.mark.parametrize("rows", [1, 3])
def test_shelf_and_counts_cost_one_query_each(house, rows, django_assert_num_queries):
    for _ in range(rows):
        house.filed()
    scope = scope_of(house)

    with django_assert_num_queries(2):
        assert len(documents.get_shelf(scope).documents) == rows
        assert [row.number for row in documents.count_by_type(scope)] == [rows]


def test_counts_by_type_are_of_visible_documents(house):
    house.filed()
    house.filed(type_code="ECG")
    house.filed()
    house.protected()

    found = documents.count_by_type(scope_of(house))

    assert [(row.name, row.number) for row in found] == [
        ("Laboratory report", 2),
        ("Electrocardiogram", 1),
    ]


@pytest.mark.parametrize("hidden", ["protected", "foreign", "unknown"])
def test_hidden_document_is_not_got(house, hidden):
    pk = {
        "protected": lambda: house.protected().pk,
        "foreign": lambda: house.filed(patient_id=house.other.pk).pk,
        "unknown": lambda: 987_654,
    }[hidden]()

    with pytest.raises(Document.DoesNotExist):
        documents.get_document(scope_of(house), pk)


def test_version_is_the_newest_unless_asked_for(house):
    document = house.filed()
    filing.replace(
        actor=house.clerk, document_id=document.pk, lock_version=1, upload=pdf("New"), reason="x"
    )
    document.refresh_from_db()

    assert documents.get_version(document).number == 2
    assert documents.get_version(document, 1).number == 1
    with pytest.raises(DocumentVersion.DoesNotExist):
        documents.get_version(document, 3)


def test_whereabouts_are_told_of_each_version(house):
    document = house.filed("One", "Two", sensitivity=PROTECTED)
    filing.replace(
        actor=house.guardian, document_id=document.pk, lock_version=1, upload=pdf("N"), reason="x"
    )

    newest = documents.find_whereabouts(document.pk)
    first = documents.find_whereabouts(document.pk, 1)

    assert (newest.patient_id, newest.sensitivity, newest.number, newest.page_count) == (
        house.patient.pk,
        PROTECTED,
        2,
        1,
    )
    assert (first.number, first.page_count) == (1, 2)
    assert documents.find_whereabouts(document.pk, 3) is None
    assert documents.find_whereabouts(987_654) is None


def test_same_bytes_are_found_in_this_chart_and_class_only(house):
    document = house.filed("Twin")
    sha256 = document.versions.get().sha256
    other = opening.peek_scope(actor=house.clerk, patient_id=house.other.pk)

    assert documents.find_same_bytes(scope_of(house), sha256) == document
    assert documents.find_same_bytes(other, sha256) is None
    assert documents.find_same_bytes(scope_of(house), "0" * 64) is None


def test_same_bytes_of_a_hidden_or_voided_document_are_not_told(house):
    hidden = house.filed("Twin", sensitivity=PROTECTED)
    voided = house.filed("Other twin")
    corrections.void(actor=house.supervisor, document_id=voided.pk, lock_version=1, reason="x")
    scope = scope_of(house)

    for row in (hidden, voided):
        assert documents.find_same_bytes(scope, row.versions.get().sha256) is None


def test_types_are_in_the_order_of_the_dividers():
    codes = [kind.code for kind in documents.list_types()]

    assert codes[0] == "IDENTIFICATION"
    assert codes[-1] == "OTHER"
    assert len(codes) == 28
