"""The desk of practitioners: who they are, and whose sign-in is whose; no patient."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.roles import Role
from accounts.services import users
from audit.enums import Action, Outcome
from records.access.services import opening
from records.encounters.forms.encounters import BeginForm
from records.encounters.models import Provider
from records.encounters.selectors import encounters as encounter_selectors
from records.encounters.services import providers
from tests.builders import sign_in, sign_in_freshly
from tests.factories.people import PASSWORD, again, make_user
from tests.records.encounters import world
from tests.records.patients.views.pages import hidden_value, rows_of, text_of
from tests.trail import events_of

pytestmark = pytest.mark.django_db
LIST, NEW = "/encounters/practitioners/", "/encounters/practitioners/new/"
PROOF = "/sign-in/reauthenticate/"
NPI, OTHER_NPI = "1234567893", "1245319599"
PAGES = ("provider_list", "provider_create", "provider_detail", "provider_link", "provider_unlink")
KEEPERS = {Role.SUPERVISOR, Role.ADMINISTRATOR}
BROWSERS = {"stale": sign_in, "fresh": sign_in_freshly}


def path_of(provider, what=""):
    return f"{LIST}{provider.pk}/{what}"


def new(**changes):
    return {"name": "Okafor, Ben DO", "npi": "", "submission_key": str(uuid4())} | changes


def stored(provider):
    return Provider.objects.get(pk=provider.pk)


def changed():
    return [event for event in events_of(Action.PROVIDER_CHANGED) if event.outcome == "SUCCESS"]


@pytest.fixture
def client(house):
    return sign_in_freshly(house.administrator)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", PAGES)
def test_only_those_who_keep_practitioners_get_past_the_rule(house, doctor, role, name):
    has_id = name not in ("provider_list", "provider_create")
    path = reverse(f"encounters:{name}", args=[doctor.pk] if has_id else [])
    is_deed = name in ("provider_link", "provider_unlink")
    may = {Role.ADMINISTRATOR} if is_deed else KEEPERS
    browser = sign_in_freshly(make_user(role))

    answer = browser.post(path) if is_deed else browser.get(path)

    assert (answer.status_code == 403) is (role not in may)
    assert stored(doctor).user == house.provider


@pytest.mark.parametrize("what", ["", "link/", "unlink/"])
def test_practitioner_who_is_not_there_is_not_found(house, client, what):
    path = path_of(Provider(pk=987654), what)
    sent = {"user": house.provider.pk}

    assert client.post(path, sent).status_code == 404
    assert sign_in(house.administrator).post(path, sent).status_code == 404


def test_list_says_number_sign_in_and_state_and_shows_no_patient(
    house, patient, doctor, other_doctor, client
):
    world.begin(house.clerk, patient, house.main, attending=doctor)
    providers.change(
        actor=house.clerk, provider_id=other_doctor.pk, name="Hale", npi="", is_active=False
    )

    answer = client.get(LIST)

    assert rows_of(answer) == [
        "Hale – none out of use",
        f"Nair, Priya MD {NPI} Dr. Priya Nair {house.provider.username} in use",
    ]
    assert "MUÑOZ" not in answer.content.decode().upper()
    assert "MUÑOZ" not in client.get(path_of(doctor)).content.decode().upper()


@pytest.mark.parametrize(
    "query, names",
    [
        ("?q=nair", ["Nair, Priya MD"]),
        (f"?q={NPI}", ["Nair, Priya MD"]),
        ("?state=out", []),
        ("?state=in", ["Hale, Ann MD", "Nair, Priya MD"]),
        ("?state=nonsense", ["Hale, Ann MD", "Nair, Priya MD"]),
        ("?q=nobody", []),
    ],
)
def test_list_is_narrowed(doctor, other_doctor, client, query, names):
    answer = client.get(LIST + query)

    assert [row.name for row in answer.context["providers"]] == names
    assert ("Nobody matches" in text_of(answer)) is (names == [])


def test_empty_list_says_what_to_do(client):
    assert "No practitioners yet" in text_of(client.get(LIST))


@pytest.mark.parametrize("what", ["closed", "role"])
def test_list_warns_of_a_sign_in_that_leads_nowhere(house, doctor, client, what):
    if what == "closed":
        users.disable(actor=house.administrator, user_id=house.provider.pk)
    else:
        users.set_roles(actor=house.administrator, user_id=house.provider.pk, roles=[Role.CLERK])

    [row] = rows_of(client.get(LIST))

    assert ("closed" if what == "closed" else "not Provider") in row
    said = "is closed" if what == "closed" else "does not hold the role Provider any more"
    assert said in text_of(client.get(path_of(doctor)))


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("path", ["list", "detail"])
def test_pages_cost_the_same_for_one_three_and_three_hundred(
    house, doctor, client, django_assert_num_queries, path
):
    path, many = {"list": (LIST, 4), "detail": (path_of(doctor), 4)}[path]
    client.get(path)
    with django_assert_num_queries(many):
        client.get(path)
    for more in (2, 297):
        for _ in range(more):
            providers.add(actor=house.administrator, name=f"Practitioner {more}")
        with django_assert_num_queries(many):
            client.get(path)


def test_long_list_is_cut_and_says_so(house, client, monkeypatch):
    monkeypatch.setattr("records.encounters.views.providers.MOST", 2)
    for name in ("A", "B", "C"):
        providers.add(actor=house.administrator, name=name)

    answer = client.get(LIST)

    assert [row.name for row in answer.context["providers"]] == ["A", "B"]
    assert "There are more." in text_of(answer)


# --- adding


def test_adding_makes_a_practitioner_whom_encounters_offer(house, patient, client):
    shown = client.get(NEW)

    answer = client.post(NEW, new(npi="1234-567 893"))

    provider = Provider.objects.get()
    assert list(shown.context["form"].fields) == ["name", "npi", "submission_key"]
    assert (answer.status_code, answer.url) == (302, path_of(provider))
    assert (provider.name, provider.npi, provider.is_active, provider.user) == (
        "Okafor, Ben DO",
        NPI,
        True,
        None,
    )
    assert provider in BeginForm(user=house.clerk).fields["attending"].queryset
    [event] = changed()
    assert (event.actor_id, event.subject_id, event.detail) == (
        house.administrator.pk,
        str(provider.pk),
        {},
    )


def test_form_sent_twice_adds_once(client):
    sent = new(npi=NPI)

    first, second = client.post(NEW, sent), client.post(NEW, sent)

    assert first.url == second.url
    assert (Provider.objects.count(), len(changed())) == (1, 1)


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize(
    "change, said",
    [
        ({"name": ""}, {"name": ["Fill this in."]}),
        ({"name": "x" * 161}, {"name": ["At most 160 characters; this has 161."]}),
        ({"npi": "1234567890"}, {"npi": ["This is no national number."]}),
        ({"npi": "12345"}, {"npi": ["This is no national number."]}),
        ({"npi": "Nair"}, {"npi": ["This is no national number."]}),
        ({"npi": NPI}, {"npi": ["Another practitioner has this number."]}),
    ],
)
def test_what_cannot_be_comes_back_beside_its_field_before_the_proof(
    house, doctor, browser, change, said
):
    client = BROWSERS[browser](house.administrator)

    answer = client.post(NEW, new(**change))

    form = answer.context["form"]
    assert answer.status_code == 422
    for name, (start,) in said.items():
        [text] = form.errors[name]
        assert text.startswith(start)
    assert list(form.errors) == list(said)
    assert form["name"].value() == (change.get("name", "Okafor, Ben DO"))
    assert Provider.objects.count() == 1


def test_adding_asks_for_the_proof_and_is_carried_out_after_it(house):
    client = sign_in(house.administrator)
    sent = new()

    asked = client.post(NEW, sent)
    before = Provider.objects.count()
    done = client.post(asked.url, {"password": PASSWORD, "next": NEW})

    assert (asked.url.partition("?")[0], before) == (PROOF, 0)
    assert done.url == path_of(Provider.objects.get())


def test_number_taken_between_is_refused_beside_the_field(house, client, doctor, monkeypatch):
    monkeypatch.setattr("records.encounters.selectors.providers.find_by_npi", lambda npi: None)

    answer = client.post(NEW, new(npi=doctor.npi))

    assert (answer.status_code, list(answer.context["form"].errors)) == (409, ["npi"])
    refused = [one for one in events_of(Action.PROVIDER_CHANGED) if one.outcome == "REFUSED"]
    assert [event.detail["reason"] for event in refused] == ["NUMBER_TAKEN"]


# --- changing


def as_shown(client, provider, **changes):
    page = client.get(path_of(provider))
    held = stored(provider)
    sent = {"name": held.name, "npi": held.npi, "seen": hidden_value(page, "seen")}
    return sent | ({"is_active": "on"} if held.is_active else {}) | changes


@pytest.mark.parametrize("role", sorted(KEEPERS))
def test_change_saves(house, doctor, role):
    client = sign_in_freshly(house.people[role])

    answer = client.post(path_of(doctor), as_shown(client, doctor, name="Nair, P.", npi=OTHER_NPI))

    assert answer.url == LIST
    assert (stored(doctor).name, stored(doctor).npi) == ("Nair, P.", OTHER_NPI)
    assert changed()[-1].detail == {"fields": ["name", "npi"]}


def test_number_that_came_with_an_import_stays_until_it_is_typed_anew(house, client):
    odd = providers.add(actor=house.administrator, name="Imported", npi="9999999999")

    kept = client.post(path_of(odd), as_shown(client, odd, name="Known"))
    refused = client.post(path_of(odd), as_shown(client, odd, npi="9999999998"))

    assert (kept.status_code, refused.status_code) == (302, 422)
    assert (stored(odd).name, stored(odd).npi) == ("Known", "9999999999")


@pytest.mark.parametrize("browser", BROWSERS)
def test_overtaken_form_keeps_what_was_typed_and_may_go_on_top(house, doctor, browser):
    client = BROWSERS[browser](house.administrator)
    sent = as_shown(client, doctor, name="Nair, Mine")
    providers.change(
        actor=house.supervisor, provider_id=doctor.pk, name="Nair, Theirs", npi=NPI, is_active=True
    )

    stale = client.post(path_of(doctor), sent)

    text = text_of(stale)
    assert stale.status_code == 409
    assert "Sam Ito changed this practitioner" in text
    assert f"Nair, Theirs · {NPI} · in use" in text
    assert stale.context["form"]["name"].value() == "Nair, Mine"
    assert stored(doctor).name == "Nair, Theirs"
    if browser == "fresh":
        again_sent = sent | {"seen": hidden_value(stale, "seen")}
        assert client.post(path_of(doctor), again_sent).status_code == 302
        assert stored(doctor).name == "Nair, Mine"


def test_form_sent_twice_changes_once(doctor, client):
    sent = as_shown(client, doctor, name="Nair, P.")
    before = len(changed())

    answers = [client.post(path_of(doctor), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(changed()) == before + 1


def test_out_of_use_is_kept_by_encounters_and_not_offered(house, patient, doctor, client):
    stay = world.begin(house.clerk, patient, house.main, attending=doctor)
    sent = as_shown(client, doctor)
    del sent["is_active"]

    client.post(path_of(doctor), sent)

    assert stored(doctor).is_active is False
    assert world.again(stay).attending == doctor
    assert doctor not in BeginForm(user=house.clerk).fields["attending"].queryset
    browser = sign_in(house.clerk)
    assert "Nair, Priya MD" in text_of(browser.get(f"/encounters/{stay.pk}/"))
    assert "Nair, Priya MD" not in browser.get(f"/encounters/admit/{patient.pk}/").content.decode()
    assert sign_in(house.provider).get(f"/charts/{patient.pk}/").status_code == 403


# --- whose sign-in


@pytest.fixture
def free(db):
    return make_user(Role.PROVIDER, display_name="Dr. Ann Hale")


def test_link_opens_the_charts_of_own_patients_and_unlink_closes_them(
    house, patient, other_doctor, free, client
):
    world.begin(house.clerk, patient, house.main, attending=other_doctor)
    chart, browser = f"/charts/{patient.pk}/", sign_in(free)
    before = browser.get(chart).status_code

    linked = client.post(path_of(other_doctor, "link/"), {"user": free.pk})
    shown, opened = client.get(linked.url), browser.get(chart).status_code
    unlinked = client.post(path_of(other_doctor, "unlink/"), {"user": free.pk})
    after = browser.get(chart).status_code

    assert linked.url == unlinked.url == path_of(other_doctor)
    assert "Dr. Ann Hale" in text_of(shown)
    assert (before, opened, after) == (403, 200, 403)
    assert [event.detail for event in changed()][-2:] == [
        {"user": free.pk, "linked": True},
        {"user": free.pk, "linked": False},
    ]


def test_link_needs_the_proof(house, other_doctor, free):
    client = sign_in(house.administrator)
    path = path_of(other_doctor, "link/")

    asked = client.post(path, {"user": free.pk})
    before = stored(other_doctor).user
    client.post(asked.url, {"password": PASSWORD, "next": path})

    assert (asked.url.partition("?")[0], before) == (PROOF, None)
    assert stored(other_doctor).user == free


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("whose", ["clerk", "provider", "nobody", ""])
def test_sign_in_that_cannot_be_linked_comes_back_beside_the_field(
    house, doctor, other_doctor, free, browser, whose
):
    keys = {"clerk": house.clerk.pk, "provider": house.provider.pk, "nobody": 987654, "": ""}
    client = BROWSERS[browser](house.administrator)

    answer = client.post(path_of(other_doctor, "link/"), {"user": keys[whose]})

    assert (answer.status_code, list(answer.context["link"].errors)) == (422, ["user"])
    said = "Choose a sign-in that is open" if whose else "Choose one of the list."
    assert said in text_of(answer)
    assert stored(other_doctor).user is None


@pytest.mark.parametrize("browser", BROWSERS)
def test_practitioner_linked_meanwhile_is_said_before_the_proof(house, doctor, free, browser):
    client = BROWSERS[browser](house.administrator)

    answer = client.post(path_of(doctor, "link/"), {"user": free.pk})

    assert answer.status_code == 409
    assert answer.context["link"].errors == {
        "user": ["This practitioner is linked to another sign-in. Unlink that one first."]
    }
    assert stored(doctor).user == house.provider
    assert events_of(Action.PROVIDER_CHANGED)[-1].outcome == Outcome.REFUSED


@pytest.mark.parametrize("browser", BROWSERS)
def test_link_and_unlink_sent_twice_are_done_once(house, doctor, browser):
    client = BROWSERS[browser](house.administrator)
    before = len(changed())

    linked = client.post(path_of(doctor, "link/"), {"user": house.provider.pk})
    said = client.get(linked.url).content.decode()
    providers.unlink_user(
        actor=house.administrator, provider_id=doctor.pk, user=again(house.provider)
    )
    unlinked = client.post(path_of(doctor, "unlink/"), {"user": house.provider.pk})
    said_then = client.get(unlinked.url).content.decode()

    assert linked.url == unlinked.url == path_of(doctor)
    assert "linked already: nothing was changed" in said
    assert "This sign-in is not linked any more." in said_then
    assert len(changed()) == before + 1


@pytest.mark.parametrize("browser", BROWSERS)
def test_nobody_links_their_own_sign_in(other_doctor, browser):
    own = make_user(Role.ADMINISTRATOR)

    answer = BROWSERS[browser](own).post(path_of(other_doctor, "link/"), {"user": own.pk})

    assert (answer.status_code, list(answer.context["link"].errors)) == (422, ["user"])
    assert stored(other_doctor).user is None


def test_unlink_that_names_nobody_is_a_bad_request(doctor, client):
    assert client.post(path_of(doctor, "unlink/"), {"user": "x"}).status_code == 400


def test_supervisor_sees_the_link_and_no_way_to_change_it(house, doctor, other_doctor, free):
    client = sign_in_freshly(house.supervisor)

    linked, bare = client.get(path_of(doctor)), client.get(path_of(other_doctor))

    assert "Dr. Priya Nair" in text_of(linked)
    assert "An administrator links sign-ins." in text_of(bare)
    for page in (linked, bare):
        assert not re.search(r"/(un)?link/", page.content.decode())


def test_page_says_why_nothing_can_be_linked(house, doctor, other_doctor, client):
    nobody = text_of(client.get(path_of(other_doctor)))
    make_user(Role.PROVIDER)
    providers.change(
        actor=house.administrator, provider_id=other_doctor.pk, name="H", npi="", is_active=False
    )
    out = text_of(client.get(path_of(other_doctor)))

    assert "Give somebody the role Provider under People first." in nobody
    assert "Put the practitioner back in use to link one." in out


def test_encounters_of_an_unlinked_practitioner_stay(house, patient, doctor, client):
    stay = world.begin(house.clerk, patient, house.main, attending=doctor)

    client.post(path_of(doctor, "unlink/"), {"user": house.provider.pk})

    scope = opening.peek_scope(actor=again(house.clerk), patient_id=patient.pk)
    assert encounter_selectors.get_encounter(scope, stay.pk).attending == doctor
