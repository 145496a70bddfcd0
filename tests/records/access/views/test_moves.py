"""Moving a chart to another unit, by a supervisor of both; the old unit loses it at once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.enums import Action, Outcome
from records.access.models import Chart, ChartMove
from records.access.selectors import moves
from records.access.services import charts
from tests.builders import sign_in, sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import PASSWORD, again, make_user
from tests.factories.units import grant, make_unit
from tests.records.patients.views.pages import hidden_value, text_of
from tests.requests_release import builders as release
from tests.trail import events_of

PROOF = "/sign-in/reauthenticate/"
QUERIES = 13
BROWSERS = {"stale": sign_in, "fresh": sign_in_freshly}


def rights_of(patient):
    return f"/access/charts/{patient.pk}/"


def path_of(patient):
    return f"/access/charts/{patient.pk}/move/"


@pytest.fixture
def keeper(house):
    """A supervisor of the main file room and of the two units beside it."""
    user = make_user(Role.SUPERVISOR, unit=house.main, display_name="Mara Keen")
    for unit in (house.behavioural, house.programme):
        grant(unit, user=user)
    return again(user)


@pytest.fixture
def client(keeper):
    return sign_in_freshly(keeper)


def sent(unit, /, **changes):
    values = {"unit": unit.pk, "reason": "Care goes on there", "seen": 0} | changes
    return {f"move-{name}": value for name, value in values.items()}


def unit_of(patient):
    return Chart.objects.get(pk=patient.pk).unit


def test_page_says_which_unit_keeps_the_chart_and_offers_the_others(house, patient, client):
    page = client.get(rights_of(patient))

    offered = [unit.name for unit in page.context["move"].fields["unit"].queryset]
    assert offered == ["Behavioural health", "Substance-use programme"]
    assert "Main file room – opened here never" in text_of(page)
    assert path_of(patient) in page.content.decode()
    assert rights_of(patient) in client.get(f"/charts/{patient.pk}/").content.decode()


def test_move_moves_and_is_told(house, patient, keeper, client):
    answer = client.post(path_of(patient), sent(house.behavioural))

    shown = text_of(client.get(answer.url))
    assert (answer.status_code, answer.url) == (302, rights_of(patient))
    assert unit_of(patient) == house.behavioural
    assert "Behavioural health Main file room Care goes on there Mara Keen," in shown
    [event] = events_of(Action.CHART_MOVED)
    assert event.detail == {"from_unit": house.main.pk, "to_unit": house.behavioural.pk}
    assert "Unit" in text_of(client.get(f"/patients/{patient.pk}/history/"))


def test_move_needs_the_proof_and_is_carried_out_after_it(house, patient, keeper):
    client = sign_in(keeper)

    asked = client.post(path_of(patient), sent(house.behavioural))
    before = unit_of(patient)
    client.post(asked.url, {"password": PASSWORD, "next": path_of(patient)})

    assert (asked.url.partition("?")[0], before) == (PROOF, house.main)
    assert unit_of(patient) == house.behavioural


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize(
    "change, field",
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"unit": ""}, "unit"),
        ({"unit": 987654}, "unit"),
        ({"unit": "x"}, "unit"),
        ({"seen": "x"}, "seen"),
    ],
)
def test_what_cannot_be_comes_back_beside_its_field(house, patient, keeper, browser, change, field):
    client = BROWSERS[browser](keeper)

    answer = client.post(path_of(patient), sent(house.behavioural, **change))

    assert (answer.status_code, list(answer.context["move"].errors)) == (422, [field])
    assert answer.context["form"].errors == {}
    assert unit_of(patient) == house.main


@pytest.mark.parametrize("browser", BROWSERS)
def test_unit_of_another_facility_is_not_offered(house, patient, keeper, browser):
    far = make_unit()
    grant(far, user=keeper)
    client = BROWSERS[browser](again(keeper))

    answer = client.post(path_of(patient), sent(far))

    assert (answer.status_code, list(answer.context["move"].errors)) == (422, ["unit"])


@pytest.mark.parametrize("browser", BROWSERS)
def test_form_sent_twice_moves_once(house, patient, keeper, browser):
    client = BROWSERS[browser](keeper)
    charts.move(
        actor=keeper, chart_id=patient.pk, unit_id=house.behavioural.pk, reason="First", seen=0
    )

    answer = client.post(path_of(patient), sent(house.behavioural))

    assert answer.url == rights_of(patient)
    assert "Behavioural health keeps this chart already." in client.get(answer.url).content.decode()
    assert ChartMove.objects.count() == 1


@pytest.mark.parametrize("browser", BROWSERS)
def test_overtaken_form_keeps_what_was_typed_and_goes_from_where_the_chart_is(
    house, patient, keeper, browser
):
    client = BROWSERS[browser](keeper)
    charts.move(actor=keeper, chart_id=patient.pk, unit_id=house.behavioural.pk, reason="First")

    stale = client.post(path_of(patient), sent(house.programme, reason="Mine"))

    text = text_of(stale)
    assert stale.status_code == 409
    assert "Somebody moved this chart while your form was open." in text
    assert "Behavioural health keeps the chart." in text
    assert stale.context["move"]["reason"].value() == "Mine"
    assert hidden_value(stale, "move-seen") == str(moves.get_last_key(patient.pk))
    assert unit_of(patient) == house.behavioural
    refused = [one for one in events_of(Action.CHART_MOVED) if one.outcome == Outcome.REFUSED]
    assert [(event.patient_id, event.detail["reason"]) for event in refused] == [
        (patient.pk, "CHART_MOVED")
    ]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPERVISOR])
def test_other_roles_move_nothing(house, patient, role):
    user = make_user(role, unit=house.main)
    grant(house.behavioural, user=user)

    answer = sign_in_freshly(again(user)).post(path_of(patient), sent(house.behavioural))

    assert answer.status_code == 403
    assert unit_of(patient) == house.main


@pytest.mark.parametrize("browser", BROWSERS)
def test_supervisor_of_one_unit_is_told_why_not(house, patient, browser):
    client = BROWSERS[browser](house.supervisor)

    page, answer = client.get(rights_of(patient)), client.post(path_of(patient), sent(house.main))

    assert "You work in no other unit of this facility." in text_of(page)
    assert path_of(patient) not in page.content.decode()
    assert answer.url == rights_of(patient)
    assert client.post(path_of(patient), sent(house.behavioural)).status_code == 422
    assert unit_of(patient) == house.main


@pytest.mark.parametrize("browser", BROWSERS)
def test_supervisor_let_in_by_a_single_right_does_not_move(house, patient, keeper, browser):
    guest = make_user(Role.SUPERVISOR, unit=house.behavioural)
    client = sign_in_freshly(keeper)
    until = f"{timezone.localdate():%m/%d/%Y}"
    client.post(rights_of(patient), {"user": guest.pk, "reason": "Complaint", "expires_on": until})
    theirs = BROWSERS[browser](guest)

    page = theirs.get(rights_of(patient))
    answer = theirs.post(path_of(patient), sent(house.behavioural))

    assert "You do not work in the unit that keeps this chart" in text_of(page)
    assert path_of(patient) not in page.content.decode()
    assert (answer.status_code, answer.context["refusal"].reason) == (403, "MOVE_REFUSED")
    assert unit_of(patient) == house.main


@pytest.mark.parametrize("browser", BROWSERS)
def test_chart_that_one_may_not_know_of_is_not_found(house, browser):
    keeper = make_user(Role.SUPERVISOR, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper, family="Wyman")
    client = BROWSERS[browser](house.supervisor)

    for key in (hidden.pk, 987654):
        answer = client.post(f"/access/charts/{key}/move/", sent(house.main))
        assert answer.status_code == 404
        assert "WYMAN" not in answer.content.decode().upper()


def test_who_had_the_chart_by_the_old_unit_alone_loses_it_on_the_next_request(
    house, patient, keeper, client
):
    document = release.file_document(patient, house.clerk)
    request = release.ready(patient, house.clerk, house.supervisor, document)
    colleague = make_user(Role.SUPERVISOR, unit=house.main)
    newcomer = make_user(Role.SUPERVISOR, unit=house.programme)
    pages = [
        f"/charts/{patient.pk}/",
        reverse("charts:face_sheet_pdf", args=[patient.pk]),
        reverse("documents:document_download", args=[document.pk]),
        reverse("documents:document_view", args=[document.pk]),
        reverse("requests_release:request_detail", args=[request.pk]),
        reverse("requests_release:package_file", args=[request.pk]),
    ]
    lists = [
        ("patients:patient_search", {"q": "connell"}),
        ("requests_release:request_board", {}),
    ]

    def seen_by(browser):
        codes = []
        for path in pages:
            answer = browser.get(path)
            codes.append(answer.status_code)
            b"".join(answer)
        texts = [browser.get(reverse(name), query).content.decode() for name, query in lists]
        return codes, ["CONNELL" in text for text in texts]

    browsers = [sign_in(colleague), sign_in(newcomer)]
    before = [seen_by(browser) for browser in browsers]
    moved = client.post(path_of(patient), sent(house.programme))
    after = [seen_by(browser) for browser in browsers]

    shown, hidden = ([200] * 6, [True, True]), ([404] * 6, [False, False])
    # What was approved rests on rights that its clerk and approver have lost: it is not handed out.
    taken_over = [200] * 5 + [409]
    assert moved.status_code == 302
    # The new unit is not listed: the old one's people may not even know of the patient any more.
    assert before == [shown, ([403] * 6, [True, False])]
    assert after == [hidden, (taken_over, [True, True])]


@pytest.mark.usefixtures("activity_unnoted")
def test_rights_page_costs_the_same_however_often_the_chart_moved(
    house, patient, keeper, client, django_assert_num_queries
):
    client.get(rights_of(patient))
    with django_assert_num_queries(QUERIES):
        client.get(rights_of(patient))
    for number in range(6):
        unit = (house.behavioural, house.main)[number % 2]
        charts.move(actor=again(keeper), chart_id=patient.pk, unit_id=unit.pk, reason="Again")
    with django_assert_num_queries(QUERIES):
        client.get(rights_of(patient))
