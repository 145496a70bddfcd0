from datetime import date
from uuid import uuid4

import pytest

from audit.enums import Action
from records.patients.models import Identifier, Name, Patient, Phone
from tests import builders, leaks, trail
from tests.factories.people import make_user
from tests.records.patients import world
from tests.records.patients.views.pages import browsers, hidden_value, rows_of, text_of

pytestmark = pytest.mark.django_db
URL = "/patients/register/"


@pytest.fixture
def browser(house):
    return builders.sign_in(house.clerk)


@pytest.fixture
def send(browser, house):
    """Send the form for Rosa Muñoz with changes."""

    def post(**changes):
        return browser.post(URL, world.form_data(unit=str(house.main.pk)) | changes)

    return post


def test_registering_opens_a_chart_and_shows_it(send, browser, house):
    answer = send(**world.reach_rows(), ssn=world.SSN, submission_key=str(uuid4()))

    patient = Patient.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/charts/{patient.pk}/")
    assert "The patient is registered." in text_of(browser.get(answer.headers["Location"]))
    assert (patient.family, patient.registered_by_id) == ("Muñoz", house.clerk.pk)
    assert Phone.objects.get().digits == "7175550123"
    assert Name.objects.get().family == "Delacroix"
    assert Identifier.objects.get(kind="SSN").last_four == "6789"
    assert len(trail.events_of(Action.PATIENT_REGISTERED)) == 1


def test_the_form_starts_with_what_was_typed_in_the_search(browser):
    query = {"family": "Muñoz", "given": "Rosa", "birth_on": "03/14/1961", "phone": "717 555 0123"}
    body = browser.get(URL, query).content.decode()

    assert all(f'value="{value}"' in body for value in query.values())


def test_a_double_click_makes_one_chart(send):
    key = str(uuid4())

    first, second = send(submission_key=key), send(submission_key=key)

    assert first.headers["Location"] == second.headers["Location"]
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"birth_on": "2/30/1961"}, "There is no such date. Enter a day, for example 3/14/1961."),
        ({"birth_on": "3/14/2999"}, "This lies in the future."),
        ({"birth_on": "3/14/1850"}, "Nobody alive was born that long ago."),
        ({"died_on": "3/13/1961"}, "The birth date lies after the date of death."),
        ({"family": ""}, "Enter the family name."),
        (
            world.rows("phones", {"number": "12"}),
            "Number: This cannot be a telephone number.",
        ),
        ({"unit": ""}, "Unit: Choose one of the list."),
    ],
)
def test_what_cannot_be_is_said_beside_the_form_and_nothing_is_lost(send, changes, message):
    answer = send(**changes)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "<title>Error: Register a patient" in body
    assert 'value="rosa@example.org"' in body
    assert Patient.objects.count() == 0


def test_people_like_this_one_are_shown_with_the_reason_before_a_chart_is_made(
    send, patient, house
):
    answer = send()

    [event] = trail.events_of(Action.PATIENTS_SEARCHED)
    assert answer.status_code == 422
    assert "MUÑOZ, Rosa Elena same name and birth date" in rows_of(answer)[0]
    assert f'href="/charts/{patient.pk}/"' in answer.content.decode()
    assert "Register as another person" in text_of(answer)
    assert (trail.shown_in(event), event.detail) == ([patient.pk], {"kinds": ["CANDIDATES"]})
    assert Patient.objects.count() == 1


def test_a_reason_registers_another_person_after_the_candidates_were_seen(send, patient):
    shown = send()
    judged = hidden_value(shown, "judged")

    without = send(judged=judged, override_reason="  ")
    answer = send(judged=judged, override_reason="Twins, seen with papers")

    assert without.status_code == 422
    assert answer.status_code == 302
    assert Patient.objects.latest("pk").override_reason == "Twins, seen with papers"


def test_a_reason_alone_does_not_skip_the_look(send, patient):
    assert send(override_reason="Twins").status_code == 422
    assert Patient.objects.count() == 1


def test_a_candidate_of_a_hidden_unit_is_not_named(send, house):
    keeper = make_user("CLERK", unit=house.programme)
    hidden = world.register(keeper, house.programme, ssn=world.SSN, family="Munoz", given="Róza")

    answer = send(ssn=world.SSN)

    [event] = trail.events_of(Action.PATIENTS_SEARCHED)
    body = answer.content.decode()
    assert rows_of(answer) == [
        "Registered elsewhere. Somebody like this has a chart that you may not know of. Ask your "
        "supervisor before you register this person."
    ]
    for secret in ("Róza", hidden.mrn, f"/charts/{hidden.pk}/", house.programme.name):
        assert secret not in body
    assert trail.shown_in(event) == [hidden.pk]


def test_a_number_typed_is_in_no_answer_and_is_not_lost(send, browser, house):
    shown = send(ssn=world.SSN, family="")

    everything = shown.content.decode() + str(shown.headers)
    assert not leaks.tells_number(everything, world.SSN)
    assert "•••-••-6789 was typed and is kept" in text_of(shown)
    answer = send(ssn_kept=hidden_value(shown, "ssn_kept"))
    assert answer.status_code == 302
    assert Identifier.objects.get(kind="SSN").last_four == "6789"


def test_a_number_that_cannot_be_is_not_kept_and_may_be_left_out(send):
    shown = send(ssn="000-12-3456")

    assert shown.status_code == 422
    assert "This cannot be a social security number." in text_of(shown)
    assert not leaks.tells(text_of(shown), "3456")
    assert not leaks.tells(shown.content.decode(), "000-12-3456")
    assert '<input type="hidden" name="ssn_kept" id="id_ssn_kept">' in shown.content.decode()
    assert "Go on without the number that was typed" in text_of(shown)
    refused = hidden_value(shown, "is_ssn_refused")
    assert send(is_ssn_refused=refused, is_ssn_left_out="on").status_code == 302
    assert not Identifier.objects.filter(kind="SSN").exists()


AGAIN = "Type the number again, or choose to go on without it."


def test_a_number_that_cannot_be_is_not_dropped_while_the_rest_is_mended(send):
    first = send(ssn="000-12-3456", family="")
    second = send(is_ssn_refused=hidden_value(first, "is_ssn_refused"), family="")
    third = send(is_ssn_refused=hidden_value(second, "is_ssn_refused"))

    assert [AGAIN in text_of(answer) for answer in (first, second, third)] == [True] * 3
    assert [answer.status_code for answer in (first, second, third)] == [422] * 3
    assert not leaks.tells(first.content.decode(), "000-12-3456")
    assert Patient.objects.count() == 0
    assert send(is_ssn_refused="on", ssn=world.SSN).status_code == 302
    assert Identifier.objects.get(kind="SSN").last_four == "6789"


def test_a_number_is_in_no_event_and_no_field_history(send):
    send(ssn=world.SSN)

    kept = f"{leaks.words_of_events()}\n{leaks.words_of_histories()}"
    assert "Muñoz" in kept
    assert not leaks.tells_number(kept, world.SSN)
    assert not leaks.tells(kept, "6789")


def test_a_first_of_january_is_asked_about_once(send):
    asked = send(birth_on="1/1/1961")

    assert asked.status_code == 422
    assert "The person was born on 1 January" in text_of(asked)
    assert send(birth_on="1/1/1961", is_january_meant="on").status_code == 302
    assert Patient.objects.get().birth_on == date(1961, 1, 1)


def test_only_those_who_register_may(house):
    found = {
        name: (client.get(URL).status_code, client.post(URL, {}).status_code)
        for name, client in browsers(house).items()
    }

    assert found == {
        "CLERK": (200, 422),
        "SUPERVISOR": (200, 422),
        "COMPLIANCE": (403, 403),
        "PROVIDER": (403, 403),
        "ADMINISTRATOR": (403, 403),
        "STRANGER": (200, 422),
    }
    assert Patient.objects.count() == 0


def test_a_clerk_without_a_unit_is_told_why_not(house):
    answer = builders.sign_in(house.stranger).get(URL)

    assert "You have no unit yet, so you cannot add a chart to one." in text_of(answer)


def test_nothing_else_is_allowed(browser):
    assert browser.put(URL).status_code == 405
