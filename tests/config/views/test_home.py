"""My work: each role's list, oldest duty first, and the event that names whom it shows."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.services import users
from audit import context
from audit.enums import Action, Outcome
from audit.selectors.seals import TrailState
from audit.services import events
from config import work
from records.access import worklists
from records.access.enums import UnitRight
from records.access.services import rights
from records.access.worklists import Load, TeamQueue, TeamSource, WorkItem, WorkSource
from tests import builders, trail
from tests.factories.units import make_unit

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def house(db):
    return builders.build_house()


def item(what, *, due_on=None, age=0, patient_id=None):
    return WorkItem(
        why="Because", what=what, url="/x/", since=NOW - timedelta(days=age), due_on=due_on,
        patient_id=patient_id,
    )  # fmt: skip


def source(name, *items, permission="access.open_chart", count=None):
    number = len(items) if count is None else count
    return WorkSource(
        name,
        permission,
        "patients:patient_search",
        lambda _: number,
        lambda _, most: [*items][:most],
    )


@pytest.fixture
def queues(monkeypatch):
    """Let these be the only queues of the house."""

    def put(*sources):
        monkeypatch.setattr(worklists, "_sources", {one.name: one for one in sources})

    return put


def page_of(user):
    return builders.sign_in(user).get("/").content.decode()


def whats(page):
    return re.findall(r'class="work-what row-link" href="[^"]*">([^<]*)<', page)


def tiles(page):
    return re.findall(r'stat-value num">(\d+)</span>.*?</svg>([^<]*)</span>', page)


def test_oldest_duty_comes_first_whatever_its_queue(house, queues):
    queues(
        source("One", item("without date", age=9), item("due later", due_on=date(2026, 12, 9))),
        source("Two", item("due first", due_on=date(2026, 12, 1)), item("newest", age=1)),
    )

    page = page_of(house.clerk)

    assert whats(page) == ["due first", "due later", "without date", "newest"]
    assert tiles(page) == [("2", "One"), ("2", "Two")]


def test_empty_queues_and_queues_of_other_roles_are_left_out(house, queues):
    queues(
        source("Mine", item("work")),
        source("Empty"),
        source("Others", item("not mine"), permission="accounts.manage_users"),
    )

    assert tiles(page_of(house.clerk)) == [("1", "Mine")]


def test_what_is_not_shown_is_counted(house, queues):
    queues(source("Long", *(item(f"n{n}") for n in range(40)), count=57))

    page = page_of(house.clerk)

    assert len(whats(page)) == 12
    assert "45 more wait in the queues above." in page


def test_patients_named_stand_in_the_event(house, queues):
    queues(source("One", item("a", patient_id=7), item("b"), item("c", patient_id=9)))

    page_of(house.clerk)

    (event,) = trail.events_of(Action.HOME_VIEWED)
    assert trail.shown_in(event) == [7, 9]


def test_page_without_patients_is_no_event(house, queues):
    queues(source("One", item("a")))

    page_of(house.clerk)

    assert trail.events_of(Action.HOME_VIEWED) == []


def test_page_with_words_that_may_name_a_patient_is_an_event(house, queues):
    queues(source("One", replace(item("File scan.pdf"), may_name_patient=True), item("b")))

    page_of(house.clerk)

    (event,) = trail.events_of(Action.HOME_VIEWED)
    assert trail.shown_in(event) == []


def counts_in(page):
    return re.findall(r'data-count="(\w+)"[^>]*>(\d+)<', page)


def test_side_bar_has_its_counts_with_the_page_itself(house, queues):
    queues(
        source("One", item("a"), count=7),
        replace(source("Two", item("b")), url_name="documents:unfiled_list"),
    )

    assert counts_in(page_of(house.clerk)) == [
        ("home", "8"),
        ("patients", "7"),
        ("documents", "1"),
        ("home", "8"),
    ]


def test_side_bar_of_other_pages_waits_for_the_script(house, queues):
    queues(source("One", item("a"), count=7))

    page = builders.sign_in(house.clerk).get("/patients/").content.decode()

    assert 'data-count="home"' in page
    assert counts_in(page) == []


@pytest.fixture
def team(monkeypatch):
    """Let these be the only queues of the team."""

    def put(*found):
        teams = {"Desk": TeamSource("Desk", "access.grant_chart", lambda _: [*found])}
        monkeypatch.setattr(worklists, "_teams", teams)

    return put


def bars_in(page):
    """Who, waiting, late of each bar, and where bar and lateness lead."""
    lines = re.findall(r'<li class="team-line">(.*?)</li>', page, re.S)
    one = (
        r'href="(.*?)"><span>(.*?)</span>.*?(\d+) waiting</span>.*?</a>'
        r'(?: <a class="due due-late" href="(.*?)">.*?(\d+) late<)?'
    )
    return [re.search(one, line, re.S).groups() for line in lines]


def test_supervisor_sees_the_queues_of_the_team_as_bars_that_lead_to_lists(house, queues, team):
    queues()
    team(
        TeamQueue(
            "Requests",
            "/all/",
            (Load("Ana Mills", 12, 3, "/ana/", "/ana/late/"), Load("", 4, 0, "/none/")),
            is_cut=True,
        ),
        TeamQueue("Empty", "/empty/", ()),
    )

    page = page_of(house.supervisor)

    assert bars_in(page) == [
        ("/ana/", "Ana Mills", "12", "/ana/late/", "3"),
        ("/none/", "nobody yet", "4", None, None),
    ]
    assert '<a href="/all/">Requests</a>' in page
    assert "16+ waiting" in page
    assert "Empty" not in page
    assert "Nothing waits for you" in page


@pytest.mark.parametrize("role", ["CLERK", "COMPLIANCE", "PROVIDER", "ADMINISTRATOR"])
def test_others_see_no_team(house, queues, team, role):
    queues()
    team(TeamQueue("Requests", "/all/", (Load("Ana Mills", 12, 3, "/ana/", "/ana/late/"),)))

    page = page_of(house.people[role])

    assert "Ana Mills" not in page
    assert "Your team" not in page


def test_team_in_which_nothing_waits_is_not_shown(house, queues, team):
    queues()
    team(TeamQueue("Requests", "/all/", ()))

    assert "Your team" not in page_of(house.supervisor)


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER"])
def test_who_has_no_work_is_told_where_to_go(house, queues, role):
    queues()

    page = page_of(house.people[role])

    assert "Nothing waits for you" in page
    assert 'href="/patients/"' in page


def test_administrator_sees_people_without_a_role_and_units_that_nobody_opens(house):
    users.create(
        actor=house.administrator, username="nora", email="", display_name="Nora New",
        password="correct horse battery staple", roles=[],
    )  # fmt: skip
    make_unit(facility=house.main.facility, name="Employee health")
    for unit in (house.behavioural, house.programme):
        rights.grant_unit(
            actor=house.administrator, unit=unit, right=UnitRight.VIEW_CHART, reason="Work",
            role="COMPLIANCE",
        )  # fmt: skip

    page = page_of(house.administrator)

    assert whats(page) == [
        "Give Nora New a role, or close the sign-in",
        "Grant rights on the unit Employee health",
    ]
    assert "Nora New" not in page_of(house.supervisor)


def test_compliance_is_told_of_a_trail_that_raises_its_alarm(house, monkeypatch):
    bad = TrailState(
        sealed_at=NOW,
        unsealed_since=NOW,
        read_at=NOW,
        lag_seconds=900.0,
        is_default_partition_used=False,
        is_own_cluster=True,
    )
    monkeypatch.setattr(work, "get_trail_state", lambda **_: bad)

    assert "See what holds its seals up" in page_of(house.compliance)
    assert "See what holds its seals up" not in page_of(house.supervisor)

    monkeypatch.setattr(work, "get_trail_state", lambda **_: replace(bad, is_as_sealed=False))

    assert "See what was found in the access log" in page_of(house.compliance)


@pytest.mark.parametrize(
    ("detail", "is_told"),
    [
        ({"damaged": 1, "missing": 0, "sample": 500}, True),
        ({"damaged": 0, "missing": 2, "sample": None}, True),
        ({"damaged": 0, "missing": 0, "orphans": 3, "sample": 500}, False),
    ],
)
def test_compliance_is_told_of_damage_in_the_vault(house, detail, is_told):
    with context.acting(context.system_origin()):
        number = events.record(action=Action.VAULT_VERIFIED, outcome=Outcome.FAILED, detail=detail)

    page = page_of(house.compliance)

    assert ("A check found stored documents damaged or missing" in page) is is_told
    assert (f'href="/log/events/{number}/"' in page) is is_told
    assert "stored documents damaged" not in page_of(house.clerk)


@pytest.mark.parametrize(
    ("sample", "is_told"), [(500, True), (None, False)], ids=["another sample", "the whole vault"]
)
def test_damage_is_told_until_the_whole_vault_was_found_sound(house, sample, is_told):
    with context.acting(context.system_origin()):
        events.record(
            action=Action.VAULT_VERIFIED,
            outcome=Outcome.FAILED,
            detail={"damaged": 1, "missing": 0, "sample": 500},
        )
        events.record(
            action=Action.VAULT_VERIFIED, detail={"damaged": 0, "missing": 0, "sample": sample}
        )

    assert ("stored documents damaged" in page_of(house.compliance)) is is_told


def test_person_without_a_role_is_told_so(house):
    nobody = users.create(
        actor=house.administrator, username="nora", email="", display_name="Nora New",
        password="correct horse battery staple", roles=[],
    )  # fmt: skip
    nobody.must_change_password = False
    nobody.save(update_fields=["must_change_password"])

    answer = builders.sign_in(nobody, "correct horse battery staple").get("/")

    assert "You have no role yet" in answer.content.decode()
