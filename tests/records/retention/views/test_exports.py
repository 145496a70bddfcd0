"""Charts past their term, and holds, as files."""

import csv
import io
import re
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.urls import reverse

from audit.models import Event, EventSubject
from audit.services import tables
from records.access.selectors import scopes
from records.retention.selectors import due, holds
from records.retention.selectors.due import Wanted
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


def file(name, kind="csv"):
    return reverse(f"retention:{name}", kwargs={"kind": kind})


def read(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def said_in(answer):
    with ZipFile(io.BytesIO(b"".join(answer))) as book:
        return re.findall(r"<t>(.*?)</t>", book.read("xl/worksheets/sheet2.xml").decode())


def newest(**of):
    return Event.objects.filter(**of).latest("pk")


def shown_by(event):
    rows = EventSubject.objects.filter(event_id=event.pk).order_by("position")
    return list(rows.values_list("patient_id", flat=True))


def test_charts_leave_as_they_are_shown_with_every_patient_on_record(house, browse):
    held, free = house.patient(), house.patient()
    make.make_hold(held)
    browser = browse(house.supervisor)
    page = browser.get(reverse("retention:home"))

    answer = browser.get(file("due_export"))

    event = newest(action="EXPORTED")
    rows = read(answer)
    lines = page.context["lines"]
    assert {line.person.patient_id for line in lines} == {held.pk, free.pk}
    assert [row["MRN"] for row in rows] == [line.person.mrn for line in lines]
    assert [row["Due from"] for row in rows] == [line.eligible_on.isoformat() for line in lines]
    assert [row["What stands against it"] for row in rows] == [line.obstacle for line in lines]
    assert rows[0]["Unit"] == house.unit.name
    assert (event.purpose, event.basis, event.detail) == (
        "RETENTION",
        "UNIT",
        {"list": "charts", "kind": "csv"},
    )
    assert shown_by(event) == [line.person.patient_id for line in lines]


def test_filters_narrow_the_file_and_stand_on_record(house, browse):
    held, _free = house.patient(), house.patient()
    make.make_hold(held)
    query = {"standing": "held", "show": "all", "unit": house.unit.pk}

    answer = browse(house.compliance).get(file("due_export"), query)

    assert [row["MRN"] for row in read(answer)] == [held.mrn]
    assert newest(action="EXPORTED").detail == {"list": "charts", "kind": "csv", **query}


def test_workbook_says_whose_and_what_narrowed_it(house, browse):
    browser = browse(house.compliance)

    plain = said_in(browser.get(file("due_export", "xlsx")))
    narrowed = said_in(browser.get(file("due_export", "xlsx"), {"standing": "held"}))

    assert plain[:2] == ["Charts by the end of their term, of", settings.FACILITY_NAME]
    assert plain[6:] == ["Purpose", "Retention and destruction", "Due", "now"]
    assert narrowed[8:] == ["Holds", "Held"]


def test_charts_of_other_units_do_not_leave(house, browse):
    house.patient()
    outsider = make.make_user("SUPERVISOR", unit=make.make_unit())

    assert read(browse(outsider).get(file("due_export"), {"show": "all"})) == []
    assert shown_by(newest(action="EXPORTED")) == []


def test_holds_leave_and_name_no_patient(house, browse):
    hold = make.make_hold(house.patient(), house.patient())
    browser = browse(house.supervisor)

    (row,) = read(browser.get(file("hold_export")))
    event = newest(action="EXPORTED")
    lifted = read(browser.get(file("hold_export"), {"show": "lifted", "kind": "LITIGATION"}))

    assert (row["Matter"], row["Patients"], row["Kind"], row["Lifted"]) == (
        hold.name,
        "2",
        hold.get_kind_display(),
        "",
    )
    assert (event.detail, shown_by(event)) == (
        {"list": "holds", "lifted": False, "kind": "csv"},
        [],
    )
    assert lifted == []
    assert newest(action="EXPORTED").detail["of"] == "LITIGATION"


def test_clerks_see_no_buttons_and_supervisors_do(house, browse):
    make.make_hold(house.patient())
    pages = [reverse("retention:home"), reverse("retention:hold_list")]
    files = [file("due_export"), file("hold_export", "xlsx")]

    def offered(user):
        shown = "".join(browse(user).get(page).content.decode() for page in pages)
        return [f'href="{address}' in shown for address in files]

    assert offered(make.make_user("CLERK", unit=house.unit)) == [False, False]
    assert offered(house.supervisor) == [True, True]


@pytest.mark.parametrize("address", ["due_export", "hold_export"])
def test_what_cannot_be_a_file_is_refused(house, browse, monkeypatch, address):
    make.make_hold(house.patient())
    browser = browse(house.compliance)

    unknown = browser.get(file(address, "pdf")).status_code
    unreadable = browser.get(file("due_export"), {"year": "soon"}).status_code
    monkeypatch.setattr(tables.Table.__init__, "__defaults__", ((), 0))
    too_long = browser.get(file(address), {"show": "all"})

    assert (unknown, unreadable, too_long.status_code) == (404, 404, 409)
    assert newest().detail == {"reason": "TOO_MUCH_TO_EXPORT"}


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_however_long(house, browse, django_assert_max_num_queries, count):
    for _ in range(count):
        house.patient()
    browser = browse(house.supervisor)
    read(browser.get(file("due_export")))

    # session, user, rights on units and charts, units of the form, charts, people, facts, event
    with django_assert_max_num_queries(11):
        assert len(read(browser.get(file("due_export")))) == count


@pytest.mark.parametrize("chunk", [1, 2, 3, 4])
@pytest.mark.parametrize("is_blocked", [False, True])
def test_lists_are_read_in_chunks_and_whole(house, monkeypatch, chunk, is_blocked):
    monkeypatch.setattr(due, "CHUNK", chunk)
    monkeypatch.setattr(holds, "CHUNK", chunk)
    patients = [house.patient() for _ in range(4)]
    made = [make.make_hold(patient).pk for patient in patients]
    scope, wanted = scopes.list_scope(house.supervisor), Wanted(is_blocked=is_blocked)

    charts = [key for found in due.stream_ids(scope, wanted) for key in found]
    matters = [hold.pk for found in holds.stream_holds(is_lifted=False) for hold in found]

    assert charts == due.list_page(scope, wanted).patient_ids
    assert matters == made[::-1]
