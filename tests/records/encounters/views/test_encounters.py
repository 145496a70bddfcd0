import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from audit.enums import Action, Outcome
from records.encounters.models import Encounter, EncounterMove, EncounterStatusChange
from records.encounters.services import encounters
from records.patients.models import Patient
from tests import builders, trail
from tests.factories.people import make_user
from tests.factories.units import grant
from tests.records.encounters import world
from tests.records.patients.views.pages import browsers, hidden_value, text_of

pytestmark = pytest.mark.django_db
STATUSES = ("PLANNED", "IN_PROGRESS", "DISCHARGED", "CANCELLED")
STEPS = ("transfer", "discharge", "cancel", "reopen", "arrive")
# What each page answers to somebody who asks for it, by status of the encounter.
SHOWN = {
    "transfer": {"IN_PROGRESS"},
    "discharge": {"IN_PROGRESS"},
    "cancel": {"PLANNED", "IN_PROGRESS"},
    "reopen": {"DISCHARGED"},
    "arrive": set(),
}
BUTTONS = {
    "PLANNED": {"Arrived", "Cancel it"},
    "IN_PROGRESS": {"Discharge", "Transfer", "Cancel it"},
    "DISCHARGED": {"Take back the discharge"},
    "CANCELLED": set(),
}


def typed(at):
    return f"{timezone.localtime(at):%m/%d/%Y %H:%M}"


def begin_data(unit, /, **changes):
    data = {
        "kind": "INPATIENT",
        "started_at": typed(world.ago(days=1)),
        "unit": str(unit.pk),
        "attending": "",
        "service": "Medicine",
        "location": "2 East, bed 4",
        "reason": "Chest pain",
        "account_number": "",
        "submission_key": str(uuid4()),
    }
    return data | changes


@pytest.fixture
def browser(house):
    return builders.sign_in(house.clerk)


def test_admitting_shows_the_stay(browser, house, patient, doctor):
    answer = browser.post(
        f"/encounters/admit/{patient.pk}/", begin_data(house.main, attending=str(doctor.pk))
    )

    stay = Encounter.objects.get()
    assert answer.headers["Location"] == f"/encounters/{stay.pk}/"
    assert (stay.status, stay.attending, stay.location) == (
        "IN_PROGRESS",
        doctor,
        "2 East, bed 4",
    )
    page = text_of(browser.get(f"/encounters/{stay.pk}/"))
    for words in (
        "The patient is admitted.",
        "Nair, Priya MD",
        "2 East, bed 4",
        "Chest pain",
        "In progress",
        "Rosa Delgado",
    ):
        assert words in page


def test_planning_is_a_button_of_the_same_form(browser, house, patient):
    data = begin_data(house.main, started_at=typed(world.ago(days=-9)), plan="1")

    browser.post(f"/encounters/admit/{patient.pk}/", data)

    assert Encounter.objects.get().status == "PLANNED"


def test_recording_a_visit_that_is_over(browser, house, patient):
    data = begin_data(
        house.main, kind="OUTPATIENT", ended_at=typed(world.ago(hours=20)), disposition="HOME"
    )

    answer = browser.post(f"/encounters/visit/{patient.pk}/", data, follow=True)

    assert "The visit is recorded." in text_of(answer)
    visit = Encounter.objects.get()
    assert (visit.status, visit.kind, visit.disposition) == ("DISCHARGED", "OUTPATIENT", "HOME")


def test_a_form_of_a_visit_that_nobody_filled_in_makes_none(browser, house, patient):
    url = f"/encounters/visit/{patient.pk}/"
    form = browser.get(url).context["form"]
    untouched = {bound.name: bound.value() or "" for bound in form}

    answer = browser.post(url, untouched)

    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {
        "disposition": ["Choose where the patient went."],
        "reason": ["Fill this in."],
    }
    assert not Encounter.objects.exists()


@pytest.mark.parametrize("page", ["admit", "visit"])
def test_a_double_click_makes_one_encounter(browser, house, patient, page):
    data = begin_data(
        house.main, ended_at=typed(world.ago(hours=2)), disposition="HOME", kind="OUTPATIENT"
    )

    first, second = [browser.post(f"/encounters/{page}/{patient.pk}/", data) for _ in range(2)]

    assert first.headers["Location"] == second.headers["Location"]
    assert Encounter.objects.count() == 1


def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(browser, house, patient):
    world.visit(house.clerk, patient, house.main, account_number="ACC-1")
    expected = {
        "Admitted: This lies in the future.": {"started_at": typed(world.ago(days=-2))},
        "Admitted: This lies before the patient's birth.": {"started_at": "3/1/1950 10:00"},
        "Admitted: There is no such moment. Enter a day and time, for example 3/14/2026 14:05.": {
            "started_at": "2/30/2026 10:00"
        },
        "Account number: This account number is taken.": {"account_number": "acc-1"},
        "Unit: Choose one of the list.": {"unit": str(house.behavioural.pk)},
        "Kind: Choose one of the list.": {"kind": "PARTY"},
    }

    for message, changes in expected.items():
        answer = browser.post(f"/encounters/admit/{patient.pk}/", begin_data(house.main, **changes))
        assert answer.status_code == 422
        assert message in text_of(answer)
        assert 'value="2 East, bed 4"' in answer.content.decode()
    assert Encounter.objects.count() == 1


def test_arrived_and_discharged_at_once_with_the_time_filled_in(browser, house, patient):
    planned = world.begin(house.clerk, patient, house.main, status="PLANNED")
    url = f"/encounters/{planned.pk}/"
    browser.post(f"{url}arrive/", {"version": "1"})
    page = browser.get(f"{url}discharge/").content.decode()
    filled = re.search(r'name="ended_at" value="([^"]+)"', page)[1]
    data = {"version": "2", "ended_at": filled, "disposition": "HOME"}

    answer = browser.post(f"{url}discharge/", data)

    assert (answer.status_code, world.again(planned).status) == (302, "DISCHARGED")


@pytest.mark.parametrize(
    ("kind", "words", "others"),
    [
        (
            "INPATIENT",
            {"Discharged", "Take back the discharge"},
            {"Completed", "Reopen"},
        ),
        (
            "OUTPATIENT",
            {"Completed", "Reopen"},
            {"Discharged", "Take back the discharge"},
        ),
    ],
)
def test_a_stay_is_discharged_and_a_visit_completed(browser, house, patient, kind, words, others):
    over = world.discharge(house.clerk, world.begin(house.clerk, patient, house.main, kind=kind))

    pages = [text_of(browser.get(f"/encounters/{over.pk}/{name}")) for name in ("", "reopen/")]

    assert not [word for page in pages for word in others if word in page]
    assert not [word for word in words if word not in pages[0]]


def test_a_visit_is_begun_completed_and_reopened_in_its_own_words(browser, house, patient):
    browser.post(f"/encounters/admit/{patient.pk}/", begin_data(house.main, kind="OUTPATIENT"))
    visit = Encounter.objects.get()
    url = f"/encounters/{visit.pk}/"
    begun = text_of(browser.get(url))
    early = {"version": "1", "ended_at": typed(world.ago(days=3)), "disposition": "HOME"}
    refused = text_of(browser.post(f"{url}discharge/", early))
    browser.post(f"{url}discharge/", early | {"ended_at": typed(world.ago(hours=1))})
    completed = text_of(browser.get(url))
    browser.post(f"{url}reopen/", {"version": "2", "reason": "Came back"})

    assert "The visit has begun." in begun
    assert "Complete Transfer" in begun
    assert "When: The end lies before the visit began." in refused
    assert "The visit is completed." in completed
    assert "The visit is open again." in text_of(browser.get(url))


@pytest.mark.parametrize("name", ["discharge", "visit"])
def test_where_the_patient_went_is_chosen_by_whoever_fills_it_in(browser, house, patient, name):
    stay = world.begin(house.clerk, patient, house.main)
    url = (
        f"/encounters/{stay.pk}/discharge/"
        if name == "discharge"
        else f"/encounters/visit/{patient.pk}/"
    )
    page = browser.get(url).content.decode()
    data = begin_data(house.main, version="1", kind="OUTPATIENT", disposition="")
    answer = browser.post(url, data | {"ended_at": typed(world.ago(hours=1))})

    assert '<option value="" selected>Choose …</option>' in page
    assert answer.status_code == 422
    assert "To: Choose where the patient went." in text_of(answer)


def test_a_discharge_before_its_admission_is_refused(browser, house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    data = {"version": "1", "ended_at": typed(world.ago(days=3)), "disposition": "HOSPICE"}

    answer = browser.post(f"/encounters/{stay.pk}/discharge/", data)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "When: The discharge lies before the admission." in text_of(answer)
    assert '<option value="HOSPICE" selected>' in body
    assert f'value="{data["ended_at"]}"' in body
    assert world.again(stay).status == "IN_PROGRESS"


def test_a_second_stay_is_refused_above_the_form(browser, house, patient):
    world.begin(house.clerk, patient, house.main)

    answer = browser.post(f"/encounters/admit/{patient.pk}/", begin_data(house.main))

    assert answer.status_code == 422
    assert "This patient has an open stay." in text_of(answer)


def test_transferring_and_discharging(browser, house, patient, doctor):
    stay = world.begin(house.clerk, patient, house.main)
    url = f"/encounters/{stay.pk}/"
    moved = {
        "version": "1",
        "to_location": "4 West",
        "to_service": "Surgery",
        "to_attending": str(doctor.pk),
        "moved_at": typed(world.ago(hours=3)),
    }
    ended = {"version": "2", "ended_at": typed(world.ago(hours=1)), "disposition": "EXPIRED"}

    answers = [browser.post(f"{url}transfer/", moved), browser.post(f"{url}discharge/", ended)]

    stored = world.again(stay)
    assert [answer.headers["Location"] for answer in answers] == [url, url]
    page = text_of(browser.get(url))
    assert "The patient is transferred." in page
    assert "The patient is discharged." in page
    assert (stored.status, stored.service, stored.attending) == ("DISCHARGED", "Surgery", doctor)
    assert EncounterMove.objects.count() == 1
    assert Patient.objects.get().died_on == timezone.localdate(world.ago(hours=1))


def test_steps_and_transfers_name_their_columns_where_the_page_is_narrow(browser, house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    moved = {"version": "1", "to_location": "4 West", "moved_at": typed(world.ago(hours=3))}
    browser.post(f"/encounters/{stay.pk}/transfer/", moved)

    body = browser.get(f"/encounters/{stay.pk}/").content.decode()

    tables = body.split('<table class="table table-stack">')[1:]
    assert [
        re.findall(r'data-label="(\w+)"', table.partition("</tr></tbody>")[0]) for table in tables
    ] == [
        ["Step", "When", "Who", "Reason"],
        ["From", "To", "When", "Who"],
    ]


@pytest.mark.parametrize(
    "page, status, target, done",
    [
        ("cancel", "PLANNED", "CANCELLED", "The encounter is cancelled."),
        ("reopen", "DISCHARGED", "IN_PROGRESS", "The discharge is taken back."),
    ],
)
def test_a_step_with_a_reason(browser, house, patient, page, status, target, done):
    encounter = world.at_status(house.clerk, patient, house.main, status)
    url = f"/encounters/{encounter.pk}/{page}/"
    version = str(encounter.version)

    without = browser.post(url, {"version": version, "reason": " "})
    answer = browser.post(url, {"version": version, "reason": "Wrong patient"})

    assert (without.status_code, answer.status_code) == (422, 302)
    assert done in text_of(browser.get(answer.headers["Location"]))
    assert world.again(encounter).status == target
    assert EncounterStatusChange.objects.latest("pk").reason == "Wrong patient"


def test_arriving_begins_a_planned_visit_now(browser, house, patient):
    planned = world.begin(house.clerk, patient, house.main, status="PLANNED")

    answer = browser.post(f"/encounters/{planned.pk}/arrive/", {"version": "1"}, follow=True)

    assert "The patient is admitted." in text_of(answer)
    stored = world.again(planned)
    assert stored.status == "IN_PROGRESS"
    assert timezone.now() - stored.started_at < timedelta(minutes=5)


@pytest.mark.parametrize("version", ["7", "", "x"])
def test_an_arrival_overtaken_shows_how_it_stands(browser, house, patient, version):
    planned = world.begin(house.clerk, patient, house.main, status="PLANNED")

    answer = browser.post(f"/encounters/{planned.pk}/arrive/", {"version": version})

    assert answer.status_code == 409
    assert "Somebody changed this encounter" in text_of(answer)
    assert world.again(planned).status == "PLANNED"


def test_a_form_overtaken_keeps_what_was_entered_and_can_be_saved_over(browser, house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    world.transfer(house.supervisor, stay, to_location="5 North")
    url = f"/encounters/{stay.pk}/transfer/"
    data = {"version": "1", "to_location": "4 West", "moved_at": typed(world.ago(hours=1))}

    stale = browser.post(url, data)
    again = browser.post(url, data | {"version": hidden_value(stale, "version")})

    refusals = [
        event
        for event in trail.events_of(Action.REFUSED)
        if event.outcome == Outcome.REFUSED and event.detail["reason"] == "ENCOUNTER_STALE"
    ]
    assert stale.status_code == 409
    assert "Sam Ito changed this encounter on" in text_of(stale)
    assert "Nothing was saved; what you entered is still here." in text_of(stale)
    assert "5 North" in text_of(stale)
    assert 'value="4 West"' in stale.content.decode()
    assert len(refusals) == 1
    assert again.status_code == 302
    assert world.again(stay).location == "4 West"


def test_a_form_for_a_step_no_longer_possible_keeps_what_was_entered(browser, house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    world.step(encounters.cancel, house.supervisor, stay)
    data = {"version": "2", "ended_at": typed(world.ago(hours=1)), "disposition": "HOSPICE"}

    answer = browser.post(f"/encounters/{stay.pk}/discharge/", data)

    assert answer.status_code == 409
    assert "The encounter is cancelled by now." in text_of(answer)
    assert '<option value="HOSPICE" selected>' in answer.content.decode()


def test_a_discharge_sent_twice_is_one(browser, house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    data = {"version": "1", "ended_at": typed(world.ago(hours=1)), "disposition": "HOME"}

    answers = [browser.post(f"/encounters/{stay.pk}/discharge/", data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert EncounterStatusChange.objects.filter(to_status="DISCHARGED").count() == 1


@pytest.mark.parametrize("status", STATUSES)
def test_every_page_for_every_role_in_every_status(house, patient, status):
    encounter = world.at_status(house.clerk, patient, house.main, status)
    urls = {step: f"/encounters/{encounter.pk}/{step}/" for step in STEPS}
    pages = {"detail": f"/encounters/{encounter.pk}/"} | urls
    found = {
        name: {page: client.get(url).status_code for page, url in pages.items()}
        for name, client in browsers(house).items()
    }

    taken = {step: 200 if status in SHOWN[step] else 409 for step in STEPS} | {"arrive": 405}
    refused = dict.fromkeys(STEPS, 403) | {"arrive": 405}
    assert found == {
        "CLERK": {"detail": 200, **taken},
        "SUPERVISOR": {"detail": 200, **taken},
        "COMPLIANCE": {"detail": 200, **refused},
        "PROVIDER": {"detail": 403, **refused},
        "ADMINISTRATOR": {"detail": 403, **refused},
        "STRANGER": {"detail": 403, **refused},
    }


@pytest.mark.parametrize("status", STATUSES)
def test_the_page_offers_the_steps_that_can_be_taken(house, patient, status):
    encounter = world.at_status(house.clerk, patient, house.main, status)
    url = f"/encounters/{encounter.pk}/"
    every = {word for words in BUTTONS.values() for word in words}
    clerk = builders.sign_in(house.clerk).get(url)
    reader = builders.sign_in(house.compliance).get(url)

    def offered(answer):
        body = answer.content.decode()
        return {word for word in every if f">{word}</" in body}

    assert offered(clerk) == BUTTONS[status]
    assert offered(reader) == set()


def test_an_encounter_that_one_may_not_know_of_is_not_there(house, patient, browser):
    keeper = make_user("CLERK", unit=house.programme)
    grant(house.main, user=keeper)
    hidden = world.visit(keeper, patient, house.programme)

    answers = [browser.get(f"/encounters/{key}/") for key in (hidden.pk, 0, 999_999_999)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert all(house.programme.name not in answer.content.decode() for answer in answers)


def test_the_attending_reads_but_does_not_record(house, patient, doctor):
    stay = world.begin(house.clerk, patient, house.main, attending=doctor)
    client = builders.sign_in(house.provider)

    assert client.get(f"/encounters/{stay.pk}/").status_code == 200
    assert client.post(f"/encounters/{stay.pk}/discharge/", {}).status_code == 403
    [event] = trail.events_of(Action.ENCOUNTER_VIEWED)
    assert (event.basis, event.patient_id, event.subject_id) == ("CARE", patient.pk, str(stay.pk))


def test_pages_of_a_new_encounter_need_a_chart_of_ones_own(house, patient):
    for page in ("admit", "visit"):
        url = f"/encounters/{page}/{patient.pk}/"
        found = {name: client.get(url).status_code for name, client in browsers(house).items()}
        assert found == {
            "CLERK": 200,
            "SUPERVISOR": 200,
            "COMPLIANCE": 403,
            "PROVIDER": 403,
            "ADMINISTRATOR": 403,
            "STRANGER": 403,
        }
