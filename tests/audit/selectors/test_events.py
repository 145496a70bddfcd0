from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome
from audit.selectors import events as log
from audit.selectors import pivots
from audit.selectors.events import Criteria, Key
from audit.selectors.places import Page
from audit.services import events
from audit.writes import attributing

pytestmark = pytest.mark.django_db

ANA = Origin(7, "Ana Mills", "CLERK", "r-ana")
BO = Origin(8, "Bo Hale", "SUPERVISOR", "r-bo")


def record(origin, action=Action.CHART_OPENED, **more):
    with context.acting(origin):
        return events.record(action=action, **more)


@pytest.fixture
def some():
    """Eight events: 1 to 3 about patient 5, two lists that show patient 5, three others."""
    return [
        record(ANA, patient_id=5, basis=Basis.UNIT),
        record(ANA, Action.PATIENTS_LISTED, patients=[6, 5, 4]),
        record(BO, patient_id=5, outcome=Outcome.REFUSED, basis=Basis.NONE),
        record(BO, patient_id=6, basis=Basis.GRANT),
        record(ANA, Action.DOCUMENT_VIEWED, patient_id=5, patients=[5]),
        record(BO, Action.PATIENTS_SEARCHED, patients=[5]),
        record(BO, Action.SIGNED_IN),
        record(ANA, Action.SIGNED_OUT),
    ]


def numbers(page):
    return [event.id for event in page.events]


def listed(criteria, most=50):
    return numbers(log.list_events(criteria, most=most))


def test_log_is_newest_first_with_everything_an_event_holds(some):
    page = log.list_events(Criteria(), most=50)

    assert numbers(page) == some[::-1]
    assert (page.newer, page.older) == (None, None)
    event = page.events[-1]
    assert (event.actor_id, event.actor_name, event.role) == (7, "Ana Mills", "CLERK")
    assert (event.action, event.basis, event.outcome) == ("CHART_OPENED", "UNIT", "SUCCESS")
    assert (event.patient_id, event.request_id, event.detail) == (5, "r-ana", "{}")
    assert [event.shown_count for event in page.events[::-1]] == [0, 3, 0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    "criteria, expected",
    [
        (Criteria(person_id=7), [0, 1, 4, 7]),
        (Criteria(patient_id=5), [0, 1, 2, 4, 5]),
        (Criteria(patient_id=6), [1, 3]),
        (Criteria(patient_id=99), []),
        (Criteria(patient_id=5, person_id=8), [2, 5]),
        (Criteria(action="SIGNED_IN"), [6]),
        (Criteria(outcome="REFUSED"), [2]),
        (Criteria(basis="GRANT"), [3]),
        (Criteria(request_id="r-bo"), [2, 3, 5, 6]),
        (Criteria(patient_id=5, action="PATIENTS_LISTED"), [1]),
    ],
)
def test_log_is_narrowed(some, criteria, expected):
    assert listed(criteria) == [some[at] for at in reversed(expected)]


def test_log_is_narrowed_to_a_period(some):
    moment = log.get_event(some[3]).occurred_at

    assert listed(Criteria(since=moment)) == some[:2:-1]
    assert listed(Criteria(until=moment)) == some[2::-1]
    assert listed(Criteria(patient_id=5, since=moment)) == [some[5], some[4]]
    assert listed(Criteria(patient_id=5, until=moment)) == [some[2], some[1], some[0]]


@pytest.mark.parametrize("patient_id, expected", [(None, range(8)), (5, [0, 1, 2, 4, 5])])
def test_pages_follow_each_other_both_ways(some, patient_id, expected):
    criteria = Criteria(patient_id=patient_id)
    everything = [some[at] for at in reversed(expected)]
    forth = [log.list_events(criteria, most=2)]
    while forth[-1].older:
        forth.append(log.list_events(criteria, most=2, after=forth[-1].older))
    back = [forth[-1]]
    while back[-1].newer:
        back.append(log.list_events(criteria, most=2, before=back[-1].newer))

    assert [number for page in forth for number in numbers(page)] == everything
    assert forth[0].newer is None
    assert all(page.newer for page in forth[1:])
    assert set(everything) >= {number for page in back for number in numbers(page)}
    assert numbers(back[-1])[0] == everything[0]


def test_page_costs_one_query_whatever_it_holds(some, django_assert_num_queries):
    for most in (1, 3, 50):
        with django_assert_num_queries(1):
            log.list_events(Criteria(patient_id=5), most=most)


def test_page_beyond_the_end_is_empty(some):
    page = log.list_events(Criteria(), most=2, after=log.get_event(some[0]).key)

    assert (page.events, page.newer, page.older) == ([], None, None)


def test_stream_gives_all_in_chunks(some):
    chunks = list(log.stream_events(Criteria(), chunk=3))

    assert [[event.id for event in chunk] for chunk in chunks] == [
        some[:4:-1],
        some[4:1:-1],
        some[1::-1],
    ]
    assert list(log.stream_events(Criteria(person_id=99))) == []


@pytest.mark.parametrize(
    "criteria, most, expected",
    [(Criteria(), 50, 8), (Criteria(), 3, 3), (Criteria(patient_id=5), 50, 5)],
)
def test_count_goes_no_further_than_asked(some, criteria, most, expected):
    assert log.count_events(criteria, most=most) == expected


def test_event_that_is_not_there_is_none(some):
    assert log.get_event(some[-1] + 1000) is None


def test_shown_patients_come_in_the_order_shown(some):
    assert log.list_shown_patients(log.get_event(some[1])) == [6, 5, 4]


def test_row_changes_of_a_request_are_listed(officer, clerk):
    with context.acting_as(officer, request_id="r-change"), attributing(officer):
        for name in ("B", "C"):
            clerk.display_name = name
            clerk.save(update_fields=["display_name"])

    changes = log.list_row_changes("r-change", most=5)

    assert [(c.table_name, c.operation, c.keys, c.columns) for c in changes] == [
        ("accounts_user", "UPDATE", [str(clerk.pk)], ["display_name"])
    ] * 2
    assert len(log.list_row_changes("r-change", most=1)) == 1


def test_last_verification_is_found():
    assert log.get_last_verification() is None

    record(ANA, Action.TRAIL_VERIFIED)
    newest = record(BO, Action.TRAIL_VERIFIED)

    assert log.get_last_verification().id == newest


def test_verification_asked_for_is_over_with_the_next_result_or_its_time():
    dawn, now = datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC)
    assert log.get_verification_asked(since=dawn) is None

    asked = record(ANA, Action.TRAIL_VERIFICATION_ASKED)
    record(ANA, Action.TRAIL_VERIFICATION_ASKED, outcome=Outcome.REFUSED)
    assert log.get_verification_asked(since=dawn).id == asked
    assert log.get_verification_asked(since=now + timedelta(hours=1)) is None

    record(BO, Action.TRAIL_VERIFIED)
    assert log.get_verification_asked(since=dawn) is None


def test_counts_by_time_are_in_the_zone_asked_for(some):
    moment = log.get_event(some[0]).occurred_at

    daily = log.count_by_time(Criteria(patient_id=5), is_hourly=False, zone="America/New_York")
    hourly = log.count_by_time(Criteria(person_id=7), is_hourly=True, zone="UTC")

    assert sum(daily.values()) == 5
    assert sum(hourly.values()) == 4
    assert {time.hour for time in daily} <= {4, 5}
    assert min(hourly) <= moment


def test_key_is_written_and_read():
    key = Key(datetime(2026, 11, 23, 5, 0, 0, 123456, tzinfo=UTC), 42)

    assert Key.parse(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "1", "-", "1-", "-1", "a-b", "1-2-3", "9" * 30 + "-1", "9" * 99]
)
def test_key_that_is_none_is_left_out(text):
    assert Key.parse(text) is None


def test_deep_page_uses_the_index(some):
    """The condition on the key reaches the index of every partition."""
    (part,) = log.parts(Criteria(), log.get_event(some[3]).key)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            f"EXPLAIN SELECT event.id {part.text} ORDER BY event.occurred_at DESC, event.id DESC"
            " LIMIT 5",
            part.values,
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Cond: (ROW(occurred_at, id) <" in plan
    assert "Sort  (cost" not in plan  # the partitions' orders are merged


# --- pivots -----------------------------------------------------------------------------------


@pytest.mark.goal("G-32")
def test_viewers_of_a_patient_count_lists_and_refusals(some):
    viewers = pivots.list_viewers(Criteria(patient_id=5), most=10).lines

    found = [
        (v.actor_id, v.actor_name, v.role, v.count, v.refused_count, v.actions, v.bases)
        for v in viewers
    ]
    assert found == [
        (
            8,
            "Bo Hale",
            "SUPERVISOR",
            2,
            1,
            {"CHART_OPENED": 1, "PATIENTS_SEARCHED": 1},
            ["NONE", "ROLE"],
        ),
        (
            7,
            "Ana Mills",
            "CLERK",
            3,
            0,
            {"CHART_OPENED": 1, "DOCUMENT_VIEWED": 1, "PATIENTS_LISTED": 1},
            ["ROLE", "UNIT"],
        ),
    ]
    assert viewers[0].first_at == log.get_event(some[2]).occurred_at
    assert viewers[0].last_at == log.get_event(some[5]).occurred_at


def test_viewer_is_called_by_the_newest_name_and_the_system_by_name(some):
    record(Origin(7, "Ana Mills-Hale", "SUPERVISOR", "r"), patient_id=5)
    record(context.system_origin(), patient_id=5)
    record(Origin(None, "anonymous", "ANONYMOUS", "r"), patient_id=5)

    viewers = pivots.list_viewers(Criteria(patient_id=5), most=10, sort="name").lines

    assert [(v.actor_id, v.actor_name) for v in viewers] == [
        (7, "Ana Mills-Hale"),
        (8, "Bo Hale"),
        (None, "anonymous"),
        (None, "system"),
    ]


@pytest.mark.goal("G-32")
def test_patients_of_a_person_count_lists(some):
    seen = pivots.list_seen_patients(Criteria(person_id=7), most=10, sort="-count").lines

    found = [(p.patient_id, p.count, p.refused_count, p.actions, p.bases) for p in seen]
    assert found == [
        (
            5,
            3,
            0,
            {"CHART_OPENED": 1, "DOCUMENT_VIEWED": 1, "PATIENTS_LISTED": 1},
            ["ROLE", "UNIT"],
        ),
        (6, 1, 0, {"PATIENTS_LISTED": 1}, ["ROLE"]),
        (4, 1, 0, {"PATIENTS_LISTED": 1}, ["ROLE"]),
    ]


def test_pivots_count_how_often_each_thing_was_done(some):
    for _ in range(2):
        record(Origin(7, "Ana Mills", "CLERK", "r"), patient_id=5, action="DOCUMENT_VIEWED")

    (viewer,) = (
        v for v in pivots.list_viewers(Criteria(patient_id=5), most=10).lines if v.actor_id == 7
    )
    seen = pivots.list_seen_patients(Criteria(person_id=7), most=10).lines

    counted = {"CHART_OPENED": 1, "DOCUMENT_VIEWED": 3, "PATIENTS_LISTED": 1}
    assert viewer.actions == counted
    assert next(p.actions for p in seen if p.patient_id == 5) == counted


@pytest.mark.goal("G-32")
@pytest.mark.parametrize("sort", pivots.VIEWER_ORDERS)
def test_viewers_are_sorted_as_asked(some, sort):
    viewers = pivots.list_viewers(Criteria(patient_id=5), most=10, sort=sort).lines
    value = {
        "name": lambda v: v.actor_name,
        "count": lambda v: v.count,
        "first": lambda v: v.first_at,
        "last": lambda v: v.last_at,
    }[sort.lstrip("-")]

    assert viewers == sorted(viewers, key=value, reverse=sort.startswith("-"))


@pytest.mark.goal("G-32")
@pytest.mark.parametrize("sort", pivots.PATIENT_ORDERS)
def test_seen_patients_are_sorted_as_asked(some, sort):
    seen = pivots.list_seen_patients(Criteria(person_id=7), most=10, sort=sort).lines
    value = {
        "count": lambda p: p.count,
        "first": lambda p: p.first_at,
        "last": lambda p: p.last_at,
    }[sort.lstrip("-")]

    assert [value(p) for p in seen] == sorted(map(value, seen), reverse=sort.startswith("-"))


def test_unknown_order_and_limit_do_no_harm(some):
    viewers = pivots.list_viewers(Criteria(patient_id=5), most=1, sort="; DROP TABLE x").lines
    seen = pivots.list_seen_patients(Criteria(person_id=7), most=1, sort="x").lines

    assert (len(viewers), len(seen)) == (1, 1)


@pytest.mark.goal("G-32")
def test_pivots_keep_to_the_period(some):
    moment = log.get_event(some[4]).occurred_at

    viewers = pivots.list_viewers(Criteria(patient_id=5, since=moment), most=10).lines
    before = pivots.list_seen_patients(Criteria(person_id=7, until=moment), most=10).lines
    never = pivots.list_viewers(Criteria(patient_id=5, since=moment + timedelta(days=1)), most=9)

    assert [(v.actor_id, v.count) for v in viewers] == [(8, 1), (7, 1)]
    assert sorted((p.patient_id, p.count) for p in before) == [(4, 1), (5, 2), (6, 1)]
    assert never == Page([], None, None)
