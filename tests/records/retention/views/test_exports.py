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
from records.retention.enums import HoldKind
from records.retention.selectors import due, holds
from records.retention.selectors.due import Wanted
from tests.exporting import take_out
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


DUE, HOLDS = reverse("retention:due_export"), reverse("retention:hold_export")


def taken(browser, path, filters=None, **more):
    return take_out(browser, path, filters, purpose=more.pop("purpose", "RETENTION"), **more)


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

    answer = taken(browser, DUE)

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

    answer = taken(browse(house.compliance), DUE, query)

    assert [row["MRN"] for row in read(answer)] == [held.mrn]
    assert newest(action="EXPORTED").detail == {"list": "charts", "kind": "csv", **query}


def test_workbook_says_whose_and_what_narrowed_it(house, browse):
    browser = browse(house.compliance)

    plain = said_in(taken(browser, DUE, kind="xlsx"))
    narrowed = said_in(taken(browser, DUE, {"standing": "held"}, kind="xlsx"))

    assert plain[:2] == ["Charts by the end of their term, of", settings.FACILITY_NAME]
    assert plain[6:] == ["Purpose", "Retention and destruction", "Due", "now"]
    assert narrowed[8:] == ["Holds", "Held"]


def test_charts_of_other_units_do_not_leave(house, browse):
    house.patient()
    outsider = make.make_user("SUPERVISOR", unit=make.make_unit())

    assert read(taken(browse(outsider), DUE, {"show": "all"})) == []
    assert shown_by(newest(action="EXPORTED")) == []


def test_holds_leave_and_name_no_patient(house, browse):
    hold = make.make_hold(house.patient(), house.patient())
    browser = browse(house.supervisor)

    (row,) = read(taken(browser, HOLDS))
    event = newest(action="EXPORTED")
    lifted = read(taken(browser, HOLDS, {"show": "lifted", "kind": "LITIGATION"}))

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

    def offered(user):
        shown = "".join(browse(user).get(page).content.decode() for page in pages)
        return [f'href="{address}' in shown for address in (DUE, HOLDS)]

    assert offered(make.make_user("CLERK", unit=house.unit)) == [False, False]
    assert offered(house.supervisor) == [True, True]


@pytest.mark.parametrize("address", [DUE, HOLDS])
def test_too_long_a_list_is_refused_beside_the_field(house, browse, monkeypatch, address):
    make.make_hold(house.patient())
    browser = browse(house.compliance)
    monkeypatch.setattr(tables.Table.__init__, "__defaults__", ((), 0))

    answer = taken(browser, address, {"show": "all"})

    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {
        "file_kind": ["This is more than 0 lines. Narrow the list, then export again."]
    }
    assert newest(outcome="REFUSED").detail == {"reason": "TOO_MUCH_TO_EXPORT"}
    assert not Event.objects.filter(action="EXPORTED", outcome="SUCCESS").exists()


@pytest.mark.parametrize("is_fresh", [True, False])
def test_filters_that_cannot_be_read_lead_back_to_the_list(house, browse, is_fresh):
    answer = browse(house.compliance, is_fresh=is_fresh).get(DUE, {"year": "soon"})

    assert (answer.status_code, answer.url) == (302, f"{reverse('retention:home')}?year=soon")


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("address", [DUE, HOLDS])
def test_page_and_file_ask_for_a_fresh_proof(house, browse, address):
    make.make_hold(house.patient())
    browser = browse(house.compliance, is_fresh=False)

    looked, sent = browser.get(address), taken(browser, address)

    assert looked.url.startswith("/sign-in/reauthenticate/")
    assert browser.get(sent.url).url.startswith("/sign-in/reauthenticate/")
    assert not Event.objects.filter(action="EXPORTED").exists()


def test_page_of_charts_says_what_leaves_and_leads_back(house, browse):
    held, _free = house.patient(), house.patient()
    make.make_hold(held)

    answer = browse(house.compliance).get(DUE, {"standing": "held", "show": "all", "after": "x"})

    assert answer.context["rows"] == "1 row"
    assert answer.context["export"].said == [("Due", "Ever"), ("Holds", "Held")]
    assert answer.context["export"].list_url == (
        f"{reverse('retention:home')}?standing=held&show=all"
    )
    assert answer.context["form"]["purpose"].value() == "RETENTION"
    assert held.mrn not in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "rows", "said"),
    [
        ({}, "2 rows", [("Holds", "standing")]),
        (
            {"kind": "AUDIT"},
            "0 rows",
            [("Holds", "standing"), ("Kind", str(HoldKind.AUDIT.label))],
        ),
        ({"show": "lifted", "kind": "nothing"}, "0 rows", [("Holds", "lifted")]),
    ],
)
def test_page_of_holds_says_what_leaves(house, browse, query, rows, said):
    for _ in range(2):
        make.make_hold(house.patient())

    answer = browse(house.compliance).get(HOLDS, query)

    assert (answer.context["rows"], answer.context["export"].said) == (rows, said)


def test_purpose_that_was_chosen_stands_in_event_and_workbook(house, browse):
    house.patient()

    said = said_in(taken(browse(house.supervisor), DUE, kind="xlsx", purpose="LEGAL"))

    assert said[6:8] == ["Purpose", "Required by law"]
    assert newest(action="EXPORTED").purpose == "LEGAL"


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_however_long(house, browse, django_assert_max_num_queries, count):
    for _ in range(count):
        house.patient()
    browser = browse(house.supervisor)
    read(taken(browser, DUE))

    # session, user, factors (3), rights on units and charts, units of the form (twice, before the
    # proof and after), charts, people, facts, event
    with django_assert_max_num_queries(17):
        assert len(read(taken(browser, DUE))) == count


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
