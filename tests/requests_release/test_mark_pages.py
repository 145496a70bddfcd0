"""Pages with the mark: who takes it, who sees it, what is asked before it is passed over."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from records.access import worklists
from requests_release.models import Comment, Mark, RequestItem, TakeoverNotice
from requests_release.selectors import marks as selectors
from requests_release.services import marks
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event, shown_patients
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
BOARD = reverse("requests_release:request_board")
NEWS = reverse("requests_release:request_news")
PREPARING = ("request_edit", "request_authorization", "request_items", "request_sensitive")
LINE = re.compile(r'<div class="mark-line"[^>]*>(.*?)</div>', re.DOTALL)
NOTE = "Needed before noon"


@pytest.fixture
def other(unit):
    return factories.make_user("CLERK", unit=unit, display_name="Ana Ortiz")


@pytest.fixture
def held(prepared, other):
    """A request that Ana works on."""
    marks.take(actor=other, request=prepared)
    return prepared


def holder():
    mark = Mark.objects.select_related("person").first()
    return mark.person.display_name if mark else None


def line_of(response):
    """Return the line as it is read, and what can be done about it."""
    found = LINE.search(response.content.decode())
    if not found:
        return None
    text = re.sub(r"<[^>]+>", " ", found[1])
    return " ".join(html.unescape(text).split())


@pytest.mark.parametrize("name", PREPARING)
def test_a_page_of_preparing_takes_the_mark(as_clerk, prepared, name):
    response = as_clerk.get(page(name, prepared))

    assert holder() == "Rosa Delgado"
    assert re.fullmatch(
        r"You have been working on this since \d\d:\d\d\. Let go", line_of(response)
    )


@pytest.mark.parametrize("name", ["request_detail", "request_submit"])
def test_other_pages_of_a_request_take_no_mark(as_clerk, prepared, name):
    response = as_clerk.get(page(name, prepared))

    assert (response.status_code, holder()) == (200, None)
    assert line_of(response) == "Nobody is working on this now."


@pytest.mark.parametrize(
    ("status", "name", "taken"),
    [
        ("logged", "request_items", True),
        ("submitted", "request_items", False),
        ("submitted", "request_edit", False),
        ("ready", "request_authorization", False),
        ("ready", "request_deliver", False),
    ],
)
def test_what_cannot_be_changed_is_not_worked_on(
    request, as_clerk, patient, clerk, status, name, taken
):
    asked = factories.make_request(patient, clerk) if status == "logged" else None
    asked = asked or request.getfixturevalue(status)

    as_clerk.get(page(name, asked))

    assert holder() == ("Rosa Delgado" if taken else None)


@pytest.mark.parametrize(
    ("who", "taken"), [("SUPERVISOR", True), ("CLERK", False), ("COMPLIANCE", False)]
)
def test_the_page_of_the_decision_takes_the_mark_for_who_decides(
    client, unit, submitted, who, taken
):
    person = factories.make_user(who, unit=unit)
    client.force_login(person)

    assert client.get(page("request_approve", submitted)).status_code == 200

    assert holder() == (person.display_name if taken else None)


def test_who_prepared_it_looks_at_the_page_of_the_decision_without_a_mark(
    client, unit, patient, document
):
    supervisor = factories.make_user("SUPERVISOR", unit=unit)
    asked = builders.prepared(patient, supervisor, document)
    factories.make_user("SUPERVISOR", unit=unit)
    asked = builders.submit(asked, supervisor)
    client.force_login(supervisor)

    client.get(page("request_approve", asked))

    assert holder() is None


def test_a_request_that_nobody_works_on_any_more_has_no_line(as_clerk, ready):
    assert line_of(as_clerk.get(page("request_detail", ready))) is None


@pytest.mark.parametrize("name", [*PREPARING, "request_detail", "request_submit"])
def test_somebody_else_reads_who_works_on_it_and_may_take_over(as_clerk, held, name):
    response = as_clerk.get(page(name, held))

    assert re.fullmatch(
        r"Ana Ortiz has been working on this since \d\d:\d\d\. "
        r"What you save is asked about first\. Take over",
        line_of(response),
    )
    assert f'href="{page("request_take_over", held)}"' in response.content.decode()
    assert holder() == "Ana Ortiz"


@pytest.mark.parametrize("who", ["COMPLIANCE"])
def test_who_may_not_work_on_it_reads_who_does_and_takes_nothing_over(client, unit, held, who):
    client.force_login(factories.make_user(who, unit=unit))

    response = client.get(page("request_detail", held))

    assert re.fullmatch(r"Ana Ortiz has been working on this since \d\d:\d\d\.", line_of(response))


def test_a_mark_of_an_earlier_day_says_its_day(as_clerk, held):
    yesterday = timezone.now() - timedelta(days=1)
    Mark.objects.update(since=yesterday)

    here = timezone.localtime(yesterday)
    assert f"since {here:%b} {here.day}, {here:%Y, %H:%M}" in line_of(
        as_clerk.get(page("request_detail", held))
    )


def test_any_page_of_the_request_keeps_the_holders_mark(as_clerk, prepared, clerk):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        as_clerk.get(page("request_items", prepared))
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        as_clerk.get(page("request_detail", prepared))
    with time_machine.travel(now + timedelta(minutes=24), tick=False):
        assert selectors.get_held(prepared.pk).since == now
        as_clerk.get(page("request_mark", prepared))
    with time_machine.travel(now + timedelta(minutes=38), tick=False):
        assert selectors.get_held(prepared.pk).since == now
    with time_machine.travel(now + timedelta(minutes=39), tick=False):
        assert selectors.get_held(prepared.pk) is None


# --- a step of somebody without the mark ---------------------------------------------------------


FORMS = {
    "items": ("request_items", {}, {}),
    "sensitive": ("request_sensitive", {}, {"is_emergency": "on"}),
    "submit": ("request_submit", {}, {}),
    "hold": (
        "request_step",
        {"step": "hold"},
        {"wait_reason": "CLARIFICATION", "note": "Which stay is meant?"},
    ),
    "withdraw": ("request_step", {"step": "withdraw"}, {"reason": "They called"}),
}
KEPT = {
    "items": 'value="1-2"',
    "sensitive": 'name="is_emergency" class="form-check-input" id="id_is_emergency" checked',
    "submit": "Submit for approval",
    "hold": 'value="Which stay is meant?"',
    "withdraw": "They called</textarea>",
}


def data_of(name, asked, document):
    data = FORMS[name][2] | {"version": builders.fresh(asked).version}
    if name == "items":
        data |= {"document": [document.pk], f"pages-{document.pk}": "1-2"}
    return data


def mark_in(response):
    return re.search(r'name="mark" value="([^"]+)"', response.content.decode())[1]


@pytest.mark.parametrize("name", FORMS)
def test_a_step_without_the_mark_is_asked_about_once_and_nothing_typed_is_lost(
    as_clerk, approver, held, document, name
):
    route, more, _ = FORMS[name]
    data = data_of(name, held, document)
    before = builders.fresh(held).version

    response = as_clerk.post(page(route, held, **more), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "Ana Ortiz has been working on this since" in html.unescape(body)
    assert "Nothing is saved yet" in body
    assert KEPT[name] in body
    assert 'target="_blank"' in LINE.search(body)[1]
    assert builders.fresh(held).version == before
    event = last_event()
    assert (event["outcome"], event["detail"]["reason"]) == ("REFUSED", "WORKED_ON")
    assert event["subject_id"] == str(held.pk)

    again = as_clerk.post(page(route, held, **more), data | {"mark": mark_in(response)})

    assert again.status_code == 302
    assert builders.fresh(held).version == before + 1


def test_who_was_told_of_one_mark_is_told_of_the_next(as_clerk, unit, held, document, other):
    data = data_of("items", held, document)
    first = as_clerk.post(page("request_items", held), data)
    marks.let_go(actor=other, request_id=held.pk)
    third = factories.make_user("CLERK", unit=unit, display_name="Ben Ode")
    marks.take(actor=third, request=held)

    second = as_clerk.post(page("request_items", held), data | {"mark": mark_in(first)})

    assert second.status_code == 409
    assert "Ben Ode has been working on this since" in second.content.decode()


@pytest.mark.parametrize("end", ["let go", "stale"])
def test_once_the_mark_has_ended_nobody_is_asked(as_clerk, held, document, other, end):
    if end == "let go":
        marks.let_go(actor=other, request_id=held.pk)
    else:
        past = timezone.now() - timedelta(minutes=15)
        Mark.objects.update(since=past, heard_at=past)

    response = as_clerk.post(page("request_items", held), data_of("items", held, document))

    assert response.status_code == 302
    assert RequestItem.objects.get().pages == [1, 2]


def test_the_holder_is_not_asked(as_clerk, prepared, document):
    as_clerk.get(page("request_items", prepared))

    response = as_clerk.post(page("request_items", prepared), data_of("items", prepared, document))

    assert response.status_code == 302


def test_the_version_guards_what_is_sent_on_top_as_before(as_clerk, held, document, other):
    data = data_of("items", held, document) | {"version": 1}
    told = as_clerk.post(page("request_items", held), data)

    response = as_clerk.post(page("request_items", held), data | {"mark": mark_in(told)})

    assert response.status_code == 409
    assert "Not saved: the request changed while you worked" in response.content.decode()
    assert last_event()["detail"]["reason"] == "REQUEST_CHANGED"


def test_a_decision_without_the_mark_keeps_ticks_and_words(
    client, unit, submitted, approver, document
):
    second = factories.make_user("SUPERVISOR", unit=unit, display_name="Ana Ortiz")
    marks.take(actor=second, request=submitted)
    client.force_login(approver)
    item = submitted.items.get()
    data = {
        "version": submitted.version,
        "decision": "return",
        "comment": "Page 2 is of another stay",
        "seen": [f"{item.pk}-1"],
    }

    response = client.post(page("request_approve", submitted), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert f'value="{item.pk}-1" checked' in body
    assert "Page 2 is of another stay" in body
    assert builders.fresh(submitted).status == "SUBMITTED"
    again = client.post(page("request_approve", submitted), data | {"mark": mark_in(response)})
    assert again.status_code == 302
    assert builders.fresh(submitted).status == "RETURNED"


def test_delivering_asks_too(as_clerk, ready, other):
    marks.take(actor=other, request=ready)
    data = {
        "way": "hand",
        "hand-version": ready.version,
        "hand-method": "MAIL",
        "hand-handed_on": timezone.localdate().isoformat(),
    }

    response = as_clerk.post(page("request_deliver", ready), data)

    assert response.status_code == 409
    told = re.search(r'name="hand-mark" value="([^"]+)"', response.content.decode())[1]
    again = as_clerk.post(page("request_deliver", ready), data | {"hand-mark": told})
    assert again.status_code == 302


def test_where_nobody_else_works_on_it_there_is_nothing_to_take_over(as_clerk, prepared):
    response = as_clerk.get(page("request_take_over", prepared))

    body = response.content.decode()
    assert "Nobody else is working on this request now." in body
    assert (line_of(response), holder()) == (None, None)


# --- letting go, taking over -------------------------------------------------------------------


def test_letting_go_frees_the_request_at_once(as_clerk, prepared):
    as_clerk.get(page("request_items", prepared))

    response = as_clerk.post(page("request_let_go", prepared))

    assert response.url == page("request_detail", prepared)
    assert holder() is None


def test_nobody_lets_go_for_another(as_clerk, held):
    as_clerk.post(page("request_let_go", held))

    assert holder() == "Ana Ortiz"


def test_taking_over_asks_why_and_tells_who_had_it(as_clerk, clerk, held, other):
    shown = as_clerk.get(page("request_take_over", held)).content.decode()
    assert "Ana Ortiz is told that you took over, and why." in shown
    assert f'name="holder" value="{other.pk}"' in shown

    response = as_clerk.post(page("request_take_over", held), {"holder": other.pk, "note": NOTE})

    assert response.url == page("request_detail", held)
    assert holder() == "Rosa Delgado"
    comment = Comment.objects.get()
    assert (comment.text, comment.took_over_from) == (NOTE, other)
    body = as_clerk.get(page("request_detail", held)).content.decode()
    assert "<strong>Rosa Delgado</strong> took it over from Ana Ortiz" in body
    assert "took this over from you" not in body


@pytest.mark.parametrize("note", ["", "urgent", "I must"])
def test_a_note_of_too_few_words_is_said_beside_the_field(as_clerk, held, other, note):
    response = as_clerk.post(page("request_take_over", held), {"holder": other.pk, "note": note})

    body = response.content.decode()
    assert response.status_code == 422
    assert "Say why in a few words: the note is told to who works on it now." in body
    assert f"{note}</textarea>" in body
    assert holder() == "Ana Ortiz"


def test_what_a_third_person_holds_by_now_is_asked_anew_with_the_note_kept(
    as_clerk, unit, clerk, held, other
):
    third = factories.make_user("CLERK", unit=unit, display_name="Ben Ode")
    data = {"holder": other.pk, "note": NOTE}
    marks.take_over(actor=third, request_id=held.pk, holder_id=other.pk, note="Ana went home")

    response = as_clerk.post(page("request_take_over", held), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "Ben Ode has been working on this since" in body
    assert f'name="holder" value="{third.pk}"' in body
    assert f"{NOTE}</textarea>" in body
    assert holder() == "Ben Ode"
    as_clerk.post(page("request_take_over", held), data | {"holder": third.pk})
    assert holder() == "Rosa Delgado"


@pytest.mark.parametrize("role", ["COMPLIANCE", "CLERK"])
def test_who_may_not_work_on_it_reads_why_they_take_nothing_over(client, unit, submitted, role):
    supervisor = factories.make_user("SUPERVISOR", unit=unit)
    marks.take(actor=supervisor, request=submitted)
    client.force_login(factories.make_user(role, unit=unit))

    shown = client.get(page("request_take_over", submitted)).content.decode()
    response = client.post(
        page("request_take_over", submitted), {"holder": supervisor.pk, "note": NOTE}
    )

    assert "your role does not approve releases" in shown
    assert response.status_code == 403
    assert holder() == supervisor.display_name


def test_what_ended_meanwhile_is_simply_taken(as_clerk, held, other):
    marks.let_go(actor=other, request_id=held.pk)

    response = as_clerk.post(
        page("request_take_over", held), {"holder": other.pk, "note": NOTE}, follow=True
    )

    assert "no note was needed" in response.content.decode()
    assert holder() == "Rosa Delgado"
    assert not Comment.objects.exists()


def test_the_former_holder_is_told_on_every_page_and_reads_why_on_the_request(
    client, clerk, prepared, other
):
    client.force_login(clerk)
    client.get(page("request_items", prepared))
    marks.take_over(actor=other, request_id=prepared.pk, holder_id=clerk.pk, note=NOTE)

    [told] = client.get("/status/").json()["notices"]

    row = TakeoverNotice.objects.get()
    assert told == {
        "id": f"takeover-{row.pk}",
        "title": "Taken over from you",
        "text": f"Ana Ortiz has taken over request {prepared.number}, on which you worked, and "
        "says why.",
        "url": page("request_detail", prepared),
    }
    first = client.get(told["url"]).content.decode()
    assert "Ana Ortiz took this over from you" in first
    assert first.count(NOTE) == 2
    assert client.get("/status/").json()["notices"] == []
    assert "took this over from you" not in client.get(told["url"]).content.decode()


# --- the line by itself --------------------------------------------------------------------------


def test_the_line_is_sent_again_only_when_it_is_another(as_clerk, held, other):
    address = page("request_mark", held)
    shown = as_clerk.get(page("request_detail", held)).content.decode()
    version = html.unescape(re.search(r'data-version="([^"]+)"', shown)[1])
    same = as_clerk.get(address, headers={"If-None-Match": version})
    marks.let_go(actor=other, request_id=held.pk)
    changed = as_clerk.get(address, headers={"If-None-Match": version})

    assert (same.status_code, same.content, same.headers["ETag"]) == (204, b"", version)
    assert changed.status_code == 200
    assert "Nobody is working on this now." in changed.content.decode()
    assert as_clerk.get(address, headers={"If-None-Match": changed["ETag"]}).status_code == 204


def test_the_line_takes_no_mark_and_writes_no_event(as_clerk, prepared):
    before = len(events_of())

    response = as_clerk.get(page("request_mark", prepared))

    assert (response.status_code, holder(), len(events_of())) == (200, None, before)


@pytest.mark.parametrize(
    ("role", "is_near", "status"),
    [
        ("CLERK", True, 200),
        ("SUPERVISOR", True, 200),
        ("COMPLIANCE", True, 200),
        ("CLERK", False, 403),
        ("PROVIDER", True, 403),
        ("ADMINISTRATOR", False, 403),
    ],
)
def test_the_line_is_for_those_who_see_the_request(client, unit, held, role, is_near, status):
    client.force_login(factories.make_user(role, unit=unit if is_near else None))

    response = client.get(page("request_mark", held))

    assert response.status_code == status
    assert ("Ana Ortiz" in response.content.decode()) == (status == 200)


# --- lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list"])
def test_board_and_list_show_who_works_on_what(client, unit, clerk, held, other, address):
    for reader, name in ((clerk, "Ana Ortiz"), (other, "you")):
        client.force_login(reader)
        body = client.get(address).content.decode()
        text = " ".join(re.sub(r"<[^>]+>", " ", body).split())
        assert re.search(rf"Worked on by {name} since \d\d:\d\d", text)

    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        client.force_login(clerk)
        assert "Worked on by" not in client.get(address).content.decode()


def test_my_work_shows_who_works_on_what(clerk, approver, submitted):
    marks.take(actor=approver, request=submitted)
    second = factories.make_user("SUPERVISOR", unit=submitted.unit)

    def why(reader):
        [source] = [s for s in worklists.sources_for(reader) if s.name == "Release: to approve"]
        return source.oldest(reader, 5)[0].why

    assert re.search(r"submitted\. Sam Ito has been working on this since \d\d:\d\d$", why(second))
    assert re.search(r"submitted\. You have been working on this since \d\d:\d\d$", why(approver))


@pytest.mark.parametrize("view", ["", "view=list", "view=list&status=IN_PREPARATION"])
def test_news_of_the_board_come_only_when_there_are_any(as_clerk, held, other, patient, view):
    shown = as_clerk.get(f"{BOARD}?{view}").content.decode()
    address = html.unescape(re.search(r'data-poll="([^"]*/news/[^"]*)"', shown)[1])
    version = html.unescape(re.search(r'data-version="([^"]+)" data-poll-still', shown)[1])
    assert address == f"{NEWS}?{view}"
    before = len(events_of(Action.REQUESTS_LISTED))

    same = as_clerk.get(address, headers={"If-None-Match": version})

    assert (same.status_code, same.content) == (204, b"")
    assert len(events_of(Action.REQUESTS_LISTED)) == before
    marks.let_go(actor=other, request_id=held.pk)
    news = as_clerk.get(address, headers={"If-None-Match": version, "HX-Request": "true"})
    body = news.content.decode()
    assert (news.status_code, held.number in body) == (200, True)
    assert "Worked on by" not in body
    assert "<h1" not in body
    assert news["ETag"] not in ("", version)
    assert shown_patients(last_event(Action.REQUESTS_LISTED)["id"]) == [patient.pk]


def test_who_is_only_heard_of_is_no_news(as_clerk, held, other):
    version = as_clerk.get(NEWS)["ETag"]

    marks.take(actor=other, request=held, now=timezone.now() + timedelta(minutes=1))

    assert as_clerk.get(NEWS, headers={"If-None-Match": version}).status_code == 204


@pytest.mark.parametrize("change", ["step", "logged", "stale", "tomorrow"])
def test_what_moves_is_news(as_clerk, patient, clerk, held, change):
    version = as_clerk.get(NEWS)["ETag"]
    later = {"stale": timedelta(minutes=15), "tomorrow": timedelta(days=1)}.get(change)
    if change == "step":
        builders.submit(held, clerk)
    if change == "logged":
        factories.make_request(patient, clerk)

    with time_machine.travel(timezone.now() + (later or timedelta()), tick=False):
        as_clerk.force_login(clerk)
        response = as_clerk.get(NEWS, headers={"If-None-Match": version})

    assert response.status_code == 200


def test_the_version_of_the_board_names_nobody_and_is_of_this_house(as_clerk, held):
    assert re.fullmatch(r'"[0-9a-f]{32}"', as_clerk.get(NEWS)["ETag"])


@pytest.mark.parametrize(
    ("role", "status"), [("PROVIDER", 403), ("ADMINISTRATOR", 403), ("COMPLIANCE", 200)]
)
def test_news_for_other_roles(client, unit, role, status):
    client.force_login(factories.make_user(role, unit=unit))

    assert client.get(NEWS).status_code == status


# --- what it costs -------------------------------------------------------------------------------


def asked_of_marks(client, address, **headers):
    """Return the statements about marks that a page makes, by their first word, and all in all."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers=headers)
    statements = [one["sql"].split() for one in queries if "requests_release_mark" in one["sql"]]
    return [words[0] for words in statements], len(queries)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, ["SELECT", "INSERT"]) for name in PREPARING),
        ("request_detail", ["SELECT", "UPDATE"]),
        ("request_submit", ["SELECT", "UPDATE"]),
    ],
)
def test_a_mark_costs_a_page_one_statement(as_clerk, clerk, prepared, name, words):
    """The mark is read along with the request; taking or keeping it is the one that is more."""
    marks.take(actor=clerk, request=prepared)

    assert asked_of_marks(as_clerk, page(name, prepared))[0] == words


def test_the_page_of_the_decision_pays_one_statement_too(as_approver, submitted):
    assert asked_of_marks(as_approver, page("request_approve", submitted))[0] == [
        "SELECT",
        "INSERT",
    ]


def test_pages_without_a_mark_pay_nothing(as_clerk, prepared):
    assert asked_of_marks(as_clerk, page("request_detail", prepared))[0] == ["SELECT"]


@pytest.mark.goal("G-09")
@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list", NEWS])
@pytest.mark.usefixtures("activity_unnoted")
def test_lists_cost_the_same_with_few_and_many_marks(as_clerk, unit, clerk, other, address):
    patient, requester, counts = factories.make_patient(unit), factories.make_requester(), {}
    made = 0
    for wanted in (1, 3, 300):
        while made < wanted:
            made += 1
            marks.take(
                actor=other, request=factories.make_request(patient, clerk, requester=requester)
            )
        words, counts[wanted] = asked_of_marks(as_clerk, address)
        assert words == ["SELECT"]

    assert counts[1] == counts[3] == counts[300]
    assert counts[1] <= 8
