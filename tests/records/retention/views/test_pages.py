"""Every page of the retention room: who may, what it shows, what it writes, what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, EventSubject
from records.retention.models import ScheduleRule
from records.retention.services import holds as hold_service
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db

ROLES = ["CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER", "ADMINISTRATOR"]
VIEW = {"CLERK": 200, "SUPERVISOR": 200, "COMPLIANCE": 200, "PROVIDER": 403, "ADMINISTRATOR": 403}
HOLD = VIEW | {"CLERK": 403, "SUPERVISOR": 403}
STUB = VIEW | {"PROVIDER": 200}
PAGES = {
    "home": VIEW,
    "due_export": VIEW | {"CLERK": 403},
    "hold_export": VIEW | {"CLERK": 403},
    "chart_explain": VIEW,
    "stub_detail": STUB,
    "rule_list": VIEW,
    "rule_detail": VIEW,
    "rule_change": HOLD,
    "hold_list": VIEW,
    "hold_detail": VIEW,
    "hold_place": HOLD,
    "hold_cover": HOLD,
    "hold_lift": HOLD,
    "batch_list": VIEW,
    "batch_detail": VIEW,
    "batch_progress": VIEW,
    "batch_propose": VIEW,
    "batch_approve": VIEW | {"CLERK": 403, "COMPLIANCE": 403},
    "batch_return": VIEW | {"CLERK": 403, "COMPLIANCE": 403},
    "batch_cancel": VIEW,
    "certificate_pdf": VIEW,
}
POSTED = ["rule_confirm", "batch_resume"]


@pytest.fixture
def world(house):
    """One of everything that the pages show."""
    held, due, gone = house.patient(), house.patient(), house.patient()
    return {
        "due": due,
        "hold": make.make_hold(held),
        "held": held,
        "batch": house.proposed(due),
        "done": house.done(gone),
        "gone": gone,
        "rule": house.rule,
    }


def address(name, world):
    kwargs = {
        "chart_explain": {"patient_id": world["held"].pk},
        "hold_export": {},
        "stub_detail": {"patient_id": world["gone"].pk},
        "certificate_pdf": {"batch_id": world["done"].pk},
    }.get(name)
    if kwargs is None:
        kind = name.split("_")[0]
        needs = name not in ("rule_list", "hold_list", "hold_place", "batch_list", "batch_propose")
        known = {"rule": "rule_id", "hold": "hold_id", "batch": "batch_id"}
        kwargs = {known[kind]: world[kind].pk} if kind in known and needs else {}
    url = reverse(f"retention:{name}", kwargs=kwargs)
    return f"{url}?chart={world['held'].pk}" if name == "batch_propose" else url


@pytest.mark.parametrize("role", ROLES)
def test_pages_for_each_role(house, world, browse, role):
    browser = browse(make.make_user(role, unit=house.unit))

    answers = {name: browser.get(address(name, world)) for name in PAGES}
    for answer in answers.values():
        list(answer)

    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: allowed[role] for name, allowed in PAGES.items()
    }


def test_stranger_is_sent_to_sign_in(client, world):
    answers = {name: client.get(address(name, world)).status_code for name in PAGES}

    assert answers == dict.fromkeys(PAGES, 302) | {"batch_progress": 401}


def test_pages_take_no_other_method(house, world, browse):
    browser = browse(house.compliance)

    answers = {name: browser.delete(address(name, world)).status_code for name in PAGES}

    assert answers == dict.fromkeys(PAGES, 405)


def test_pages_that_only_act_are_not_shown(house, world, browse):
    browser = browse(house.compliance)

    answers = {name: browser.get(address(name, world)).status_code for name in POSTED}

    assert answers == dict.fromkeys(POSTED, 405)


@pytest.mark.parametrize(
    "name, canary",
    [
        ("home", "WYMAN"),
        ("hold_detail", "WYMAN"),
        ("batch_detail", "WYMAN"),
        ("batch_propose", "WYMAN"),
    ],
)
def test_lists_show_nobody_of_other_units(world, browse, name, canary):
    outsider = make.make_user("CLERK", "SUPERVISOR", "COMPLIANCE", unit=make.make_unit())
    browser = browse(outsider)
    before = EventSubject.objects.count()

    response = browser.get(address(name, world))

    assert response.status_code in (200, 409)
    assert canary not in response.content.decode()
    assert EventSubject.objects.count() == before


@pytest.mark.parametrize("name", ["chart_explain", "stub_detail", "certificate_pdf"])
def test_pages_of_other_units_are_refused_and_that_is_recorded(world, browse, name):
    unit = make.make_unit()
    outsider = make.make_user("CLERK", unit=unit)
    with make.attributing(make.system()):
        type(unit).objects.exclude(pk=unit.pk).update(is_listed=False)

    response = browse(outsider).get(address(name, world))

    assert response.status_code in (403, 404)
    assert Event.objects.filter(actor_id=outsider.pk, outcome="REFUSED").count() == 1


def shown_to(user):
    found = EventSubject.objects.filter(
        event_id__in=Event.objects.filter(actor_id=user.pk).values("id")
    )
    return sorted(found.values_list("patient_id", flat=True))


@pytest.mark.parametrize(
    "name, who",
    [
        ("home", ["held", "due"]),
        ("hold_detail", ["held"]),
        ("batch_detail", ["due"]),
        ("batch_propose", ["held"]),
        ("batch_approve", ["due"]),
        ("certificate_pdf", ["gone"]),
    ],
)
def test_every_patient_shown_is_in_the_log(house, world, browse, name, who):
    reader = make.make_user("SUPERVISOR", unit=house.unit)

    response = browse(reader).get(address(name, world))

    assert response.status_code == 200
    assert shown_to(reader) == sorted(world[key].pk for key in who)


@pytest.mark.parametrize("name", ["home", "hold_detail", "batch_detail", "batch_approve"])
def test_lists_say_who_has_died(house, browse, name):
    died, alive = house.patient(died_on=make.date(2005, 3, 4)), house.patient()
    make.make_hold(alive)
    kwargs = {}
    if name == "hold_detail":
        kwargs = {"hold_id": make.make_hold(died).pk}
    if name.startswith("batch"):
        kwargs = {"batch_id": house.proposed(died).pk}
    page = reverse(f"retention:{name}", kwargs=kwargs)

    body = browse(house.supervisor).get(page).content.decode()

    assert body.count("died Mar 4, 2005") == 1
    assert body.count("died ") == 1


def test_a_proposal_says_who_has_died(house, browse):
    died, alive = house.patient(died_on=make.date(2005, 3, 4)), house.patient()

    response = browse(house.clerk).get(
        reverse("retention:batch_propose"), {"chart": [died.pk, alive.pk]}
    )

    assert response.content.decode().count("died Mar 4, 2005") == 1


def test_home_draws_the_years_with_a_scale(house, world, browse):
    body = browse(house.clerk).get(reverse("retention:home")).content.decode()

    assert '<div class="figure-scale" aria-hidden="true"><span>' in body
    year = timezone.localdate().year // 5 * 5 + 10
    assert f"<span>{year}</span>" in body


def test_home_says_when_why_and_what_stands_against_it(house, world, browse):
    response = browse(house.clerk).get(reverse("retention:home"))

    lines = {line.person.patient_id: line for line in response.context["lines"]}
    held, due = lines[world["held"].pk], lines[world["due"].pk]
    assert held.eligible_on == make.date(2011, 3, 2)
    assert held.why == f"{house.rule.code}: 10 years after the last encounter"
    assert (held.obstacle, held.can_propose) == ("A hold stands", False)
    assert (due.obstacle, due.batch_id) == ("In a batch already", world["batch"].pk)


@pytest.mark.parametrize(
    "query, expected",
    [
        ("standing=held", ["held"]),
        ("standing=free", ["due"]),
        ("show=all&year=2011", ["held", "due"]),
        ("show=all&year=2012", []),
        ("show=blocked", ["odd"]),
        ("show=blocked&block=BIRTH_UNKNOWN", ["odd"]),
        ("show=blocked&block=OPEN_ENCOUNTER", []),
    ],
)
def test_home_narrows_by_the_address(house, world, browse, query, expected):
    world["odd"] = make.make_due_patient(
        house.unit, birth_on=None, birth_precision="UNKNOWN", documents=0
    )

    response = browse(house.clerk).get(f"{reverse('retention:home')}?{query}")

    shown = [line.person.patient_id for line in response.context["lines"]]
    assert shown == sorted(world[key].pk for key in expected)


def test_home_refuses_a_filter_that_is_none(house, browse):
    response = browse(house.clerk).get(f"{reverse('retention:home')}?unit=999999")

    assert response.status_code == 422


def test_home_answers_htmx_with_the_rows_alone(house, world, browse):
    response = browse(house.clerk).get(reverse("retention:home"), headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "WYMAN" in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]


def test_home_draws_the_years_with_their_held_part(house, world, browse):
    make.evaluations.count_due()

    response = browse(house.clerk).get(reverse("retention:home"))

    bar = response.context["calendar"].bars[0]
    assert (bar.label, bar.charts, bar.held) == (f"before {timezone.localdate():%Y}", 2, 1)


def test_home_pages_by_key(house, browse, monkeypatch):
    monkeypatch.setattr("records.retention.selectors.due.PAGE", 2)
    patients = [house.patient(documents=0) for _ in range(5)]
    browser = browse(house.clerk)

    shown, after = [], ""
    for _ in range(3):
        response = browser.get(reverse("retention:home"), {"after": after})
        shown += [line.person.patient_id for line in response.context["lines"]]
        after = response.context["page"].next_key

    assert shown == [patient.pk for patient in patients]
    assert after == ""


def test_home_begins_anew_with_a_key_of_no_use(house, world, browse):
    response = browse(house.clerk).get(reverse("retention:home"), {"after": "forged"})

    assert len(response.context["lines"]) == 2


def test_chart_page_weighs_every_rule(house, world, browse):
    response = browse(house.clerk).get(address("chart_explain", world))

    answer = response.context["answer"]
    assert answer.governing.code == house.rule.code
    assert answer.eligible_on == make.date(2011, 3, 2)
    assert answer.blocks == ["A hold stands"]
    assert {line.code for line in answer.lines} >= {house.rule.code, "US-HOSPITAL-D5"}


def test_chart_page_has_a_panel_and_a_flag(house, world, browse):
    url = reverse("charts:chart_detail", kwargs={"patient_id": world["held"].pk})

    content = browse(house.clerk).get(url).content.decode()

    assert "Wyman v. Saint Brendan" in content
    assert "Term over since Mar 2, 2011 (ZZ Code 1.1)" in content
    assert reverse("retention:chart_explain", kwargs={"patient_id": world["held"].pk}) in content


def test_stub_says_when_and_why(house, world, browse):
    content = browse(house.clerk).get(address("stub_detail", world)).content.decode()

    assert "This chart was destroyed on" in content
    assert house.rule.code in content
    assert world["gone"].mrn[:2] in content


def test_certificate_is_a_pdf_and_printing_it_is_an_event(house, world, browse):
    response = browse(house.clerk).get(address("certificate_pdf", world))

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert Event.objects.filter(action="CERTIFICATE_PRINTED", actor_id=house.clerk.pk).count() == 1


def queries(browser, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return len([one for one in captured if not one["sql"].startswith(control)])


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_lists_cost_the_same_with_1_3_and_300_charts(house, browse):
    reader = make.make_user("SUPERVISOR", unit=house.unit)
    browser = browse(reader)
    pages = ("home", "batch_detail", "batch_approve", "batch_propose", "hold_detail")
    costs = {name: [] for name in pages}
    for count in (1, 3, 300):
        patients = [house.patient(documents=0) for _ in range(count)]
        world = {"batch": house.proposed(*patients), "hold": make.make_hold(*patients)}
        world |= {"held": patients[0], "gone": patients[0], "done": patients[0]}
        for name, found in costs.items():
            url = address(name, world)
            if name == "batch_propose":
                url += "".join(f"&chart={patient.pk}" for patient in patients[1:])
            browser.get(url)
            found.append(queries(browser, url))

    assert costs == {name: [found[0]] * 3 for name, found in costs.items()}


def test_schedule_is_shown_with_citation_certainty_and_date(house, browse):
    response = browse(house.clerk).get(reverse("retention:rule_list"), {"state": "TX"})

    rows = {line.row.code: line for group in response.context["groups"] for line in group.lines}
    adult = rows["TX-HOSPITAL-ADULT-D10"]
    assert adult.row.cite == "Tex. Health & Safety Code 241.103"
    assert adult.term == "10 years after the last encounter"
    assert {line.row.state for line in rows.values()} == {"", "TX"}


def test_holds_are_listed_standing_and_lifted(house, world, browse):
    lifted = make.make_hold(world["held"], name="Old matter")
    hold_service.lift(actor=house.compliance, hold_id=lifted.pk, reason="Over")
    browser = browse(house.clerk)
    url = reverse("retention:hold_list")

    standing = browser.get(url).context["holds"]
    gone = browser.get(url, {"show": "lifted"}).context["holds"]

    assert [hold.pk for hold in standing] == [world["hold"].pk]
    assert [hold.pk for hold in gone] == [lifted.pk]


def test_rule_that_is_unknown_is_not_found(house, browse):
    for name, key in (
        ("rule_detail", "rule_id"),
        ("hold_detail", "hold_id"),
        ("batch_detail", "batch_id"),
    ):
        url = reverse(f"retention:{name}", kwargs={key: 999999})
        assert browse(house.clerk).get(url).status_code == 404
    assert ScheduleRule.objects.filter(pk=999999).count() == 0
