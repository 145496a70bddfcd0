"""The access log's pages: what they show, to whom, and that looking is recorded."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit import context, subjects, tasks, views
from audit.context import Origin
from audit.enums import Action, Basis, Outcome
from audit.errors import AuditUnavailable
from audit.models import Event, EventSubject
from audit.services import events, exports, verifications

pytestmark = pytest.mark.django_db

ANA = Origin(7, "Ana Mills", "CLERK", "a" * 32, "s1", "10.0.0.1")
BO = Origin(8, "Bo Hale", "SUPERVISOR", "b" * 32)
PATIENTS = {"5": "MILLS, Peter 45-50-99", "6": "MUÑOZ, Rosa 45-51-00"}
LIST = "/log/"
PAGES = [
    LIST,
    "/log/export/csv/",
    "/log/export/xlsx/",
    "/log/events/{event}/",
    "/log/patients/5/",
    "/log/people/7/",
    "/log/seals/",
]


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Two patients and two people that other rooms know of."""
    calls = []

    def label(ids):
        calls.append(list(ids))
        return {number: PATIENTS[number] for number in ids if number in PATIENTS}

    def find(text):
        if text == "45-50-90":
            raise subjects.Unclear("One digit is wrong.")
        return ["5"] if text.removeprefix("GH ") in ("45-50-99", "455099", "005") else []

    monkeypatch.setattr(subjects, "_registry", {})
    subjects.register(
        "patient",
        label,
        lambda number: f"/charts/{number}/",
        find,
    )
    subjects.register(
        "user", lambda ids: {"7": "Ana Mills"}, None, lambda text: {"ana": ["7"]}.get(text, [])
    )
    subjects.register(
        "document",
        lambda ids: {"3": "Operative report, Oct 13, 2026"},
        lambda number: f"/documents/{number}/",
    )
    subjects.register(
        "request",
        lambda ids: {"4": "request R2026-000013"},
        lambda number: f"/release/{number}/",
        lambda text: ["4"] if text == "R2026-000013" else [],
    )
    return calls


@pytest.fixture
def some():
    """Events of two people about two patients; the last one changed nothing but was refused."""

    def record(origin, action=Action.CHART_OPENED, **more):
        with context.acting(origin):
            return events.record(action=action, **more)

    return [
        record(ANA, patient_id=5, basis=Basis.UNIT, subject_type="document", subject_id=3),
        record(ANA, Action.PATIENTS_LISTED, patients=[6, 5], detail={"page": 2}),
        record(BO, patient_id=5, outcome=Outcome.REFUSED, basis=Basis.NONE),
    ]


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def rows_of(answer):
    return answer.content.decode().count("<tr data-row>")


def newest(**of):
    return Event.objects.filter(**of).latest("id")


def shown_by(event):
    rows = EventSubject.objects.filter(event_id=event.pk).order_by("position")
    return list(rows.values_list("patient_id", flat=True))


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
def test_what_was_typed_becomes_an_id_in_the_address(signed_in, some, typed, expected):
    answer = signed_in.get(LIST, typed)

    path, _, query = answer.url.partition("?")
    assert (answer.status_code, path) == (302, LIST)
    assert sorted(query.split("&")) == sorted(expected.split("&"))
    assert "45-50-99" not in answer.url


@pytest.mark.parametrize(
    "query, words",
    [
        ({"find_person": "nobody"}, "Nobody signs in with this name."),
        ({"find_patient": "1"}, "No chart has this number."),
        ({"find_patient": "45-50-90"}, "One digit is wrong."),
        ({"patient": "45-50-90"}, "One digit is wrong."),
        ({"patient": "45-50-98"}, "No chart has this number."),
        ({"since": "soon"}, "Enter a valid date."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "The period ends before it begins."),
        ({"action": "LOOKED"}, "Choose one of the list."),
        ({"find_release": "R2026-000014"}, "No release request has this number."),
        ({"release": "x"}, "Enter a whole number."),
        ({"request": "x y"}, "Copy this from an event"),
        ({"request": "R2026-000013"}, "belongs under “Release request”"),
    ],
)
def test_filter_that_cannot_be_read_shows_no_event(signed_in, some, query, words):
    answer = signed_in.get(LIST, query)

    assert (answer.status_code, rows_of(answer)) == (422, 0)
    assert words in text_of(answer)
    assert not Event.objects.filter(action=Action.LOG_VIEWED).exists()


def test_log_about_a_release_request_shows_its_events_alone_and_says_so(signed_in, some):
    with context.acting(ANA):
        about = events.record(
            action=Action.REQUEST_SUBMITTED, patient_id=5, subject_type="request", subject_id=4
        )
        events.record(action=Action.REQUEST_SUBMITTED, subject_type="request", subject_id=41)
        events.record(action=Action.CHART_OPENED, subject_type="document", subject_id=4)

    answer = signed_in.get(LIST, {"release": 4})

    assert [line.event.id for line in answer.context["lines"]] == [about]
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
    assert "Enter a whole number" not in html


def test_id_of_a_patient_who_is_gone_still_narrows_the_log(signed_in, some):
    with context.acting(ANA):
        events.record(action=Action.CHART_DESTROYED, patient_id=77)

    assert rows_of(signed_in.get(LIST, {"patient": "77"})) == 1


@pytest.mark.parametrize("query", [{"person": "x"}, {"patient": "-1"}, {"patient": "9" * 19}])
def test_id_that_is_none_shows_no_event(signed_in, some, query):
    assert signed_in.get(LIST, query).status_code == 422


def test_pages_of_the_log_follow_each_other(signed_in, some, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)

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


@pytest.mark.parametrize("more", [0, 20])
def test_log_costs_the_same_whatever_it_shows(
    signed_in, some, known, more, django_assert_num_queries
):
    for number in range(more):
        with context.acting(ANA):
            events.record(action=Action.CHART_OPENED, patient_id=5 + number % 2)
    signed_in.get(LIST)  # the session's first page stores the form token
    known.clear()

    # session, user with roles, events, bars, the event of looking
    with django_assert_num_queries(5):
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


# --- one event --------------------------------------------------------------------------------


def test_event_shows_everything_and_what_else_its_request_did(signed_in, some, clerk, officer):
    from audit.writes import attributing

    with context.acting(ANA), attributing(officer):
        clerk.display_name = "Other"
        clerk.save(update_fields=["display_name"])

    answer = signed_in.get(f"/log/events/{some[1]}/")

    text = text_of(answer)
    for words in (
        "Ana Mills",
        "Role then Clerk",
        "a" * 32,
        "10.0.0.1",
        "&quot;page&quot;: 2",
        "MUÑOZ, Rosa 45-51-00",
        "accounts_user",
        "display_name",
    ):
        assert words in text, words
    assert rows_of(answer) == 2
    event = newest()
    assert (event.action, event.subject_type, event.subject_id) == (
        Action.LOG_VIEWED,
        "event",
        str(some[1]),
    )
    assert sorted(shown_by(event)) == [5, 6]


@pytest.mark.parametrize(
    "role, words", [("SYSTEM", "On behalf of Ana Mills"), ("RECIPIENT", "Link made by Ana Mills")]
)
def test_event_names_who_stands_behind_it(signed_in, role, words):
    origin = Origin(None, "Recipient, by link", role, "c" * 32, on_behalf_of_id=7)
    with context.acting(origin):
        number = events.record(action=Action.PACKAGE_DOWNLOADED, patient_id=5)

    assert words in text_of(signed_in.get(f"/log/events/{number}/"))


def test_event_without_patient_is_shown(signed_in, some):
    sign_in = newest(action=Action.SIGNED_IN)

    answer = signed_in.get(f"/log/events/{sign_in.pk}/")

    assert (answer.status_code, shown_by(newest())) == (200, [])


@pytest.mark.parametrize("number", ["999999", "9" * 18])
def test_event_that_is_not_there_is_not_found(signed_in, number):
    assert signed_in.get(f"/log/events/{number}/").status_code == 404
    assert newest().outcome == Outcome.REFUSED


@pytest.mark.parametrize("number", ["0", "9" * 19, "x"])
def test_number_that_is_none_is_not_found(signed_in, number):
    assert signed_in.get(f"/log/events/{number}/").status_code == 404


# --- pivots -----------------------------------------------------------------------------------


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
    assert "Enter a valid date." in text_of(unreadable)


def test_pivot_that_is_cut_says_so(signed_in, some, monkeypatch):
    monkeypatch.setattr(views, "MOST_PIVOT_LINES", 1)

    assert "Only the first 1 lines are shown" in text_of(signed_in.get("/log/patients/5/"))


# --- exports ----------------------------------------------------------------------------------


def body_of(answer):
    return b"".join(answer.streaming_content)


def test_csv_holds_what_the_filters_say(signed_in, some):
    answer = signed_in.get("/log/export/csv/", {"patient": 5})

    body = body_of(answer)
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert body.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="access-log-\d{8}-\d{4}.csv"', answer.headers["Content-Disposition"]
    )
    found = [(int(row["Event"]), row["Person"], row["Patient"], row["Outcome"]) for row in rows]
    assert found == [
        (some[2], "Bo Hale", "MILLS, Peter 45-50-99", "Refused"),
        (some[1], "Ana Mills", "", "Done"),
        (some[0], "Ana Mills", "MILLS, Peter 45-50-99", "Done"),
    ]
    assert rows[1]["Detail"] == "'" * 0 + '{"page": 2}'
    assert rows[1]["Patients listed"] == "2"
    assert [(row["Role"], row["Basis"]) for row in rows] == [
        ("Supervisor", "No ground"),
        ("Clerk", ""),
        ("Clerk", "Works in the chart's unit"),
    ]
    assert [rows[2][name] for name in ("Subject", "Subject type", "Subject id")] == [
        "Operative report, Oct 13, 2026",
        "document",
        "3",
    ]


def test_export_names_who_stands_behind_an_event(signed_in):
    with context.acting(Origin(None, "system", "SYSTEM", "c" * 32, on_behalf_of_id=7)):
        events.record(action=Action.GLASS_CLOSED, patient_id=5)

    body = body_of(signed_in.get("/log/export/csv/", {"action": "GLASS_CLOSED"}))

    (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert (row["On behalf of"], row["On behalf of id"]) == ("Ana Mills", "7")


def test_workbook_opens_and_holds_the_same(signed_in, some):
    answer = signed_in.get("/log/export/xlsx/", {"person": 7})

    with ZipFile(io.BytesIO(body_of(answer))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 3
    assert "MILLS, Peter 45-50-99" in sheet


def test_export_is_recorded_with_its_patients_before_it_leaves(signed_in, some, officer):
    answer = signed_in.get("/log/export/csv/", {"basis": "UNIT"})

    event, shown = newest(), shown_by(newest())
    answer.close()
    assert (event.action, event.actor_id, event.basis, event.purpose) == (
        Action.LOG_EXPORTED,
        officer.pk,
        Basis.ROLE,
        "OVERSIGHT",
    )
    assert (event.detail["kind"], event.detail["basis"], shown) == ("csv", "UNIT", [5])


@pytest.mark.parametrize(
    "path", ["/log/export/pdf/", "/log/export/csv/?since=x", "/log/export/csv/?find_person=ana"]
)
def test_export_that_cannot_be_is_not_found(signed_in, some, path):
    assert signed_in.get(path).status_code == 404
    assert (newest().action, newest().outcome) == (Action.LOG_EXPORTED, Outcome.REFUSED)


def test_export_of_too_much_is_refused(signed_in, some, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)

    answer = signed_in.get("/log/export/csv/")

    assert (answer.status_code, "Narrow the period" in text_of(answer)) == (409, True)
    assert newest().detail == {"reason": "TOO_MUCH_TO_EXPORT"}


def test_export_that_cannot_be_recorded_sends_nothing(signed_in, some, monkeypatch):
    def broken(**_values):
        raise AuditUnavailable

    monkeypatch.setattr(events, "record", broken)

    answer = signed_in.get("/log/export/csv/")

    assert (answer.status_code, "MILLS" in answer.content.decode()) == (503, False)


def test_export_needs_a_permission_of_its_own(signed_in, some, monkeypatch):
    from accounts.models import user

    monkeypatch.setattr(user, "permissions_of", lambda held: frozenset({"audit.view_event"}))

    assert signed_in.get("/log/export/csv/").status_code == 403
    assert "/log/export/" not in signed_in.get(LIST).content.decode()


# --- seals ------------------------------------------------------------------------------------


def test_seals_page_of_a_new_trail(signed_in):
    answer = signed_in.get(reverse("audit:seal_list"))

    text = text_of(answer)
    assert answer.status_code == 200
    assert "Nothing is sealed yet" in text
    assert "never" in text


@pytest.mark.committed
def test_seals_page_shows_the_newest_seals_and_the_last_verification(client, make_user):
    from audit.services import seals, verifications

    client.force_login(make_user("cora", "COMPLIANCE"))
    seals.seal_all()
    with context.acting(context.system_origin()):
        verifications.verify_trail()

    answer = client.get(reverse("audit:seal_list"))

    assert [(seal.chain, seal.number) for seal in answer.context["seals"]] == [
        ("Row changes", 1),
        ("Events", 1),
    ]
    assert answer.context["seals"][0].hash in answer.content.decode()
    verified = answer.context["verified"]
    assert (verified.is_sound, verified.broken, verified.seals) == (True, 0, 2)
    assert "2 seals, and every row that they cover" in text_of(answer)


@pytest.mark.committed
def test_seals_page_says_what_needs_a_person(client, make_user, superuser_connection):
    officer = make_user("cora", "COMPLIANCE")
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_epoch SET system_identifier = 1")
        cursor.execute(
            "INSERT INTO audit_event (actor_name, role, action, outcome, request_id, occurred_at)"
            " VALUES ('a', 'b', 'TRAIL_VERIFIED', 'FAILED', 'r', '2001-01-01')"
        )
    client.force_login(officer)

    text = text_of(client.get(reverse("audit:seal_list")))

    for words in (
        "A month has no partition of its own",
        "The database was moved to another server",
        "Sealing is late",
        "something was found broken",
    ):
        assert words in text, words


SEALS = "/log/seals/"
VERIFY = "/log/seals/verify/"


@pytest.fixture
def queue(monkeypatch):
    """What was sent to the worker, which does nothing by itself."""
    sent = []
    monkeypatch.setattr(tasks.verify_recent, "delay", lambda: sent.append("verify"))
    return sent


def test_trail_never_verified_says_when_it_will_be_and_offers_it_now(signed_in):
    text = text_of(signed_in.get(SEALS))

    at = timezone.localtime(datetime.now(UTC).replace(hour=3, minute=30))
    assert f"Every day at {at:%H:%M} all seals and the rows of the last two days" in text
    assert "manage.py verify_audit" in text
    assert "Verify now" in text


@pytest.mark.committed
def test_verification_asked_for_is_done_by_the_worker_and_its_result_shown(
    signed_in, officer, queue
):
    answer = signed_in.post(VERIFY, follow=True)

    asked = newest(action=Action.TRAIL_VERIFICATION_ASKED)
    assert (asked.actor_id, asked.outcome, asked.basis) == (officer.pk, "SUCCESS", "ROLE")
    assert (queue, answer.redirect_chain) == (["verify"], [(SEALS, 302)])
    assert "Cora Hale asked for it at" in text_of(answer)
    assert 'type="submit" disabled' in answer.content.decode()
    assert signed_in.get(SEALS, headers={"HX-Request": "true"}).status_code == 204

    tasks.verify_recent()

    assert newest(action=Action.TRAIL_VERIFIED).outcome == "SUCCESS"
    polled = signed_in.get(SEALS, headers={"HX-Request": "true"})
    assert (polled.status_code, polled["HX-Refresh"]) == (200, "true")
    text = text_of(signed_in.get(SEALS))
    assert ("Nothing is broken" in text, "asked for it at" in text) == (True, False)


def test_verification_found_broken_says_what_to_do(signed_in, as_system):
    events.record(action=Action.TRAIL_VERIFIED, outcome=Outcome.FAILED, detail={"broken": 2})

    text = text_of(signed_in.get(SEALS))

    assert "2 things found broken" in text
    assert "Tell the administrator: manage.py verify_audit names each." in text


def test_second_verification_is_refused_while_one_is_under_way(signed_in, queue):
    signed_in.post(VERIFY)

    answer = signed_in.post(VERIFY, follow=True)

    assert queue == ["verify"]
    assert "The log is being verified already" in text_of(answer)
    refusal = newest(action=Action.TRAIL_VERIFICATION_ASKED)
    assert (refusal.outcome, refusal.detail) == ("REFUSED", {"reason": "VERIFICATION_UNDER_WAY"})


def test_verification_that_no_worker_took_is_over_after_its_time(signed_in, queue, monkeypatch):
    signed_in.post(VERIFY)
    monkeypatch.setattr(verifications, "LONGEST", timedelta(0))

    assert "asked for it at" not in text_of(signed_in.get(SEALS))
    signed_in.post(VERIFY)
    assert queue == ["verify", "verify"]


def test_queue_that_is_down_leaves_nothing_asked_for(signed_in, monkeypatch):
    def broken():
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.verify_recent, "delay", broken)

    answer = signed_in.post(VERIFY, follow=True)

    assert "The worker cannot be reached just now" in text_of(answer)
    told = Event.objects.filter(action=Action.TRAIL_VERIFICATION_ASKED)
    assert list(told.values_list("outcome", "detail")) == [
        ("REFUSED", {"reason": "WORKER_UNREACHABLE"})
    ]


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "PROVIDER", "ADMINISTRATOR"])
def test_only_compliance_verifies(client, make_user, queue, role):
    client.force_login(make_user("other", role))

    assert client.post(VERIFY).status_code == 403
    assert client.get(VERIFY).status_code == 405
    assert queue == []
