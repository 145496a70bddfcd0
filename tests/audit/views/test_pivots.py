"""Everybody who saw a patient, everybody whom a person saw."""

import re

import pytest

from audit import context, views
from audit.enums import Action
from audit.services import events
from tests.audit.views.pages import LIST, newest, shown_by, text_of

pytestmark = pytest.mark.django_db


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


def test_pivot_that_is_cut_says_so(signed_in, some, monkeypatch):
    monkeypatch.setattr(views, "MOST_PIVOT_LINES", 1)

    assert "Only the first 1 lines are shown" in text_of(signed_in.get("/log/patients/5/"))
