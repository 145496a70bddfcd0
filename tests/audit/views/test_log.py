"""The access log: what it shows, to whom, narrowed how, and that looking is recorded."""

import re

import pytest
from django.utils import timezone

from audit import context
from audit.enums import Action, Basis, Outcome
from audit.models import Event
from audit.services import events
from audit.views import log
from tests.audit.views.pages import ANA, FORMS, LIST, PAGES, newest, rows_of, shown_by, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "PROVIDER", "ADMINISTRATOR", None])
def test_only_compliance_sees_the_log(client, make_user, some, role):
    client.force_login(make_user("other", *([role] if role else [])))

    for page in PAGES:
        answer = client.get(page.format(event=some[0]))

        assert answer.status_code == 403
        assert "MILLS, Peter" not in answer.content.decode()
        assert newest().outcome == Outcome.REFUSED
        assert newest().action == Action.PAGE_REQUESTED


def test_stranger_is_sent_to_sign_in(client, some):
    for page in PAGES:
        answer = client.get(page.format(event=some[0]))

        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/login/")


def test_pages_take_no_other_method(signed_in, some):
    for page in PAGES:
        assert signed_in.put(page.format(event=some[0])).status_code == 405
        if page not in FORMS:
            assert signed_in.post(page.format(event=some[0])).status_code == 405


def test_log_shows_who_did_what_to_whom(signed_in, some):
    answer = signed_in.get(LIST)

    text = text_of(answer)
    assert (answer.status_code, rows_of(answer)) == (200, 4)  # and the sign-in
    for words in (
        "Ana Mills · Clerk",
        "Bo Hale · Supervisor",
        "Chart opened",
        "Patients listed",
        "MILLS, Peter 45-50-99",
        "2 listed",
        "Works in the chart&#x27;s unit",
        "Refused",
        "No ground",
        "Operative report, Oct 13, 2026",
    ):
        assert words in text, words
    html = answer.content.decode()
    for link in ("/log/people/7/", "/log/patients/5/", f"/log/events/{some[0]}/", "/documents/3/"):
        assert f'href="{link}"' in html, link


@pytest.mark.goal("G-32")
def test_looking_at_the_log_is_recorded_with_the_patients_named(signed_in, some, officer):
    signed_in.get(LIST, {"person": 7, "action": "CHART_OPENED"})

    event = newest()
    assert (event.action, event.actor_id, event.basis, event.purpose) == (
        Action.LOG_VIEWED,
        officer.pk,
        Basis.ROLE,
        "OVERSIGHT",
    )
    assert (event.detail["person"], event.detail["action"]) == (7, "CHART_OPENED")
    assert shown_by(event) == [5]


@pytest.mark.goal("G-32")
@pytest.mark.parametrize(
    "query, rows",
    [
        ({"person": 7}, 2),
        ({"patient": 5}, 3),
        ({"patient": 6}, 1),
        ({"action": "PATIENTS_LISTED"}, 1),
        ({"outcome": "REFUSED"}, 1),
        ({"basis": "UNIT"}, 1),
        ({"request": "b" * 32}, 1),
        ({"person": 7, "patient": 6}, 1),
        ({"until": "2020-01-01"}, 0),
        ({"since": "2099-01-01"}, 0),
        ({"person": 99}, 0),
    ],
)
def test_log_is_narrowed_by_the_address(signed_in, some, query, rows):
    answer = signed_in.get(LIST, query)

    assert (answer.status_code, rows_of(answer)) == (200, rows)
    assert ("No events here" in text_of(answer)) is (rows == 0)


def test_filters_stand_above_the_log_and_can_be_taken_away(signed_in, some):
    answer = signed_in.get(
        LIST, {"person": 7, "patient": 5, "basis": "UNIT", "since": "2026-01-01"}
    )

    chips = re.findall(
        r'chip-label">(.*?)</span> (.*?)<a [^>]*href="(.*?)"', answer.content.decode()
    )
    assert [(label, value) for label, value, _ in chips] == [
        ("person", "Ana Mills"),
        ("patient", "MILLS, Peter 45-50-99"),
        ("basis", "Works in the chart&#x27;s unit"),
        ("from", "2026-01-01"),
    ]
    assert chips[0][2] == "?patient=5&amp;basis=UNIT&amp;since=2026-01-01"


def test_period_is_a_month_unless_said_otherwise(signed_in, some):
    values = signed_in.get(LIST).context

    assert (timezone.localdate() - timezone.localtime(values["criteria"].since).date()).days == 30
    by_request = signed_in.get(LIST, {"request": "a" * 32}).context["criteria"]
    assert by_request.since is None


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "typed, expected",
    [
        ({"find_person": "ana"}, "person=7"),
        ({"find_person": "ana", "find_patient": "", "basis": "", "since": ""}, "person=7"),
        ({"find_patient": "45-50-99"}, "patient=5"),
        ({"find_patient": "45-50-99", "basis": "UNIT", "after": "1-1"}, "basis=UNIT&patient=5"),
        ({"find_person": "ana", "person": 9}, "person=7"),
        ({"patient": "45-50-99"}, "patient=5"),
        ({"patient": "GH 45-50-99", "basis": "UNIT"}, "basis=UNIT&patient=5"),
        ({"patient": "455099"}, "patient=5"),
        ({"patient": "005"}, "patient=5"),
        ({"patient": "6", "find_patient": "45-50-99"}, "patient=5"),
        ({"find_release": "R2026-000013"}, "release=4"),
        ({"find_release": " Request R2026-000013", "release": 9}, "release=4"),
    ],
)
def test_what_was_typed_becomes_an_id_in_the_address(signed_in, some, method, typed, expected):
    answer = getattr(signed_in, method)(LIST, typed)

    path, _, query = answer.url.partition("?")
    assert (answer.status_code, path) == (302, LIST)
    assert sorted(query.split("&")) == sorted(expected.split("&"))
    assert "45-50-99" not in answer.url


def test_filters_are_posted_so_that_a_number_typed_stands_in_no_address(signed_in, some):
    assert '<form class="filter-form" method="post"' in signed_in.get(LIST).content.decode()
    wrong = signed_in.post(LIST, {"find_patient": "45-50-90", "basis": "UNIT"})
    chosen = {"csrfmiddlewaretoken": "a", "basis": "UNIT", "since": ""}

    assert (wrong.status_code, rows_of(wrong)) == (422, 0)
    assert "One digit is wrong." in text_of(wrong)
    assert 'value="45-50-90"' in wrong.content.decode()
    assert signed_in.post(LIST, chosen).url == f"{LIST}?basis=UNIT"
    assert signed_in.post(LIST, {"find_person": ""}).url == f"{LIST}?list=all"


@pytest.mark.parametrize(
    "query, words",
    [
        ({"find_person": "nobody"}, "Nobody here has this name."),
        ({"find_patient": "1"}, "No chart has this number."),
        ({"find_patient": "45-50-90"}, "One digit is wrong."),
        ({"patient": "45-50-90"}, "One digit is wrong."),
        ({"patient": "45-50-98"}, "No chart has this number."),
        ({"since": "soon"}, "There is no such date. Enter a day, for example 3/14/2026."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "The period ends before it begins."),
        ({"action": "LOOKED"}, "Choose one of the list."),
        ({"find_release": "R2026-000014"}, "No release request has this number."),
        ({"release": "x"}, "Enter a number."),
        ({"request": "x y"}, "Copy this from an event"),
        ({"request": "R2026-000013"}, "belongs under “Release request”"),
    ],
)
def test_filter_that_cannot_be_read_shows_no_event(signed_in, some, query, words):
    answer = signed_in.get(LIST, query)

    assert (answer.status_code, rows_of(answer)) == (422, 0)
    assert words in text_of(answer)
    assert not Event.objects.filter(action=Action.LOG_VIEWED).exists()


def test_log_about_a_release_request_shows_its_events_and_its_deliveries_alone_and_says_so(
    signed_in, some
):
    with context.acting(ANA):
        about = events.record(
            action=Action.REQUEST_SUBMITTED, patient_id=5, subject_type="request", subject_id=4
        )
        collected = events.record(
            action=Action.PACKAGE_DOWNLOADED, subject_type="delivery", subject_id=9
        )
        events.record(action=Action.PACKAGE_DOWNLOADED, subject_type="delivery", subject_id=4)
        events.record(action=Action.REQUEST_SUBMITTED, subject_type="request", subject_id=41)
        events.record(action=Action.REQUEST_SUBMITTED, subject_type="request", subject_id=9)
        events.record(action=Action.CHART_OPENED, subject_type="document", subject_id=4)

    answer = signed_in.get(LIST, {"release": 4})

    assert [line.event.id for line in answer.context["lines"]] == [collected, about]
    assert [(chip.label, chip.value) for chip in answer.context["chips"]] == [
        ("about", "request R2026-000013")
    ]
    seen = newest(action=Action.LOG_VIEWED).detail
    assert (seen["subject_type"], seen["subject"]) == ("request", "4")


def test_number_in_the_place_of_an_id_stays_in_its_field_with_what_is_wrong(signed_in, some):
    html = signed_in.get(LIST, {"patient": "45-50-98"}).content.decode()

    field = html.partition('name="find_patient"')[2].partition(">")[0]
    assert 'value="45-50-98"' in field
    said = html.partition('id="id_find_patient_error"')[2].partition("</ul>")[0]
    assert "No chart has this number." in said
    assert "Enter a number" not in html


def test_id_of_a_patient_who_is_gone_still_narrows_the_log(signed_in, some):
    with context.acting(ANA):
        events.record(action=Action.CHART_DESTROYED, patient_id=77)

    assert rows_of(signed_in.get(LIST, {"patient": "77"})) == 1


@pytest.mark.parametrize("query", [{"person": "x"}, {"patient": "-1"}, {"patient": "9" * 19}])
def test_id_that_is_none_shows_no_event(signed_in, some, query):
    assert signed_in.get(LIST, query).status_code == 422


def test_pages_of_the_log_follow_each_other(signed_in, some, monkeypatch):
    monkeypatch.setattr(log, "PAGE_SIZE", 2)

    first = signed_in.get(LIST, {"request": "a" * 32})
    query = {"since": "2026-01-01"}
    page = signed_in.get(LIST, query)
    following = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', page.content.decode())
    older = signed_in.get(LIST + following[1].replace("&amp;", "&"))
    back = re.search(r'href="(\?[^"]*before=[^"]*)" rel="prev"', older.content.decode())

    assert 'rel="next"' not in first.content.decode()
    assert (rows_of(page), rows_of(older), back is not None) == (2, 2, True)
    assert "since=2026-01-01" in following[1]
    shown = [line.event.id for answer in (page, older) for line in answer.context["lines"]]
    assert len(set(shown)) == 4
    assert signed_in.get(LIST, {"after": "rubbish"}).status_code == 200


def test_fragment_holds_the_rows_alone(signed_in, some):
    answer = signed_in.get(LIST, headers={"HX-Request": "true"})

    assert (rows_of(answer), "<html" in answer.content.decode()) == (4, False)
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.goal("G-09")
@pytest.mark.parametrize("more", [0, 20])
@pytest.mark.usefixtures("activity_unnoted")
def test_log_costs_the_same_whatever_it_shows(
    signed_in, some, known, more, django_assert_num_queries
):
    for number in range(more):
        with context.acting(ANA):
            events.record(action=Action.CHART_OPENED, patient_id=5 + number % 2)
    signed_in.get(LIST)  # the session's first page stores the form token
    known.clear()

    # session, user with roles, saved lists, events, bars, the event of looking
    with django_assert_num_queries(6):
        signed_in.get(LIST)

    assert len(known) == 1


def test_bars_count_days_and_lead_to_them(signed_in, some):
    today = timezone.localdate()

    hourly = signed_in.get(LIST, {"since": today.isoformat(), "until": today.isoformat()})
    page = signed_in.get(LIST, {"basis": "UNIT"})
    long_ago = signed_in.get(LIST, {"since": "2020-01-01"})

    bars = page.context["bars"]
    assert [bar["count"] for bar in bars] == [0] * 30 + [1]
    assert f"basis=UNIT&since={today}&until={today}" in bars[-1]["url"]
    assert bars[-1]["label"] == f"{today:%b} {today.day}"
    assert len(hourly.context["bars"]) == 24
    assert sum(bar["count"] for bar in hourly.context["bars"]) == 4
    assert {bar["url"] for bar in hourly.context["bars"]} == {""}
    assert long_ago.context["bars"] == []
    assert signed_in.get(LIST, {"request": "a" * 32}).context["bars"] == []
