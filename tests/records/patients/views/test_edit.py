import re
from dataclasses import replace

import pytest

from audit.enums import Action
from records.patients.models import Address, Contact, Identifier, Name, Phone
from tests import builders, leaks, trail
from tests.factories.people import PASSWORD, make_user
from tests.records.patients import world
from tests.records.patients.views.pages import browsers, hidden_value, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(patient):
    return f"/patients/{patient.pk}/edit/"


@pytest.fixture
def browser(house):
    return builders.sign_in(house.clerk)


@pytest.fixture
def send(browser, url):
    """Send the edit form of Rosa Muñoz as it was shown, with changes."""

    def post(**changes):
        return browser.post(url, world.form_data(version="1") | world.reach_rows() | changes)

    return post


def rows():
    return [
        set(model.objects.values_list("pk", flat=True))
        for model in (Name, Phone, Address, Contact, Identifier)
    ]


def test_the_form_sent_as_it_was_shown_changes_nothing(send, browser, patient):
    before = rows()

    answer = send()

    assert answer.headers["Location"] == f"/charts/{patient.pk}/"
    assert "The changes are saved." in text_of(browser.get(answer.headers["Location"]))
    assert rows() == before
    assert world.again(patient).version == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 302),
        ({"addresses-0-kind": "WORK"}, 302),
        ({"addresses-0-city": "York"}, 422),
        ({"addresses-0-city": "York", "addresses-0-country": "Kenya"}, 302),
        ({"addresses-0-state": "PA", "addresses-0-postal_code": "17101"}, 302),
    ],
)
def test_an_address_that_came_from_elsewhere_stays_until_it_is_changed(
    send, house, patient, changes, status
):
    (address,) = world.REACH.addresses
    odd = replace(address, state="ZZZ", postal_code="abc")
    world.change(house.supervisor, patient, reach=replace(world.REACH, addresses=(odd,)))
    sent = {"version": "2", "addresses-0-state": "ZZZ", "addresses-0-postal_code": "abc"}

    answer = send(**sent | changes)

    assert answer.status_code == status
    if status == 422:
        assert "State: There is no such state." in text_of(answer)
        assert "ZIP code: A ZIP code has 5 digits" in text_of(answer)


def test_the_form_shows_every_stored_value(browser, url):
    body = browser.get(url).content.decode()

    for value in (
        *("Muñoz", "Rosa", "Elena", "03/14/1961", "Spanish", "rosa@example.org", "Delacroix"),
        *("(717) 555-0123", "12 Elm Street", "Harrisburg", "17101", "USA", "05/01/2019"),
        *("Luis Muñoz", "brother", "717 555 0199", "9 Oak Lane, York"),
    ):
        assert f'value="{value}"' in body
    assert "•••-••-6789 is stored" in body
    assert not leaks.tells_number(body, world.SSN)


def test_a_change_keeps_phones_and_the_former_name(send, patient):
    answer = send(family="Ortega", language="English")

    stored = world.again(patient)
    assert answer.status_code == 302
    assert (stored.family, stored.language, stored.version) == ("Ortega", "English", 2)
    assert list(Name.objects.order_by("pk").values_list("kind", "family")) == [
        ("MAIDEN", "Delacroix"),
        ("FORMER", "Muñoz"),
    ]
    assert Phone.objects.get().number == "(717) 555-0123"
    assert Identifier.objects.filter(kind="SSN", is_current=True).count() == 1


@pytest.mark.parametrize(
    "changes, last_fours",
    [({"ssn": "219-44-1111"}, ["1111"]), ({"is_ssn_withdrawn": "on"}, []), ({}, ["6789"])],
)
def test_the_number_is_replaced_removed_or_left(send, changes, last_fours):
    assert send(**changes).status_code == 302

    in_use = Identifier.objects.filter(kind="SSN", is_current=True)
    assert list(in_use.values_list("last_four", flat=True)) == last_fours


@pytest.mark.parametrize(
    ("again", "status", "last_fours"),
    [
        ({}, 422, ["6789"]),
        ({"is_ssn_left_out": "on"}, 302, ["6789"]),
        ({"is_ssn_withdrawn": "on"}, 302, []),
        ({"ssn": "219-44-1111"}, 302, ["1111"]),
    ],
)
def test_a_number_that_cannot_be_is_typed_again_or_left_out(send, again, status, last_fours):
    refused = send(ssn="000-12-3456")

    answer = send(is_ssn_refused=hidden_value(refused, "is_ssn_refused"), **again)

    in_use = Identifier.objects.filter(kind="SSN", is_current=True)
    assert (refused.status_code, answer.status_code) == (422, status)
    assert list(in_use.values_list("last_four", flat=True)) == last_fours


def test_a_valid_number_is_not_lost_while_the_rest_is_mended(send):
    shown = send(ssn="219-44-1111", family="")

    assert not leaks.tells_number(shown.content.decode(), "219-44-1111")
    assert send(ssn_kept=hidden_value(shown, "ssn_kept")).status_code == 302
    assert Identifier.objects.get(kind="SSN", is_current=True).last_four == "1111"


def test_a_form_overtaken_shows_both_and_loses_nothing(send, patient, house):
    world.change(house.supervisor, patient, language="French", email="rosa@example.net")

    answer = send(language="English", ssn="219-44-1111")

    body = answer.content.decode()
    refusals = [event for event in trail.events_of(Action.PATIENT_CHANGED) if not _is_done(event)]
    assert answer.status_code == 409
    assert re.search(
        r"Sam Ito changed this patient on \w+ \d+, \d+, [\d:]+, while your form was open\.",
        text_of(answer),
    )
    assert "Language French English" in text_of(answer)
    assert "E-mail rosa@example.net rosa@example.org" in text_of(answer)
    assert 'value="English"' in body
    assert not leaks.tells_number(body, world.SSN)
    assert hidden_value(answer, "version") == "2"
    assert [event.detail["reason"] for event in refusals] == ["PATIENT_STALE"]
    assert world.again(patient).language == "French"


def test_a_form_overtaken_can_be_saved_over_what_was_shown(send, patient, house):
    world.change(house.supervisor, patient, language="French")
    shown = send(language="English")

    answer = send(language="English", version=hidden_value(shown, "version"))

    assert answer.status_code == 302
    assert world.again(patient).language == "English"


def test_a_form_overtaken_by_the_same_entries_says_so(send, patient, house):
    world.change(house.supervisor, patient, language="French")

    assert "Everything that you entered is stored already." in text_of(send(language="French"))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"birth_on": "2/30/1961"}, "There is no such date."),
        ({"died_on": "3/13/1961"}, "The birth date lies after the date of death."),
        (world.rows("phones", {"number": "12"}), "This cannot be a telephone number."),
        ({"version": ""}, "There is a problem"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(send, patient, changes, message):
    answer = send(**changes)

    assert answer.status_code == 422
    assert message in text_of(answer)
    assert world.again(patient).version == 1


def test_every_role_and_outsider(house, patient, url):
    hidden = world.register(make_user("CLERK", unit=house.programme), house.programme)
    found = {
        name: [
            client.get(address).status_code
            for address in (url, f"/patients/{hidden.pk}/edit/", "/patients/0/edit/")
        ]
        for name, client in browsers(house).items()
    }

    assert found == {
        "CLERK": [200, 404, 404],
        "SUPERVISOR": [200, 404, 404],
        "COMPLIANCE": [403, 403, 403],
        "PROVIDER": [403, 403, 403],
        "ADMINISTRATOR": [403, 403, 403],
        "STRANGER": [403, 404, 404],
    }


def test_opening_the_form_is_an_event(browser, url, patient):
    browser.get(url)

    [event] = trail.events_of(Action.CHART_OPENED)
    assert (event.patient_id, event.subject_type, event.subject_id) == (
        patient.pk,
        "page",
        "edit",
    )


def test_a_chart_destroyed_is_not_changed(destroyed, keepers):
    keepers.clerk.set_password(PASSWORD)
    keepers.clerk.save()

    answer = builders.sign_in(keepers.clerk).get(f"/patients/{destroyed.pk}/edit/")

    assert answer.status_code == 403
    assert "destroyed" in text_of(answer)


def test_nothing_else_is_allowed(browser, url):
    assert browser.delete(url).status_code == 405


def _is_done(event):
    return event.outcome == "SUCCESS"
