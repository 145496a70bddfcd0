"""Partitions are there before their month; a month without one loses nothing."""

import pytest
from psycopg2 import errors

from audit import context
from audit.enums import Action
from audit.models import Event
from audit.selectors import seals as sealed
from audit.selectors import verification
from audit.services import events, partitions, seals

pytestmark = [pytest.mark.committed, pytest.mark.promise]

LIST = """
    SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass ORDER BY 1
"""


@pytest.fixture
def superuser(superuser_connection):
    return superuser_connection.cursor()


def names(cursor, parent="audit_event"):
    cursor.execute(LIST, [parent])
    return [name.removeprefix(f"{parent}_") for name, _ in cursor.fetchall()]


def months(cursor, *ahead):
    cursor.execute(
        "SELECT to_char(now() AT TIME ZONE 'UTC' + make_interval(months => n), 'YYYY_MM')"
        " FROM unnest(%s) AS n",
        [list(ahead)],
    )
    return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize("parent", ["audit_event", "audit_eventsubject", "audit_rowchange"])
def test_this_month_and_three_more_have_partitions(superuser, parent):
    assert names(superuser, parent) == [*months(superuser, 0, 1, 2, 3), "default"]


def test_making_again_makes_nothing():
    assert partitions.make_partitions() == 0


def test_missing_partitions_are_made_by_the_application_and_guarded(superuser, second_connection):
    newest = months(superuser, 3)[0]
    for parent in ("audit_event", "audit_rowchange"):
        superuser.execute(f"DROP TABLE {parent}_{newest}")

    made = partitions.make_partitions()

    assert made == 2
    assert names(superuser) == [*months(superuser, 0, 1, 2, 3), "default"]
    superuser.execute(
        "SELECT relacl::text, pg_get_userbyid(relowner) FROM pg_class WHERE relname = %s",
        [f"audit_event_{newest}"],
    )
    rights, owner = superuser.fetchone()
    assert (owner, "chartroom_app" in rights) == ("chartroom_owner", False)
    with pytest.raises(errors.RestrictViolation):
        superuser.execute(f"TRUNCATE audit_event_{newest}")
    with second_connection.cursor() as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute(f"SELECT FROM audit_event_{newest}")


def test_bounds_are_months_by_utc(superuser):
    superuser.execute("SET timezone = 'UTC'")
    superuser.execute(LIST, ["audit_event"])
    bounds = dict(superuser.fetchall())
    this, following = months(superuser, 0, 1)

    assert bounds[f"audit_event_{this}"] == (
        f"FOR VALUES FROM ('{this.replace('_', '-')}-01 00:00:00+00')"
        f" TO ('{following.replace('_', '-')}-01 00:00:00+00')"
    )
    assert bounds["audit_event_default"] == "DEFAULT"


def test_month_without_partition_keeps_its_events_and_alarms(superuser):
    """The maker of partitions failed for months: the default takes the rows, and says so."""
    for name in months(superuser, 0, 1, 2, 3):
        superuser.execute(f"DROP TABLE audit_event_{name}")
    with context.acting(context.system_origin()):
        number = events.record(action=Action.PATIENTS_LISTED, patients=[5])
    during = sealed.get_trail_state()
    seals.seal_all()

    made = partitions.make_partitions()

    assert (during.is_default_partition_used, during.is_sound) == (True, False)
    assert sealed.get_trail_state().is_default_partition_used is False
    this, *later = months(superuser, 0, 1, 2, 3)
    assert (made, names(superuser)) == (3, [*later, "default", f"from_{this}"])
    with context.acting(context.system_origin()):
        after = events.record(action=Action.CHART_OPENED)
    assert list(Event.objects.order_by("id").values_list("id", flat=True)) == [number, after]
    superuser.execute("SELECT DISTINCT tableoid::regclass::text FROM audit_event")
    assert superuser.fetchall() == [(f"audit_event_from_{this}",)]
    with pytest.raises(errors.RestrictViolation):
        superuser.execute(f"TRUNCATE audit_event_from_{this}")
    with pytest.raises(errors.RestrictViolation):
        superuser.execute("TRUNCATE audit_event_default")
    assert verification.verify(seals.get_public_keys()).broken == []
    assert partitions.make_partitions() == 0


def test_rows_of_a_clock_that_jumped_get_a_partition_of_their_own(superuser):
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "INSERT INTO audit_event (actor_name, role, action, outcome, request_id, occurred_at)"
        " VALUES ('a', 'b', 'c', 'SUCCESS', 'r', '2031-05-06 12:00:00+00')"
    )

    partitions.make_partitions()

    assert names(superuser)[-1] == "from_2031_05"
    assert sealed.get_trail_state().is_default_partition_used is False
    superuser.execute("SELECT audit_make_partition('audit_event', '2031-05-01')")
    assert superuser.fetchone() == (False,)
    superuser.execute("SELECT audit_make_partition('audit_event', '2031-06-01')")
    assert superuser.fetchone() == (True,)
