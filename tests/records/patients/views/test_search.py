import re
from datetime import date

import pytest

from audit.enums import Action
from audit.models import Event
from records.patients.rules import mrn
from records.patients.selectors import browsing
from tests import builders, leaks, trail
from tests.ages import years_since
from tests.factories.people import PASSWORD, make_user
from tests.records.patients import world
from tests.records.patients.views.pages import (
    HTMX,
    bold_of,
    browsers,
    rows_of,
    text_of,
)

pytestmark = pytest.mark.django_db
URL = "/patients/"
PANEL = HTMX | {"HX-Target": "global-found"}


@pytest.fixture
def browser(house):
    return builders.sign_in(house.clerk)


def test_search_shows_two_identifiers_a_line_and_what_matched(patient, browser):
    answer = browser.get(URL, {"q": "muñ rosa"})

    number = "-".join(patient.mrn[at : at + 2] for at in range(0, 8, 2))
    age = years_since(patient.birth_on)
    assert answer.status_code == 200
    assert rows_of(answer) == [
        f"MUÑ OZ, Rosa Elena Mar 14, 1961 ({age}) Female {number} Main file room never seen"
    ]
    assert bold_of(answer) == ["MUÑ", "Rosa"]
    assert "1 found" in text_of(answer)
    assert answer.headers["Vary"] == "HX-Request, HX-Target, Cookie"
    assert "no-store" in answer.headers["Cache-Control"]


def test_search_says_why_somebody_matched(patient, browser):
    shown = {
        text: rows_of(browser.get(URL, {"q": text}))[0].split(" Mar 14")[0]
        for text in ("delacroix", "717 555 0123", "6789", "3/14/1961")
    }

    assert shown == {
        "delacroix": "MUÑOZ, Rosa Elena maiden name DELACROIX, Rosa",
        "717 555 0123": "MUÑOZ, Rosa Elena phone",
        "6789": "MUÑOZ, Rosa Elena end of social security number",
        "3/14/1961": "MUÑOZ, Rosa Elena birth date",
    }


@pytest.mark.goal("G-24")
def test_search_is_an_event_with_those_shown_and_no_word_of_what_was_typed(patient, browser, house):
    browser.get(URL, {"q": "Rosa Muñoz 3/14/1961"})
    browser.get(URL, {"q": "ROSA"})

    first, second = trail.events_of(Action.PATIENTS_SEARCHED)
    assert (first.actor_id, first.basis, first.outcome) == (
        house.clerk.pk,
        "DIRECTORY",
        "SUCCESS",
    )
    assert (trail.shown_in(first), trail.shown_in(second)) == ([patient.pk], [patient.pk])
    assert (first.detail["kinds"], first.detail["found"]) == (["NAME"], 1)
    assert len(first.detail["terms"]) == 3
    assert first.detail["terms"][0] == second.detail["terms"][0]
    kept = leaks.words_of_events()
    assert not any(leaks.tells(kept, word) for word in ("muñoz", "munoz", "rosa", "1961"))


def test_search_while_typing_answers_the_results_alone(patient, browser):
    answer = browser.get(URL, {"q": "muñoz"}, headers=HTMX)

    body = answer.content.decode()
    assert body.lstrip().startswith('<div id="results"')
    assert "<html" not in body
    assert answer.headers["HX-Replace-Url"] == "/patients/?q=mu%C3%B1oz"
    assert len(rows_of(answer)) == 1


def test_search_of_the_frame_answers_a_short_list_and_records_those_in_it(house, browser):
    known = {}
    for given in "ABCDEFGHIJ":
        one = world.register(house.clerk, house.main, family="Muñoz", given=given)
        known[f"/charts/{one.pk}/"] = one.pk

    answer = browser.post(URL, {"q": "muñoz", "go": "1"}, headers=PANEL)

    body = answer.content.decode()
    shown = [known[url] for url in re.findall(r'data-url="(.*?)"', body)]
    assert (len(shown), body.count("<b>MUÑOZ</b>")) == (8, 8)
    assert "More people match" in body
    assert "HX-Replace-Url" not in answer.headers
    event = Event.objects.get(action=Action.PATIENTS_SEARCHED)
    assert (trail.shown_in(event), event.detail["found"]) == (shown, 10)


def test_search_of_the_frame_never_opens_a_chart_while_one_types(patient, browser):
    for headers in (PANEL, HTMX):
        assert browser.post(URL, {"q": "muñoz", "go": "1"}, headers=headers).status_code == 200


def test_a_field_emptied_while_typing_brings_the_list_back(patient, browser):
    answer = browser.get(URL, {"q": " "}, headers=HTMX)

    body = answer.content.decode()
    assert body.lstrip().startswith('<div id="results"')
    assert (len(rows_of(answer)), answer.headers["HX-Replace-Url"]) == (1, "/patients/")


def test_nobody_found_leads_to_registering_with_what_was_typed(browser):
    answer = browser.get(URL, {"q": "Rosa Muñoz 3/14/1961"})

    assert "Nobody found" in text_of(answer)
    query = "?family=Mu%C3%B1oz&amp;given=Rosa&amp;birth_on=03%2F14%2F1961"
    assert f'href="/patients/register/{query}"' in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, PANEL], ids=["page", "panel"])
@pytest.mark.parametrize("text", ["2/30/1961", "Muñoz 30.2.1961"])
def test_day_on_which_nobody_is_born_is_said(browser, patient, text, headers):
    answer = browser.get(URL, {"q": text}, headers=headers)

    assert f"{text.split()[-1]} cannot be a birth date" in text_of(answer)
    assert "cannot be" not in text_of(browser.get(URL, {"q": "Muñoz 3/14/1961"}, headers=headers))


def test_a_reader_who_may_not_register_is_not_invited_to(house):
    answer = builders.sign_in(house.provider).get(URL, {"q": "nobody"})

    assert "Nobody found" in text_of(answer)
    assert "/patients/register/" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX, PANEL])
def test_a_social_security_number_is_in_no_answer(patient, browser, headers):
    found = browser.post(URL, {"q": world.SSN}, headers=headers)
    missed = browser.post(URL, {"q": "219-44-6780"}, headers=headers)

    assert "social security number" in text_of(found)
    assert "MUÑOZ" in text_of(found)
    for answer in (found, missed):
        assert answer.status_code == 200
        everything = answer.content.decode() + str(answer.headers)
        # Three digits alone may stand in a request's id or a style sheet's name by chance.
        for part in ("219-44", "219446", "44-6780", "446780"):
            assert part not in everything
    if headers != PANEL:
        assert "The number that you typed is not shown again." in text_of(found)
    if headers == HTMX:
        assert found.headers["HX-Replace-Url"] == "/patients/"


def test_a_social_security_number_sent_by_the_form_finds_as_any_other_and_opens_nothing(
    patient, browser, house
):
    listed = browser.post(URL, {"q": world.SSN})
    asked = browser.post(URL, {"q": world.SSN, "go": "1"})

    assert len(rows_of(listed)) == len(rows_of(asked)) == 1
    assert trail.events_of(Action.CHART_OPENED) == []
    assert [trail.shown_in(event) for event in trail.events_of(Action.PATIENTS_SEARCHED)] == [
        [patient.pk],
        [patient.pk],
    ]


@pytest.mark.parametrize(
    "query", [{"q": world.SSN}, {"q": f"muñoz {world.SSN_DIGITS}"}, {"q": "ssn 6789", "go": "1"}]
)
def test_an_address_with_a_social_security_number_is_not_searched(patient, browser, query):
    answer = browser.get(URL, query, follow=True)

    assert answer.redirect_chain == [(URL, 302)]
    assert "The address held what may be a social security number" in text_of(answer)
    assert trail.events_of(Action.PATIENTS_SEARCHED) == []


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ({"q": " muñoz rosa "}, "/patients/?q=mu%C3%B1oz+rosa"),
        ({"q": "3/14/1961", "go": "1"}, "/patients/?q=3%2F14%2F1961&go=1"),
        ({"q": "x" * 500}, f"/patients/?q={'x' * 120}"),
        ({"q": " ", "go": "1"}, "/patients/"),
    ],
)
def test_what_the_form_sends_goes_on_to_its_own_address(patient, browser, sent, address):
    answer = browser.post(URL, sent)

    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert trail.events_of(Action.PATIENTS_SEARCHED) == []


@pytest.mark.parametrize("typed", ["219-44", "219-44-678", "ssn 219"])
def test_a_number_half_typed_stays_out_of_the_address(patient, browser, typed):
    answer = browser.post(URL, {"q": typed}, headers=HTMX)

    assert answer.headers["HX-Replace-Url"] == "/patients/"


def test_forms_of_the_search_send_what_is_typed_in_their_body(browser):
    html = browser.get(URL).content.decode()

    forms = re.findall(r"<form [^>]*role=\"search\"[^>]*>|<form[^>]*global-search[^>]*>", html)
    assert len(forms) == 2
    assert all('method="post"' in form and 'action="/patients/"' in form for form in forms)
    assert 'hx-post="/patients/"' in html
    assert "hx-get" not in html


@pytest.mark.parametrize("shape", ["{0}", "{1}", "MRN {1}", "mrn: {0}"])
def test_the_whole_record_number_goes_straight_to_the_chart(patient, browser, house, shape):
    stranger = builders.sign_in(house.stranger)
    typed = {"q": shape.format(patient.mrn, mrn.display(patient.mrn)), "go": "1"}

    assert browser.get(URL, typed).headers["Location"] == f"/charts/{patient.pk}/"
    assert browser.get(URL, typed | {"go": ""}).status_code == 200
    assert stranger.get(URL, typed).status_code == 200


@pytest.mark.parametrize("typed", ["muñoz", "Rosa Muñoz", "3/14/1961", "munnoz", "{short}"])
def test_what_may_mean_another_opens_no_chart_of_itself(patient, browser, typed):
    text = typed.format(short=patient.mrn.lstrip("0"))

    answer = browser.get(URL, {"q": text, "go": "1"})

    assert answer.status_code == 200
    assert f"/charts/{patient.pk}/" in answer.content.decode()
    assert answer.content.decode().count("autofocus") == 1
    assert re.search(rf'autofocus href="/charts/{patient.pk}/"', answer.content.decode())
    assert trail.events_of(Action.CHART_OPENED) == []


def test_the_cursor_stays_in_the_field_while_somebody_types_and_among_several(
    patient, browser, house
):
    typing = browser.post(URL, {"q": "muñoz"}, headers={"HX-Request": "true"})
    world.register(house.clerk, house.main, given="Ines")
    several = browser.get(URL, {"q": "muñoz", "go": "1"})

    assert "autofocus" not in typing.content.decode()
    assert "autofocus href" not in several.content.decode()


def test_list_shows_the_charts_that_one_may_open_as_an_event(patient, browser, house):
    answer = browser.get(URL)

    [event] = trail.events_of(Action.PATIENTS_LISTED)
    assert len(rows_of(answer)) == 1
    assert (event.actor_id, trail.shown_in(event)) == (house.clerk.pk, [patient.pk])


def test_list_pages_forward_and_back_to_the_first(house, browser, monkeypatch):
    monkeypatch.setattr(browsing, "PAGE", 2)
    for given in ("Anna", "Berta", "Carla"):
        world.register(house.clerk, house.main, given=given, middle="")

    first = browser.get(URL)
    key = first.context["page"].next_key
    second = browser.get(URL, {"after": key})

    assert [row.split(" Mar")[0] for row in rows_of(first)] == ["MUÑOZ, Anna", "MUÑOZ, Berta"]
    assert [row.split(" Mar")[0] for row in rows_of(second)] == ["MUÑOZ, Carla"]
    assert "First" not in text_of(first)
    assert ("First" in text_of(second), "Next" in text_of(second)) == (True, False)
    assert [trail.shown_in(event) for event in trail.events_of(Action.PATIENTS_LISTED)] == [
        [line.patient_id for line in first.context["page"].lines],
        [line.patient_id for line in second.context["page"].lines],
    ]


def test_every_role_sees_what_it_may(house, patient):
    world.register(make_user("CLERK", unit=house.programme), house.programme, given="Ramona")
    shown = {}
    for name, client in browsers(house).items():
        listed, found = client.get(URL), client.get(URL, {"q": "muñoz"})
        shown[name] = (
            listed.status_code,
            len(rows_of(listed)),
            found.status_code,
            ["directory only" in row for row in rows_of(found)],
        )

    assert shown == {
        "CLERK": (200, 1, 200, [False]),
        "SUPERVISOR": (200, 1, 200, [False]),
        "COMPLIANCE": (200, 1, 200, [False]),
        "PROVIDER": (200, 0, 200, [True]),
        "ADMINISTRATOR": (403, 0, 403, []),
        "STRANGER": (200, 0, 200, [True]),
    }


def test_no_other_method_is_allowed(browser):
    assert (browser.put(URL).status_code, browser.delete(URL).status_code) == (405, 405)


def test_a_stranger_to_the_house_is_sent_to_sign_in(client, db):
    assert client.get(URL).headers["Location"].startswith("/sign-in/login/")


def test_a_destroyed_chart_says_since_when(destroyed, keepers):
    answer = builders.sign_in(_with_password(keepers.clerk)).get(URL, {"q": "wyman"})

    [row] = rows_of(answer)
    assert f"destroyed on {destroyed.destroyed_on:%b %-d, %Y}" in row
    assert f"/retention/stubs/{destroyed.pk}/" in answer.content.decode()


def test_directory_line_keeps_the_last_visit_to_those_who_may_open_the_chart(house, patient):
    [own] = rows_of(builders.sign_in(house.clerk).get(URL, {"q": "muñoz"}))
    [apart] = rows_of(builders.sign_in(house.provider).get(URL, {"q": "muñoz"}))

    assert own.endswith("never seen")
    assert ("directory only" in apart, apart.endswith("Main file room")) == (True, True)


def test_somebody_who_died_shows_it(house, browser):
    world.register(house.clerk, house.main, died_on=date(2020, 5, 6))

    assert "Mar 14, 1961 (59) died May 6, 2020" in rows_of(browser.get(URL))[0]


def _with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user
