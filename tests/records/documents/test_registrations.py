"""What the room tells others: work that waits, and what the access log calls its subjects."""

import pytest

from audit import subjects
from records.access import worklists
from tests.records.documents import house as make
from tests.records.documents.house import PROTECTED

pytestmark = pytest.mark.django_db


def source_of(user):
    return next((one for one in worklists.sources_for(user) if one.name == "Unfiled files"), None)


def test_waiting_files_are_work_of_those_who_may_file_them(house):
    first, second = house.received("One", "Two"), house.received("Three")
    house.received(unit=house.elsewhere)

    source = source_of(house.clerk)
    items = source.oldest(house.clerk, 5)

    assert source.count(house.clerk) == 2
    assert [(item.what, item.url) for item in items] == [
        (f"File {first.file_name}", f"/documents/unfiled/{first.pk}/"),
        (f"File {second.file_name}", f"/documents/unfiled/{second.pk}/"),
    ]
    where = f"waits in {house.unit.name}, received by {house.clerk.display_name}"
    assert [item.why for item in items] == [f"PDF of 2 pages, {where}", f"PDF of 1 page, {where}"]
    assert all(item.may_name_patient for item in items)
    assert len(source.oldest(house.clerk, 1)) == 1
    assert source.count(house.outsider) == 1


def test_supervisor_sees_how_many_files_wait_in_own_units(house):
    supervisor = make.make_user("SUPERVISOR", unit=house.unit)
    house.received("One")
    house.received("Two")
    house.received(unit=house.elsewhere)

    def team_of(user):
        found = worklists.list_team_queues(user)
        return [
            (queue.url, queue.waiting, queue.late, [load.who for load in queue.loads])
            for queue in found
            if queue.name == "Unfiled files"
        ]

    assert team_of(supervisor) == [("/documents/unfiled/", 2, 0, [""])]
    assert team_of(house.clerk) == []


@pytest.mark.parametrize("role", ["PROVIDER", "COMPLIANCE", "ADMINISTRATOR"])
def test_who_may_not_file_has_no_such_work(house, role):
    assert source_of(make.make_user(role, unit=house.unit)) is None


def test_log_names_documents_without_telling_a_protected_class(house):
    plain, hidden = house.filed(), house.filed(sensitivity=PROTECTED)

    labels = subjects.labels("document", [plain.pk, hidden.pk, 987_654, "x"])

    assert labels == {
        str(plain.pk): "Laboratory report, Mar 2, 2026",
        str(hidden.pk): f"Protected document {hidden.pk}",
        "987654": "document 987654",
        "x": "document x",
    }
    assert subjects.url("document", plain.pk) == f"/documents/{plain.pk}/"


def test_log_names_loose_files_by_number_and_leads_nowhere(house):
    row = house.received()

    assert subjects.labels("unfiled", [row.pk]) == {str(row.pk): f"Unfiled file {row.pk}"}
    assert subjects.url("unfiled", row.pk) == ""
