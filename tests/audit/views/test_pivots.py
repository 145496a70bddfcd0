"""Everybody who saw a patient, everybody whom a person saw."""

import csv
import html
import io
import re
from zipfile import ZipFile

import pytest
from django.conf import settings

from accounts.models import user
from audit import context
from audit.enums import Action
from audit.models import Event
from audit.services import events, tables
from audit.views import pivots
from tests.audit.views.pages import ANA, LIST, newest, shown_by, text_of
from tests.exporting import take_out

pytestmark = pytest.mark.django_db


def links(answer):
    """The addresses of the pages before and after this one."""
    found = re.findall(r'href="([^"]*)" rel="(prev|next)"', answer.content.decode())
    return {where: html.unescape(address) for address, where in found}


def follow(client, answer, where):
    return client.get(answer.wsgi_request.path + links(answer)[where])


def test_everybody_who_saw_a_patient(signed_in, some):
    answer = signed_in.get("/log/patients/5/", {"sort": "name"})

    lines = answer.context["lines"]
    assert [(line.label, line.count, line.refused_count) for line in lines] == [
        ("Ana Mills", 2, 0),
        ("Bo Hale", 1, 1),
    ]
    assert [line.url for line in lines] == ["/log/people/7/", "/log/people/8/"]
    assert lines[0].actions == "Chart opened (1), Patients listed (1)"
    assert "MILLS, Peter 45-50-99" in text_of(answer)
    event = newest()
    assert (event.action, event.patient_id, shown_by(event)) == (Action.LOG_VIEWED, 5, [5])


def test_everybody_whom_a_person_saw(signed_in, some):
    answer = signed_in.get("/log/people/7/")

    lines = answer.context["lines"]
    assert {(line.label, line.count, line.url) for line in lines} == {
        ("MILLS, Peter 45-50-99", 2, "/log/patients/5/"),
        ("MUÑOZ, Rosa 45-51-00", 1, "/log/patients/6/"),
    }
    assert "Ana Mills" in text_of(answer)
    event = newest()
    assert (event.detail["person"], sorted(shown_by(event))) == (7, [5, 6])


def test_pivot_names_the_three_most_frequent_and_keeps_the_rest(signed_in):
    with context.acting(context.system_origin()):
        for action in [*Action.values[:5], Action.values[4]]:
            events.record(action=action, patient_id=5)

    answer = signed_in.get("/log/patients/5/")

    (line,) = answer.context["lines"]
    assert line.actions.startswith(f"{Action(Action.values[4]).label} (2), ")
    assert "and 2 more" in text_of(answer)
    assert all(one in text_of(answer) for one in line.more)


def test_pivot_of_the_system_links_nowhere(signed_in):
    with context.acting(context.system_origin()):
        events.record(action=Action.RETENTION_EVALUATED, patient_id=5)

    (line,) = signed_in.get("/log/patients/5/").context["lines"]

    assert (line.label, line.url) == ("system", "")


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_pivots_cost_the_same_whatever_they_show(signed_in, some, django_assert_num_queries):
    signed_in.get(LIST)

    # session, user with roles, who saw whom, the event of looking
    for page in ("/log/patients/5/", "/log/people/7/", "/log/patients/99/"):
        with django_assert_num_queries(4):
            signed_in.get(page)


def test_fields_of_a_period_leave_no_room_before_their_button(signed_in, some):
    html = signed_in.get("/log/patients/5/").content.decode()

    grid = html.partition('class="form-grid"')[2].partition('class="form-actions"')[0]
    assert re.findall(r"span-\d+", grid) == ["span-6", "span-6"]


def test_pivot_of_a_period(signed_in, some):
    unreadable = signed_in.get("/log/patients/5/", {"since": "soon"})
    never = signed_in.get("/log/patients/5/", {"until": "2020-01-01"})

    assert never.context["lines"] == []
    assert "No event falls into this period" in text_of(never)
    assert len(unreadable.context["lines"]) == 2
    assert "There is no such date. Enter a day, for example 3/14/2026." in text_of(unreadable)


# --- pages ------------------------------------------------------------------------------------


def test_a_pivot_is_paged_both_ways_in_the_order_chosen(signed_in, some, monkeypatch):
    monkeypatch.setattr(pivots, "PAGE_SIZE", 1)

    first = signed_in.get("/log/patients/5/", {"sort": "name", "since": "2026-01-01"})
    second = follow(signed_in, first, "next")
    again = follow(signed_in, second, "prev")

    assert [line.label for line in first.context["lines"]] == ["Ana Mills"]
    assert [line.label for line in second.context["lines"]] == ["Bo Hale"]
    assert [line.label for line in again.context["lines"]] == ["Ana Mills"]
    assert links(first).keys() == links(again).keys() == {"next"}
    # Who looks at this page is the third.
    assert links(second).keys() == {"prev", "next"}
    assert "since=2026-01-01" in links(first)["next"]
    assert "Ana" not in links(first)["next"]


def test_each_page_of_a_persons_patients_is_recorded_with_its_own(signed_in, some, monkeypatch):
    monkeypatch.setattr(pivots, "PAGE_SIZE", 1)

    first = signed_in.get("/log/people/7/")
    shown = [shown_by(newest())]
    follow(signed_in, first, "next")

    assert [*shown, shown_by(newest())] == [[6], [5]]


@pytest.mark.parametrize("place", ["after=x", "before=1.x", "after=1.2.3", "before=" + "9" * 60])
def test_a_place_that_is_none_begins_anew(signed_in, some, place):
    assert len(signed_in.get(f"/log/people/7/?{place}").context["lines"]) == 2


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("count", [1, 3, 300])
def test_pages_of_a_pivot_cost_the_same_however_long(signed_in, count, django_assert_num_queries):
    with context.acting(ANA):
        events.record(action=Action.PATIENTS_LISTED, patients=range(10, 10 + count))
    signed_in.get(LIST)

    with django_assert_num_queries(4):
        answer = signed_in.get("/log/people/7/")

    assert len(answer.context["lines"]) == min(count, pivots.PAGE_SIZE)


# --- files ------------------------------------------------------------------------------------


def read(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


@pytest.mark.goal("G-32")
def test_everybody_who_saw_a_patient_leaves_as_csv(proved, some, officer):
    answer = take_out(proved, "/log/patients/5/export/", {"sort": "name"})

    event = newest()
    rows = read(answer)
    assert re.fullmatch(
        r'attachment; filename="who-saw-patient-\d{8}-\d{4}.csv"',
        answer.headers["Content-Disposition"],
    )
    assert [tuple(row.values())[:7] for row in rows] == [
        ("Ana Mills", "7", "Clerk", "MILLS, Peter 45-50-99", "5", "2", "0"),
        ("Bo Hale", "8", "Supervisor", "MILLS, Peter 45-50-99", "5", "1", "1"),
    ]
    assert [row["What"] for row in rows] == [
        "Chart opened (1), Patients listed (1)",
        "Chart opened (1)",
    ]
    assert (rows[0]["Basis"].endswith("Works in the chart's unit"), rows[1]["Basis"]) == (
        True,
        "No ground",
    )
    assert (event.action, event.actor_id, event.purpose) == (
        "LOG_EXPORTED",
        officer.pk,
        "OVERSIGHT",
    )
    assert (event.patient_id, shown_by(event)) == (5, [5])
    detail = event.detail
    assert (detail.pop("since")[:2], detail) == (
        "20",
        {"kind": "csv", "pivot": "viewers", "sort": "name", "patient": 5},
    )


@pytest.mark.goal("G-32")
def test_whom_a_person_saw_leaves_with_every_patient_on_record(proved, some, monkeypatch):
    monkeypatch.setattr(pivots, "PAGE_SIZE", 1)

    answer = take_out(proved, "/log/people/7/export/", {"sort": "-count", "after": "1.5"})

    event = newest()
    assert [tuple(row.values())[:6] for row in read(answer)] == [
        ("MILLS, Peter 45-50-99", "5", "Ana Mills", "7", "2", "0"),
        ("MUÑOZ, Rosa 45-51-00", "6", "Ana Mills", "7", "1", "0"),
    ]
    assert (event.detail["pivot"], event.detail["person"], shown_by(event)) == (
        "patients",
        7,
        [5, 6],
    )


def test_workbook_of_a_pivot_says_what_it_is(proved, some):
    answer = take_out(
        proved, "/log/people/7/export/", {"until": "2020-01-31"}, kind="xlsx", purpose="RESEARCH"
    )

    with ZipFile(io.BytesIO(b"".join(answer))) as book:
        about = book.read("xl/worksheets/sheet2.xml").decode()
    said = re.findall(r"<t>(.*?)</t>", about)
    assert said[:2] == ["Whom a person saw, of", settings.FACILITY_NAME]
    assert said[6:10] == ["Purpose", "Research", "Person", "Ana Mills"]
    assert (said[10], said[12]) == ("From", "To")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("page", ["patients/5", "people/7"])
def test_file_of_a_pivot_that_is_too_long_is_refused(proved, some, monkeypatch, page, kind):
    monkeypatch.setattr(tables, "MOST_ROWS", 1)

    answer = take_out(proved, f"/log/{page}/export/", kind=kind)

    assert (answer.status_code, "Narrow the list" in text_of(answer)) == (422, True)
    assert newest(outcome="REFUSED").detail == {"reason": "TOO_MUCH_TO_EXPORT"}
    assert not Event.objects.filter(action="LOG_EXPORTED", outcome="SUCCESS").exists()


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("count", [1, 3, 300])
def test_file_of_a_pivot_costs_the_same_however_long(proved, count, django_assert_num_queries):
    with context.acting(ANA):
        events.record(action=Action.PATIENTS_LISTED, patients=range(10, 10 + count))
    proved.get(LIST)

    # session, user with roles, their factors (3), whom they saw, the event
    with django_assert_num_queries(7):
        answer = take_out(proved, "/log/people/7/export/")

    assert len(read(answer)) == count


def test_files_of_pivots_are_offered_to_who_may_take_them_out(proved, some, monkeypatch):
    offered = [
        re.findall(r'href="(/log/[^"]*/export/[^"]*)"', proved.get(page).content.decode())
        for page in ("/log/patients/5/?sort=name&after=1.5", "/log/people/7/")
    ]
    monkeypatch.setattr(user, "permissions_of", lambda held: frozenset({"audit.view_event"}))
    refused = take_out(proved, "/log/people/7/export/")

    assert offered == [["/log/patients/5/export/?sort=name"], ["/log/people/7/export/?"]]
    assert refused.status_code == 403
    assert "/export/" not in proved.get("/log/people/7/").content.decode()
