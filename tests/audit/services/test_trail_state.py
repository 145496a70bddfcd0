"""How the trail stands: what waits for its seal, and what calls for a person."""

import pytest

from audit import context
from audit.enums import Action
from audit.models import Event
from audit.selectors import seals as sealed
from audit.services import events, seals
from tests.audit.services.test_seals import write

pytestmark = pytest.mark.committed


def test_state_tells_what_waits_and_since_when():
    empty = sealed.get_trail_state()
    seals.seal_all()
    number = write()[0]
    waiting = sealed.get_trail_state()
    seals.seal_all()
    done = sealed.get_trail_state()

    assert (empty.sealed_at, empty.is_own_cluster, empty.is_default_partition_used) == (
        None,
        True,
        False,
    )
    assert waiting.unsealed_since == Event.objects.get(pk=number).occurred_at
    assert waiting.sealed_through == waiting.unsealed_since
    assert 0 < waiting.lag_seconds < 60
    assert (waiting.is_lagging, waiting.is_sound) == (False, True)
    assert (done.unsealed_since, done.lag_seconds, done.sealed_through) == (
        None,
        0.0,
        done.read_at,
    )
    assert done.sealed_at > waiting.sealed_at


@pytest.mark.goal("G-27")
def test_state_lags_when_something_waits_too_long(superuser_connection):
    write()
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET occurred_at = occurred_at - interval '61 s'")

    state = sealed.get_trail_state()

    assert (state.is_lagging, state.is_sound) == (True, False)


@pytest.mark.parametrize("chain", ["audit_event", "audit_eventsubject", "audit_rowchange"])
def test_state_sees_what_waits_in_each_chain(superuser_connection, chain):
    seals.seal_all()
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        values = {
            "audit_event": "(actor_name, role, action, outcome, request_id)"
            " VALUES ('a', 'b', 'c', 'SUCCESS', 'r')",
            "audit_eventsubject": "(event_id, patient_id, position) VALUES (1, 1, 1)",
            "audit_rowchange": "(table_name, operation, keys, columns)"
            " VALUES ('x', 'INSERT', '{1}', '{}')",
        }
        cursor.execute(f"INSERT INTO {chain} {values[chain]}")

    assert sealed.get_trail_state().unsealed_since is not None


def test_state_is_asked_for_once_in_a_while(django_assert_num_queries):
    with django_assert_num_queries(1):
        first = sealed.get_trail_state()
        again = sealed.get_trail_state(max_age=60)
    with django_assert_num_queries(1):
        sealed.get_trail_state(max_age=0)

    assert again is first


def test_state_tells_of_another_cluster(superuser_connection):
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_epoch SET system_identifier = 1")

    assert sealed.get_trail_state().is_own_cluster is False
    assert sealed.get_trail_state().is_sound is False


FOUND = {"since": "2026-11-01T00:00:00+00:00", "until": None}


@pytest.mark.parametrize(
    ("later", "is_as_sealed"),
    [
        (None, False),
        ({"since": None, "until": None}, True),
        ({"since": "2026-10-31T00:00:00+00:00", "until": None}, True),
        (FOUND, True),
        ({"since": "2026-11-02T00:00:00+00:00", "until": None}, False),
        ({"since": None, "until": "2026-11-03T00:00:00+00:00"}, False),
    ],
)
def test_finding_stands_until_a_verification_of_as_much_finds_nothing(later, is_as_sealed):
    with context.acting(context.system_origin()):
        events.record(action=Action.TRAIL_VERIFIED, detail=FOUND)
        events.record(action=Action.TRAIL_VERIFIED, outcome="FAILED", detail=FOUND)
        if later is not None:
            events.record(action=Action.TRAIL_VERIFIED, detail=later)

    state = sealed.get_trail_state()

    assert state.is_as_sealed is is_as_sealed
    assert is_as_sealed or not state.is_sound


def test_finding_of_everything_stands_until_everything_is_sound():
    with context.acting(context.system_origin()):
        events.record(
            action=Action.TRAIL_VERIFIED, outcome="FAILED", detail={"since": None, "until": None}
        )
        events.record(action=Action.TRAIL_VERIFIED, detail=FOUND)
        assert not sealed.get_trail_state().is_as_sealed
        events.record(action=Action.TRAIL_VERIFIED, detail={"since": None, "until": None})

    assert sealed.get_trail_state().is_as_sealed
