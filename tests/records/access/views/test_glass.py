"""The pages of emergency access."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from audit.enums import Action, Basis, Outcome
from config.templatetags.chartroom import mrn
from records.access.enums import ReviewOutcome
from records.access.models import BrokenGlass
from records.access.services import glass, rights
from tests.builders import sign_in, sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.records.access.services.emergencies import REASON, broken_ago, review
from tests.trail import count_events, events_of, shown_in

CHART = "/charts/{}/"


def path_of(patient):
    return f"/access/glass/break/{patient.pk}/"


def test_refused_chart_offers_the_glass_and_the_glass_opens_it(house, patient):
    client = sign_in_freshly(house.stranger)
    refused = client.get(CHART.format(patient.pk))
    asked = client.get(path_of(patient))

    answer = client.post(path_of(patient), {"reason": REASON})

    assert refused.status_code == 403
    assert path_of(patient) in refused.content.decode()
    assert asked.status_code == 200
    assert (answer.status_code, answer.url) == (302, CHART.format(patient.pk))
    assert client.get(answer.url).status_code == 200
    row = BrokenGlass.objects.get()
    assert (row.user, row.chart_id, row.reason) == (house.stranger, patient.pk, REASON)


def test_page_says_whose_chart_it_is_and_what_will_happen_with_an_event_first(house, patient):
    client = sign_in_freshly(house.stranger)

    answer = client.get(path_of(patient))

    text = answer.content.decode()
    assert "O&#x27;CONNELL, Freda" in text
    assert mrn(patient.mrn) in text
    assert "1962" in text
    assert "Main file room" in text
    assert "The chart opens for 60 minutes, for reading only." in text
    assert "Told at once: Sam Ito (supervisor) and Cora Hale (compliance)." in text
    (event,) = events_of(Action.PATIENTS_LISTED)
    assert (event.actor_id, event.basis, shown_in(event)) == (
        house.stranger.pk,
        Basis.DIRECTORY,
        [patient.pk],
    )


@pytest.mark.goal("G-11")
@pytest.mark.parametrize(
    "reason, message",
    [
        ("", "Fill this in."),
        ("too short", "At least 15 characters"),
        (" " * 20, "Fill this in."),
        ("x" * 501, "At most 500 characters"),
    ],
)
def test_reason_that_says_nothing_is_asked_for_again(house, patient, reason, message):
    client = sign_in_freshly(house.stranger)

    answer = client.post(path_of(patient), {"reason": reason})

    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors["reason"])
    assert BrokenGlass.objects.count() == 0
    assert [shown_in(event) for event in events_of(Action.PATIENTS_LISTED)] == [[patient.pk]]


@pytest.mark.goal("G-11")
@pytest.mark.goal("G-18")
def test_glass_needs_the_password_again(house, patient):
    client = sign_in(house.stranger)

    answers = [client.get(path_of(patient)), client.post(path_of(patient), {"reason": REASON})]

    assert [answer.url.partition("?")[0] for answer in answers] == ["/sign-in/reauthenticate/"] * 2
    assert BrokenGlass.objects.count() == 0
    assert events_of(Action.PATIENTS_LISTED) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_a_ground_is_not_asked(house, patient, method):
    client = sign_in_freshly(house.clerk)
    before = len(events_of(Action.PATIENTS_LISTED))

    answer = getattr(client, method)(path_of(patient), {"reason": REASON})

    assert (answer.status_code, answer.url) == (302, CHART.format(patient.pk))
    assert BrokenGlass.objects.count() == 0
    assert len(events_of(Action.PATIENTS_LISTED)) == before


def test_form_sent_twice_leads_to_the_chart_twice(house, patient):
    client = sign_in_freshly(house.stranger)

    answers = [client.post(path_of(patient), {"reason": REASON}) for _ in range(2)]

    assert [answer.url for answer in answers] == [CHART.format(patient.pk)] * 2
    assert BrokenGlass.objects.count() == 1


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.ADMINISTRATOR, None])
def test_other_roles_break_no_glass(patient, role):
    client = sign_in_freshly(make_user(*([role] if role else [])))

    answers = [client.get(path_of(patient)), client.post(path_of(patient), {"reason": REASON})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "O&#x27;CONNELL" not in "".join(answer.content.decode() for answer in answers)
    assert BrokenGlass.objects.count() == 0
    assert [event.outcome for event in events_of(Action.PAGE_REQUESTED)] == [Outcome.REFUSED] * 2


@pytest.mark.goal("G-04")
def test_hidden_and_non_existent_charts_answer_alike(house):
    keeper = make_user(Role.CLERK, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper, family="Hiddenname")
    client = sign_in_freshly(house.stranger)

    answers = [client.get(f"/access/glass/break/{pk}/") for pk in (hidden.pk, 987654)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "HIDDENNAME" not in answers[0].content.decode().upper()


def test_overdue_review_is_told_before_anything_is_typed(house, patient):
    broken_ago(house.stranger, make_patient(house.main, actor=house.clerk), days=4)
    client = sign_in_freshly(house.stranger)

    answer = client.get(path_of(patient))

    assert answer.status_code == 403
    assert "has not been reviewed in time" in answer.content.decode()
    refused = events_of(Action.GLASS_BROKEN)[-1]
    assert (refused.outcome, refused.detail) == (
        Outcome.REFUSED,
        {"reason": "GLASS_REVIEW_OVERDUE"},
    )


def test_own_access_is_closed_from_the_chart(house, patient):
    client = sign_in_freshly(house.stranger)
    client.post(path_of(patient), {"reason": REASON})
    row = BrokenGlass.objects.get()

    answer = client.post(f"/access/glass/{row.pk}/close/")

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get(CHART.format(patient.pk)).status_code == 403
    assert client.get(f"/access/glass/{row.pk}/close/").status_code == 405


def test_anothers_access_cannot_be_closed(house, patient):
    row = glass.break_glass(actor=again(house.stranger), patient_id=patient.pk, reason=REASON)

    answer = sign_in(house.clerk).post(f"/access/glass/{row.pk}/close/")

    assert answer.status_code == 404
    row.refresh_from_db()
    assert row.closed_at is None


@pytest.mark.goal("G-11")
def test_compliance_sees_all_and_reviews(house, patient):
    officer = make_user(Role.COMPLIANCE)
    row = broken_ago(house.stranger, patient, hours=2)
    client = sign_in(officer)

    listed = client.get("/access/glass/")
    shown = client.get(f"/access/glass/{row.pk}/")
    answer = client.post(
        f"/access/glass/{row.pk}/", {"outcome": "JUSTIFIED", "note": "As told by the ward"}
    )
    after = client.get("/access/glass/")

    assert [waiting.glass for waiting in listed.context["waiting"]] == [row]
    assert f"/access/glass/{row.pk}/" in listed.content.decode()
    assert "O&#x27;CONNELL" in shown.content.decode()
    assert REASON in shown.content.decode()
    assert (answer.status_code, answer.url) == (302, "/access/glass/")
    assert (after.context["waiting"], [r.glass for r in after.context["reviewed"]]) == ([], [row])
    row.refresh_from_db()
    assert (row.review_outcome, row.reviewed_by) == (ReviewOutcome.JUSTIFIED, officer)
    events = events_of(Action.GLASS_VIEWED)
    assert [shown_in(event) or event.patient_id for event in events] == [
        [patient.pk],
        patient.pk,
        [patient.pk],
    ]


def test_review_leads_to_what_was_looked_at(house, patient):
    row = broken_ago(house.stranger, patient, hours=2)
    client = sign_in(make_user(Role.COMPLIANCE))
    shown = client.get(f"/access/glass/{row.pk}/").content.decode()

    answer = client.get("/log/", {"patient": row.chart_id, "person": row.user_id})

    assert f"/log/?patient={row.chart_id}&amp;person={row.user_id}" in shown
    assert answer.status_code == 200
    assert "O&#x27;CONNELL" in answer.content.decode()


def deeds_on(page):
    """The lines of what was opened: what, which, how often."""
    table = page.partition('id="deeds"')[2].partition("</section>")[0]
    row = r'data-label="What">(.*?)</td><td data-label="Which">(.*?)</td>.*?class="num">(\d+)<'
    return re.findall(row, table)


def test_review_page_shows_what_was_opened_with_this_access_and_nothing_else(house, patient):
    another = make_patient(house.main, actor=house.clerk, family="Another")
    client = sign_in_freshly(house.stranger)
    for one in (patient, another):
        client.post(path_of(one), {"reason": REASON})
        client.get(f"/charts/{one.pk}/encounters/")
    client.get(CHART.format(patient.pk))
    client.get(CHART.format(patient.pk))
    row = BrokenGlass.objects.get(chart_id=patient.pk)
    client.post(f"/access/glass/{row.pk}/close/")
    sign_in(house.clerk).get(f"/patients/{patient.pk}/history/")

    page = sign_in(house.compliance).get(f"/access/glass/{row.pk}/").content.decode()

    assert deeds_on(page) == [
        ("Encounters listed", "the chart", "1"),
        ("Chart opened", "the chart", "2"),
    ]
    assert "ANOTHER" not in page.upper()


@pytest.mark.parametrize("hours", [2, -2], ids=["after", "before"])
def test_what_was_opened_at_another_time_is_not_shown(house, patient, hours):
    row = broken_ago(house.stranger, patient, hours=hours)
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Audit"
    )
    assert sign_in(house.stranger).get(CHART.format(patient.pk)).status_code == 200

    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        page = sign_in(house.compliance).get(f"/access/glass/{row.pk}/").content.decode()

    assert deeds_on(page) == []
    assert "Nothing was opened" in page


@pytest.mark.usefixtures("activity_unnoted")
def test_review_page_costs_the_same_for_one_and_for_many(house, patient):
    client = sign_in_freshly(house.stranger)
    client.post(path_of(patient), {"reason": REASON})
    path = f"/access/glass/{BrokenGlass.objects.get().pk}/"
    officer = sign_in(house.compliance)
    officer.get(path)
    costs = []
    for _ in range(2):
        for _ in range(3):
            client.get(CHART.format(patient.pk))
        with CaptureQueriesContext(connection) as queries:
            officer.get(path)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_supervisor_sees_those_of_own_units_and_reviews_none(house, patient):
    row = glass.break_glass(actor=again(house.stranger), patient_id=patient.pk, reason=REASON)
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    elsewhere = make_patient(house.behavioural, actor=keeper, family="Elsewhere")
    glass.break_glass(actor=again(house.stranger), patient_id=elsewhere.pk, reason=REASON)
    client = sign_in(house.supervisor)

    answer = client.get("/access/glass/")

    text = answer.content.decode()
    assert [waiting.glass for waiting in answer.context["waiting"]] == [row]
    assert "open now" in text
    assert "ELSEWHERE" not in text.upper()
    assert f"/access/glass/{row.pk}/" not in text
    assert client.get(f"/access/glass/{row.pk}/").status_code == 403
    (event,) = events_of(Action.GLASS_VIEWED)
    assert shown_in(event) == [patient.pk]


def test_page_says_truly_that_a_unit_has_no_supervisor(house):
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    patient = make_patient(house.behavioural, actor=keeper)
    client = sign_in_freshly(house.stranger)

    asked = client.get(path_of(patient)).content.decode()
    answer = client.post(path_of(patient), {"reason": REASON}, follow=True).content.decode()

    said = (
        "No supervisor works with the charts of Behavioural health, so compliance alone is told"
        " at once: Cora Hale."
    )
    assert said in asked
    assert said in answer


@pytest.mark.parametrize("who", ["supervisor", "compliance"])
def test_told_people_have_a_notice_on_every_page_until_they_look(house, patient, who):
    row = glass.break_glass(actor=again(house.stranger), patient_id=patient.pk, reason=REASON)
    client = sign_in(getattr(house, who))

    told = client.get("/status/").json()["notices"]
    looked = client.get("/access/glass/")

    assert [(notice["id"], notice["url"]) for notice in told] == [(row.pk, "/access/glass/")]
    assert told[0]["text"].startswith(
        "Stella Moran opened a chart of Main file room in an emergency, "
    )
    assert "onnell" not in str(told).lower()
    assert looked.status_code == 200
    assert client.get("/status/").json()["notices"] == []


def test_review_page_says_who_was_told_and_who_has_looked(house, patient):
    row = broken_ago(house.stranger, patient, hours=2)
    sign_in(house.supervisor).get("/access/glass/")

    text = sign_in(house.compliance).get(f"/access/glass/{row.pk}/").content.decode()

    assert "Sam Ito, looked " in text
    assert "Cora Hale, looked " in text


def test_others_have_no_notice(house, patient):
    glass.break_glass(actor=again(house.stranger), patient_id=patient.pk, reason=REASON)

    assert sign_in(house.clerk).get("/status/").json()["notices"] == []


def test_supervisor_is_told_on_the_home_page(house, patient):
    glass.break_glass(actor=again(house.stranger), patient_id=patient.pk, reason=REASON)

    answer = sign_in(house.supervisor).get("/")

    assert "Stella Moran opened" in answer.content.decode()
    assert [shown_in(event) for event in events_of(Action.HOME_VIEWED)] == [[patient.pk]]


@pytest.mark.parametrize("role", [Role.CLERK, Role.PROVIDER, Role.ADMINISTRATOR])
def test_others_see_no_list(house, patient, role):
    broken_ago(house.stranger, patient, hours=2)

    assert sign_in(make_user(role, unit=house.main)).get("/access/glass/").status_code == 403
    assert events_of(Action.GLASS_VIEWED) == []


@pytest.mark.parametrize(
    "case, text",
    [
        ("open", "Review it when it has ended"),
        ("own", "Somebody else reviews this"),
        ("done", "Reviewed"),
    ],
)
def test_review_that_may_not_be_is_explained_and_refused(house, patient, case, text):
    officer = make_user(Role.COMPLIANCE, Role.CLERK)
    if case == "open":
        row = glass.break_glass(actor=again(house.stranger), patient_id=patient.pk, reason=REASON)
    else:
        row = broken_ago(officer if case == "own" else house.stranger, patient, hours=2)
    if case == "done":
        facts = {"outcome": ReviewOutcome.JUSTIFIED, "note": ""}
        glass.review(actor=house.compliance, glass_id=row.pk, **facts)
    client = sign_in(officer)
    path = f"/access/glass/{row.pk}/"

    shown, answer = client.get(path), client.post(path, {"outcome": "UNJUSTIFIED"})

    assert text in shown.content.decode()
    assert "Save the judgement" not in shown.content.decode()
    assert answer.status_code == (403 if case == "own" else 409)
    row.refresh_from_db()
    assert row.review_outcome == ("JUSTIFIED" if case == "done" else "")


@pytest.mark.parametrize("outcome", ["", "FINE"])
def test_judgement_that_is_none_is_asked_for_again(house, patient, outcome):
    row = broken_ago(house.stranger, patient, hours=2)

    answer = sign_in(house.compliance).post(f"/access/glass/{row.pk}/", {"outcome": outcome})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["outcome"])
    row.refresh_from_db()
    assert row.reviewed_at is None


def test_access_that_does_not_exist_is_not_found(house):
    client = sign_in(house.compliance)
    before = count_events()

    assert client.get("/access/glass/987654/").status_code == 404
    assert count_events() == before


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize(("most", "is_cut"), [(1, True), (2, False)])
def test_list_says_when_it_does_not_show_all(house, patient, monkeypatch, most, is_cut):
    monkeypatch.setattr("records.access.views.glass.MOST_WAITING", most)
    monkeypatch.setattr("records.access.views.glass.MOST_REVIEWED", most)
    for number in range(4):
        another = make_patient(house.main, actor=house.clerk)
        row = broken_ago(make_user(Role.PROVIDER), another, minutes=200 + number)
        if number % 2:
            review(house.compliance, row)

    text = sign_in(house.compliance).get("/access/glass/").content.decode()

    assert ("The oldest 1 are shown" in text) is is_cut
    assert ("The newest 1 are shown" in text) is is_cut
    assert ('href="/log/?action=GLASS_REVIEWED"' in text) is is_cut


def test_list_costs_the_same_for_one_and_for_three(house, django_assert_num_queries):
    def one():
        broken_ago(house.stranger, make_patient(house.main, actor=house.clerk), hours=2)

    one()
    client = sign_in(house.compliance)
    client.get("/access/glass/")
    with django_assert_num_queries(7):
        client.get("/access/glass/")
    one()
    one()
    client.get("/access/glass/")  # which notes that the new ones were seen
    with django_assert_num_queries(7):
        client.get("/access/glass/")


def test_right_given_meanwhile_needs_no_glass(house, patient):
    client = sign_in_freshly(house.stranger)
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Audit"
    )

    assert client.get(path_of(patient)).url == CHART.format(patient.pk)


@pytest.mark.goal("G-11")
@pytest.mark.goal("G-14")
def test_half_made_sign_in_breaks_no_glass(house, patient, settings):
    settings.ROLES_REQUIRING_SECOND_FACTOR = ["CLERK"]
    client = sign_in_freshly(house.stranger)

    answers = [client.get(path_of(patient)), client.post(path_of(patient), {"reason": REASON})]

    assert [answer.url.partition("?")[0] for answer in answers] == ["/sign-in/2fa/"] * 2
    assert BrokenGlass.objects.count() == 0
