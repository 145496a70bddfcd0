"""Saved lists on the pages of lists: chosen, kept, changed, removed, and opened first."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import SavedList
from accounts.roles import Role
from accounts.rules.saved_lists import MOST
from audit.enums import Action, Outcome
from audit.models import RowChange
from audit.writes import attributing
from tests.accounts.services.test_saved_lists import BOARD, LOG, PEOPLE, alter, save
from tests.builders import sign_in
from tests.factories.people import make_user
from tests.trail import count_events, events_of

pytestmark = pytest.mark.django_db
CREATE = reverse("saved_lists:list_create")
# Every list, who opens it, and filters that it keeps.
LISTS = {
    BOARD: (Role.CLERK, "view=list&due=late"),
    LOG: (Role.COMPLIANCE, "outcome=REFUSED"),
    PEOPLE: (Role.ADMINISTRATOR, "role=CLERK"),
    "encounters:provider_list": (Role.SUPERVISOR, "state=in"),
    "retention:home": (Role.CLERK, "show=all"),
    "retention:hold_list": (Role.COMPLIANCE, "show=lifted"),
    "retention:batch_list": (Role.SUPERVISOR, "status=DONE"),
    "retention:rule_list": (Role.COMPLIANCE, "certainty=LOW"),
}


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, display_name="Rosa Delgado")


@pytest.fixture
def client(clerk):
    return sign_in(clerk)


def change_of(row):
    return reverse("saved_lists:list_change", args=[row.pk])


def remove_of(row):
    return reverse("saved_lists:list_remove", args=[row.pk])


def form(**facts):
    return {"route": BOARD, "query": "due=late", "name": "Late"} | facts


def share(many, role, **facts):
    """Let others share `many` lists, each of them as many as one person may keep beside a default.

    Whole rows at once: what a service does for each stands in its own tests.
    """
    for start in range(0, many, MOST - 1):
        other = make_user(role)
        rows = [
            SavedList(owner=other, name=f"Saved {number}", is_shared=True, **facts)
            for number in range(start, min(many, start + MOST - 1))
        ]
        with attributing(other):
            SavedList.objects.bulk_create(rows)


def control(answer):
    """The part of a page that offers saved lists, as one line of text."""
    assert answer.status_code == 200
    (found,) = re.findall(r'<details class="saved-lists">.*?</details>', answer.text, re.DOTALL)
    return found


def words(text):
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


# --- choosing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", LISTS)
def test_every_list_offers_its_saved_lists_as_plain_links(route):
    role, query = LISTS[route]
    person, other = make_user(role), make_user(role, display_name="Ana Mills")
    own, shared = (
        save(person, "My own", route=route, query=query),
        save(other, "Of a colleague", route=route, query=query, is_shared=True),
    )
    private = save(other, "Private", route=route, query=query)

    answer = sign_in(person).get(reverse(route), {"list": "all"})

    found = control(answer)
    link = f'<a href="{reverse(route)}?{query.replace("&", "&amp;")}">'
    assert f"{link}{own.name}</a>" in found
    assert f"{link}{shared.name}</a>" in found
    assert "Of a colleague shared by Ana Mills" in words(found)
    assert change_of(own) in found
    assert change_of(shared) not in found
    assert private.name not in answer.text


@pytest.mark.parametrize("route", LISTS)
def test_saved_list_in_force_is_named_and_marked(route):
    role, query = LISTS[route]
    person = make_user(role)
    save(person, "My own", route=route, query=query)

    found = control(sign_in(person).get(f"{reverse(route)}?{query}"))

    assert 'aria-current="true">My own</a>' in found
    assert "Saved list: My own" in words(found)
    assert f'name="query" value="{query.replace("&", "&amp;")}"' in found


def test_page_without_filters_says_how_to_save_some(client):
    found = control(client.get(reverse(BOARD)))

    assert 'aria-current="true">All, no filters</a>' in found
    assert "Set a filter on this list" in found
    assert "<form" not in found


def test_who_has_as_many_as_are_kept_is_told_before_typing(clerk, client):
    for number in range(MOST):
        save(clerk, f"Number {number}")

    found = control(client.get(reverse(BOARD), {"due": "late"}))

    assert "Remove one first" in found
    assert "<form" not in found


def test_page_says_where_more_are_shared_than_are_shown(client):
    for _ in range(3):
        other = make_user(Role.CLERK)
        for number in range(MOST):
            save(other, f"Shared {number}", is_shared=True)

    found = control(client.get(reverse(BOARD)))

    assert found.count("shared by") == 50
    assert "More are shared than are shown here." in found


def test_patient_is_not_offered_to_be_kept_and_the_page_says_so():
    auditor = make_user(Role.COMPLIANCE)

    asked = {"patient": "9" * 12, "outcome": "REFUSED", "request": "ab"}

    found = control(sign_in(auditor).get(reverse(LOG), asked))

    assert "The patient is not kept in a saved list." in found
    assert "The web request is not kept in a saved list." in found
    assert 'name="query" value="outcome=REFUSED"' in found


def test_pages_of_other_kinds_offer_none(clerk, client):
    save(clerk, is_shared=True)
    administrator = make_user(Role.ADMINISTRATOR)

    assert "saved-lists" not in client.get("/").text
    assert "saved-lists" not in sign_in(administrator).get(reverse("access:unit_list")).text


def test_name_is_text_on_every_page_that_shows_it(clerk, client):
    row = save(clerk, "<b data-hit>late</b>")

    pages = [client.get(reverse(BOARD), {"due": "late"}), client.get(change_of(row))]

    assert ["<b data-hit>" in page.text for page in pages] == [False, False]
    assert ["&lt;b data-hit&gt;late" in page.text for page in pages] == [True, True]


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("route", LISTS)
def test_saved_lists_cost_one_query_however_many_there_are(route):
    """With 1, with 3 and with 300; with the reader's filters in the address and without any."""
    role, query = LISTS[route]
    person = make_user(role)
    client = sign_in(person)
    costs = []
    for many in (0, 1, 2, 297):
        share(many, role, route=route, query=query)
        for address in (f"{reverse(route)}?{query}", reverse(route)):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            texts = [one["sql"] for one in asked]
            costs.append(sum("accounts_savedlist" in text for text in texts))

    assert costs == [1] * 8
    assert SavedList.objects.count() == 300


# --- keeping ------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", LISTS)
def test_filters_are_saved_and_shown_by_their_address(route):
    role, query = LISTS[route]
    person = make_user(role)

    answer = sign_in(person).post(
        CREATE,
        form(route=route, query=query, name=" Mine ", is_shared="on", is_default="on"),
        follow=True,
    )

    assert answer.redirect_chain == [(f"{reverse(route)}?{query}", 302)]
    assert "The filters are saved." in answer.text
    kept = SavedList.objects.values_list("owner_id", "route", "name", "query")
    assert list(kept) == [(person.pk, route, "Mine", query)]
    assert SavedList.objects.get().is_shared
    assert SavedList.objects.get().is_default


def test_patient_in_what_is_sent_is_not_saved():
    auditor = make_user(Role.COMPLIANCE)

    sign_in(auditor).post(
        CREATE,
        form(route=LOG, query="patient=7&find_patient=45&q=Smith&outcome=REFUSED&person=455099"),
    )

    assert SavedList.objects.get().query == "outcome=REFUSED"


@pytest.mark.parametrize(
    "facts, message",
    [
        ({"name": ""}, "Fill this in."),
        ({"name": "   "}, "Fill this in."),
        ({"name": "x" * 61}, "At most 60 characters; this has 61."),
        ({"name": "LATE"}, "You have a saved list of this name. Choose another."),
    ],
)
def test_wrong_name_comes_back_beside_its_field_with_all_that_was_typed(
    clerk, client, facts, message
):
    save(clerk)
    before = count_events()

    answer = client.post(CREATE, form(is_shared="on", query="mine=1") | facts)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": [message]}
    assert f'value="{facts["name"]}"' in answer.text or not facts["name"].strip()
    assert re.search(r'name="is_shared"[^>]* checked', answer.text)
    assert 'name="query" value="mine=1"' in answer.text
    assert (SavedList.objects.count(), count_events()) == (1, before)

    hidden = re.findall(r'<input type="hidden" name="(route|query)" value="([^"]*)"', answer.text)
    client.post(CREATE, dict(hidden) | {"name": "Mine"})

    assert SavedList.objects.get(name="Mine").query == "mine=1"


@pytest.mark.parametrize(
    "query, many, status, reason, message",
    [
        ("patient=7", 0, 422, "SAVED_LIST_EMPTY", "There is no filter here to save."),
        ("", 0, 422, "SAVED_LIST_EMPTY", "There is no filter here to save."),
        ("due=late", MOST, 409, "SAVED_LISTS_FULL", "Remove one first."),
    ],
)
def test_what_cannot_be_saved_is_said_on_the_form_and_recorded(
    clerk, client, query, many, status, reason, message
):
    for number in range(many):
        save(clerk, f"Number {number}")

    answer = client.post(CREATE, form(query=query, name="One more"))

    assert answer.status_code == status
    assert message in words(answer.text)
    assert 'value="One more"' in answer.text
    event = events_of(Action.SAVED_LIST_CHANGED)[-1]
    assert (event.outcome, event.detail) == (Outcome.REFUSED, {"reason": reason})
    assert SavedList.objects.count() == many


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", LISTS)
def test_each_role_saves_of_the_lists_that_it_may_open(role, route):
    client = sign_in(make_user(role))
    opens = client.get(reverse(route)).status_code

    answer = client.post(CREATE, form(route=route, query=LISTS[route][1]))

    assert (opens, answer.status_code) in [(200, 302), (403, 404)]
    assert SavedList.objects.exists() is (opens == 200)


@pytest.mark.parametrize("route", ["", "home", "nowhere", LOG, "charts:chart_detail"])
def test_form_for_no_list_of_this_person_is_a_page_that_does_not_exist(client, route):
    answer = client.post(CREATE, form(route=route))

    assert answer.status_code == 404
    (event,) = events_of(Action.SAVED_LIST_CHANGED)
    assert (event.outcome, event.detail) == (Outcome.REFUSED, {"reason": "SAVED_LIST_UNKNOWN"})


def test_saving_and_removing_are_no_links(clerk, client):
    row = save(clerk)

    assert client.get(CREATE).status_code == 405
    assert client.get(remove_of(row)).status_code == 405
    assert SavedList.objects.count() == 1


# --- changing and removing ----------------------------------------------------------------------


def test_own_list_is_renamed_shared_and_made_the_default(clerk, client):
    row = save(clerk)
    page = client.get(change_of(row))
    assert 'value="Late"' in page.text
    assert "Saved list of Release requests" in page.text

    facts = {"name": "Late ones", "is_shared": "on", "is_default": "on", "version": "1"}
    answer = client.post(change_of(row), facts)

    assert (answer.status_code, answer.url) == (302, f"{reverse(BOARD)}?due=late")
    row.refresh_from_db()
    assert (row.name, row.is_shared, row.is_default, row.version) == ("Late ones", True, True, 2)


@pytest.mark.parametrize(
    "facts, errors",
    [
        ({"name": ""}, {"name": ["Fill this in."]}),
        ({"name": "MINE"}, {"name": ["You have a saved list of this name. Choose another."]}),
        ({"version": ""}, {"version": ["Fill this in."]}),
    ],
)
def test_wrong_change_comes_back_and_changes_nothing(clerk, client, facts, errors):
    row = save(clerk)
    save(clerk, "Mine", query="mine=1")

    answer = client.post(change_of(row), {"name": "Other", "version": "1"} | facts)

    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    row.refresh_from_db()
    assert (row.name, row.version) == ("Late", 1)


def test_change_of_another_window_is_shown_and_may_be_saved_over(clerk, client):
    row = save(clerk)
    alter(clerk, row, name="Of the other window", is_shared=True)

    answer = client.post(change_of(row), {"name": "Of this one", "version": "1"})

    assert answer.status_code == 409
    assert "Of the other window · shared" in words(answer.text)
    assert 'value="Of this one"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert events_of(Action.SAVED_LIST_CHANGED)[-1].detail == {"reason": "SAVED_LIST_STALE"}

    client.post(change_of(row), {"name": "Of this one", "version": "2"})

    row.refresh_from_db()
    assert (row.name, row.is_shared) == ("Of this one", False)


def test_own_list_is_removed_and_the_whole_list_shown(clerk, client):
    row = save(clerk, is_default=True)

    answer = client.post(remove_of(row), follow=True)

    assert answer.redirect_chain == [(f"{reverse(BOARD)}?list=all", 302)]
    assert "The saved list is removed." in answer.text
    assert not SavedList.objects.exists()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_shared", [True, False])
def test_anothers_list_and_a_missing_one_are_answered_alike(role, is_shared):
    theirs = save(make_user(Role.CLERK), is_shared=is_shared)
    client = sign_in(make_user(role))
    client.get("/")  # which says that they are signed in
    missing = SavedList(pk=987_654_321)
    data = {"name": "Mine now", "version": "1"}
    before = RowChange.objects.filter(table_name="accounts_savedlist").count()

    pages = [
        [client.get(change_of(row)), client.post(change_of(row), data), client.post(remove_of(row))]
        for row in (theirs, missing)
    ]

    assert [[page.status_code for page in answers] for answers in pages] == [[404] * 3] * 2
    for mine, other in zip(*pages, strict=True):
        texts = [re.sub(r"[0-9a-f]{32}|[A-Za-z0-9]{64}", "", page.text) for page in (mine, other)]
        assert texts[0].replace(f"/{theirs.pk}/", "") == texts[1].replace(f"/{missing.pk}/", "")
        assert "Late" not in mine.text
    refused = events_of(Action.SAVED_LIST_CHANGED)[1:]
    assert [event.outcome for event in refused] == [Outcome.REFUSED] * 6
    assert RowChange.objects.filter(table_name="accounts_savedlist").count() == before
