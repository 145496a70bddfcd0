"""Where the trail cannot be written, nothing of a patient is shown (G-21).

Three ways of failing, each against every page: the right to write events taken away, the trail's
table locked by somebody else, and a statement that the server refuses.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from django.db import connections

from tests.guards.canaries import Canary, Colour
from tests.guards.routes import own_routes
from tests.guards.test_canaries import NO_PATIENT, none, paths_of
from tests.guards.wire import Answer, Wire
from tests.guards.world import World

PEOPLE = ("clerk", "compliance")
LOCK_MILLISECONDS = 40


@contextlib.contextmanager
def _no_right(superuser) -> Iterator[None]:
    """Take away the application's right to add events."""
    with superuser.cursor() as cursor:
        # Read first: taking away the right to a table takes away those to its columns.
        cursor.execute(
            "SELECT attrelid::regclass, string_agg(attname, ', ') FROM pg_attribute"
            " WHERE attrelid IN ('audit_event'::regclass, 'audit_eventsubject'::regclass)"
            "   AND attnum > 0 AND NOT attisdropped"
            "   AND has_column_privilege('chartroom_app', attrelid, attnum, 'INSERT')"
            " GROUP BY attrelid"
        )
        columns = dict(cursor.fetchall())
        assert len(columns) == 2
        cursor.execute("REVOKE INSERT ON audit_event, audit_eventsubject FROM chartroom_app")
        try:
            yield
        finally:
            for table, names in columns.items():
                cursor.execute(f"GRANT INSERT ({names}) ON {table} TO chartroom_app")


@contextlib.contextmanager
def _locked(superuser) -> Iterator[None]:
    """Hold a lock on the trail that no writer gets past; writers wait only shortly."""
    _set_timeout(f"'{LOCK_MILLISECONDS}ms'")
    with superuser.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE audit_event IN EXCLUSIVE MODE")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
            _set_timeout("DEFAULT")


def _set_timeout(value: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {value}")


@contextlib.contextmanager
def _full(superuser) -> Iterator[None]:
    """Let every event be refused as by a full disk."""
    with superuser.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION guard_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;"
            " CREATE TRIGGER guard_full BEFORE INSERT ON audit_event"
            " FOR EACH ROW EXECUTE FUNCTION guard_full()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER guard_full ON audit_event; DROP FUNCTION guard_full()")


FAILURES = {"no right": _no_right, "locked": _locked, "full": _full}


@pytest.mark.goal("G-21")
@pytest.mark.long
@pytest.mark.committed
def test_no_page_shows_a_patient_while_the_trail_cannot_be_written(
    second_connection, superuser_connection, quiet, subtests
):
    world = World()
    wire = Wire(second_connection)
    for name in PEOPLE:
        wire.sign_in(name, world.people[name].pk)
    pages = _pages_that_show(world, wire)
    assert len(pages) > 60

    for failure, broken in FAILURES.items():
        shown, answered = set(), set()
        with broken(superuser_connection):
            for person, _, path in pages:
                answer = wire.ask(person, "GET", path)
                line = f"{person} {path} {answer.status}"
                if _seen(world, answer):
                    shown.add(line)
                if answer.status != 503:
                    answered.add(line)
        with subtests.test(f"{failure}: nothing is shown"):
            none(sorted(shown))
        with subtests.test(f"{failure}: the answer is 503"):
            none(sorted(answered))
    with subtests.test("afterwards everything is as before"):
        again = [wire.ask(person, "GET", path).status for person, _, path in pages]
        assert set(again) == {200}


def _pages_that_show(world: World, wire: Wire) -> list[tuple[str, str, str]]:
    """Return each page that shows somebody, with one address for one person."""
    found = {}
    for route in own_routes():
        if "GET" not in route.methods or route.name in NO_PATIENT:
            continue
        for _, path in paths_of(route, world):
            for person in PEOPLE:
                if (route.name, person) in found:
                    continue
                answer = wire.ask(person, "GET", path)
                if answer.status == 200 and _seen(world, answer):
                    found[route.name, person] = (person, route.name, path)
    return list(found.values())


def _seen(world: World, answer: Answer) -> set[Canary | Colour]:
    found: set[Canary | Colour] = set(world.aviary.found_in(answer.text))
    for picture in answer.pictures:
        found |= world.aviary.seen_in(picture)
    return found
