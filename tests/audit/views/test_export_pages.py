"""The page from which the log leaves: what goes, how much, as what, what for, and by whom."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from audit import context, exporting
from audit.enums import Action
from audit.errors import AuditUnavailable
from audit.models import Event
from audit.services import events
from tests.audit.views.pages import ANA, EXPORT, newest, shown_by, text_of
from tests.exporting import just_proved, take_out
from tests.guards.routes import own_routes

pytestmark = pytest.mark.django_db
PATHS = [EXPORT, "/log/patients/5/export/", "/log/people/7/export/"]
EXPORTS = {
    "audit:event_export",
    "audit:patient_viewers_export",
    "audit:person_patients_export",
    "requests_release:disclosure_export",
    "requests_release:request_export",
    "retention:due_export",
    "retention:hold_export",
}
ASKS = "/sign-in/reauthenticate/"


def taken_out():
    return Event.objects.filter(action=Action.LOG_EXPORTED, outcome="SUCCESS").count()


def back(answer):
    (link,) = re.findall(r'<a class="btn" href="([^"]*)">Back to', answer.content.decode())
    return unescape(link)


def chosen(answer):
    """What stands in the form: the kind of file and the purpose."""
    form = answer.context["form"]
    return form["file_kind"].value(), form["purpose"].value()


@pytest.mark.goal("G-18")
def test_every_list_that_leaves_asks_for_a_proof_on_its_page_and_for_its_file():
    found = {
        route.name: (route.methods, getattr(route.view, "needs_fresh_sign_in", ()))
        for route in own_routes()
        if "export" in route.name or "export" in route.pattern
    }

    assert found == dict.fromkeys(EXPORTS, (("GET", "HEAD", "POST"), ("GET", "HEAD", "POST")))


def test_page_says_that_all_pages_leave_and_that_a_fhir_file_has_more_lines_than_rows(
    signed_in, officer
):
    page = just_proved(signed_in, officer)

    text = text_of(page.get(EXPORT))

    assert "One file of every row that fits the filters, on all pages of the list" in text
    assert "or for each patient where an event names several, so more lines than rows" in text


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("path", PATHS)
def test_page_and_file_ask_for_a_fresh_proof(signed_in, some, path):
    address = f"{path}?since=2026-11-01"

    looked = signed_in.get(address)
    sent = take_out(signed_in, path, {"since": "2026-11-01"}, purpose="LEGAL")

    assert (looked.status_code, looked.url.partition("?")[0]) == (302, ASKS)
    assert parse_qs(urlsplit(looked.url).query)["next"] == [address]
    assert sent.status_code == 302
    assert signed_in.get(sent.url).url.startswith(ASKS)
    assert taken_out() == 0


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("seconds, expected", [(0, 200), (299, 200), (300, 302)])
def test_proof_lasts_five_minutes(client, officer, some, seconds, expected):
    with time_machine.travel("2026-11-30T08:00:00Z", tick=False) as clock:
        client.force_login(officer)
        just_proved(client, officer)
        clock.shift(seconds)

        answers = [client.get(EXPORT), take_out(client, EXPORT)]

    list(answers[1])
    assert [answer.status_code for answer in answers] == [expected, expected]
    assert taken_out() == (expected == 200)


@pytest.mark.goal("G-18")
def test_who_sends_too_late_comes_back_to_the_page_with_what_was_chosen(signed_in, some, officer):
    sent = take_out(signed_in, EXPORT, {"patient": 5}, kind="fhir", purpose="LEGAL")

    page = just_proved(signed_in, officer).get(sent.url)
    taken = signed_in.post(sent.url, {"file_kind": "fhir", "purpose": "LEGAL"})
    list(taken)

    assert sent.url == f"{EXPORT}?patient=5&file_kind=fhir&purpose=LEGAL"
    assert chosen(page) == ("fhir", "LEGAL")
    assert back(page) == "/log/?patient=5"
    assert newest(action="LOG_EXPORTED").detail["patient"] == 5


def test_nothing_else_that_was_sent_gets_into_the_address(signed_in, some):
    sent = signed_in.post(EXPORT, {"file_kind": "pdf", "purpose": "x" * 5000, "patient": "6"})

    assert (sent.status_code, sent.url) == (302, EXPORT)


def test_page_says_what_leaves_and_how_much(proved, some):
    answer = proved.get(EXPORT, {"patient": 5, "after": "1-1"})

    text = text_of(answer)
    # With the look that has just been recorded, which the file will hold too.
    assert "Export 4 rows of the access log" in text
    assert "Patient MILLS, Peter 45-50-99 From" in text
    assert "your name, the purpose, the filters, and every patient named in it" in text
    assert chosen(answer) == ("xlsx", "")
    assert [value for value, _ in answer.context["form"].fields["file_kind"].choices] == [
        "xlsx",
        "csv",
        "fhir",
    ]
    assert back(answer) == "/log/?patient=5"
    assert "<form" in answer.content.decode()
    assert "data-download" in answer.content.decode()


def test_page_says_the_period_by_its_days(proved, some):
    answer = proved.get(EXPORT, {"since": "2026-01-05", "until": "1/31/2026"})

    assert answer.context["export"].said == [("From", "Jan 5, 2026"), ("To", "Jan 31, 2026")]


def test_looking_at_the_page_is_recorded_with_the_patient_it_names(proved, some):
    proved.get(EXPORT, {"patient": 5})

    event = newest()
    assert (event.action, event.patient_id, shown_by(event)) == (Action.LOG_VIEWED, 5, [5])


@pytest.mark.parametrize(
    ("path", "most", "said"),
    [
        (f"{EXPORT}?patient=5", 1, "Export 1+ rows"),
        (f"{EXPORT}?patient=5", 3, "Export 3+ rows"),
        (f"{EXPORT}?patient=5", 4, "Export 4 rows"),
        ("/log/patients/5/export/", 2, "Export 2+ rows"),
        ("/log/patients/5/export/", 3, "Export 3 rows"),
        ("/log/people/7/export/", 1, "Export 1+ rows"),
        ("/log/people/7/export/", 2, "Export 2 rows"),
    ],
)
def test_rows_are_counted_up_to_a_bound(proved, some, monkeypatch, path, most, said):
    monkeypatch.setattr(exporting, "MOST_COUNTED", most)

    assert said in text_of(proved.get(path))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/log/patients/5/export/", "Export 3 rows of the list of who saw a patient"),
        ("/log/people/7/export/", "Export 2 rows of the list of whom a person saw"),
        ("/log/people/8/export/", "Export 1 row of the list of whom a person saw"),
        ("/log/people/9/export/", "Export 0 rows of the list of whom a person saw"),
    ],
)
def test_pivots_say_how_long_they_are_and_lead_back_in_their_order(proved, some, path, said):
    answer = proved.get(path, {"sort": "-count", "since": "2026-01-01", "before": "1.5"})

    assert said in text_of(answer)
    assert back(answer) == path.removesuffix("export/") + "?sort=-count&since=2026-01-01"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"file_kind", "purpose"}),
        ({"file_kind": "csv"}, {"purpose"}),
        ({"file_kind": "csv", "purpose": ""}, {"purpose"}),
        ({"file_kind": "csv", "purpose": "CURIOSITY"}, {"purpose"}),
        ({"file_kind": "pdf", "purpose": "LEGAL"}, {"file_kind"}),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_leaves(
    proved, some, path, sent, wrong
):
    answer = proved.post(f"{path}?since=2026-01-01", sent)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, wrong)
    assert answer.content.decode().count("Choose one of the list.") == 2 * len(wrong)
    assert back(answer).endswith("?since=2026-01-01")
    assert (newest().action, taken_out()) == (Action.LOG_VIEWED, 0)


def test_pivots_do_not_leave_as_fhir(proved, some):
    answer = take_out(proved, "/log/patients/5/export/", kind="fhir")

    assert (answer.status_code, taken_out()) == (422, 0)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("is_proved", [True, False])
@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        (EXPORT, "since=soon", "/log/"),
        (EXPORT, "find_person=ana", "/log/"),
        ("/log/patients/5/export/", "since=soon", "/log/patients/5/"),
        ("/log/people/7/export/", "until=soon", "/log/people/7/"),
    ],
)
def test_filters_that_cannot_be_read_lead_back_to_the_list_without_a_proof(
    signed_in, officer, some, path, query, where, is_proved, method
):
    client = just_proved(signed_in, officer) if is_proved else signed_in

    answer = getattr(client, method)(f"{path}?{query}")

    assert (answer.status_code, answer.url) == (302, f"{where}?{query}")
    assert taken_out() == 0


@pytest.mark.goal("G-21")
def test_page_that_cannot_be_recorded_is_not_shown(proved, some, monkeypatch):
    def broken(**_values):
        raise AuditUnavailable

    monkeypatch.setattr(events, "record", broken)

    answer = proved.get(EXPORT, {"patient": 5})

    assert (answer.status_code, "MILLS" in answer.content.decode()) == (503, False)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_old_addresses_of_files_are_gone(proved, some, path, kind):
    assert proved.get(f"{path}{kind}/").status_code == 404


def test_file_is_an_attachment_that_nobody_keeps(proved, some):
    answer = take_out(proved, EXPORT)
    list(answer)

    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("lists", [1, 3, 300])
def test_page_costs_the_same_however_long_the_log(proved, django_assert_num_queries, lists):
    with context.acting(ANA):
        for _ in range(lists):
            events.record(action=Action.PATIENTS_LISTED, patients=[6, 5])
    proved.get(EXPORT)

    # session, user with roles, their factors (3), the count, the event
    with django_assert_num_queries(7):
        proved.get(EXPORT, {"action": "PATIENTS_LISTED"})
