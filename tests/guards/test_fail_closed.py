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
# Pages that may answer without the trail, because an event covers them already.
WITHOUT_EVENT = {
    "documents:unfiled_thumbnail": "the desk's own event covers it; too small to be read",
}


@contextlib.contextmanager
def _no_right(superuser) -> Iterator[None]:
    """Take away the application's right to add events."""
    with superuser.cursor() as cursor:
        cursor.execute("REVOKE INSERT ON audit_event, audit_eventsubject FROM chartroom_app")
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_event'::regclass"
            " AND attnum > 0 AND attacl IS NOT NULL"
        )
        columns = ", ".join(name for (name,) in cursor.fetchall())
        if columns:
            cursor.execute(f"REVOKE INSERT ({columns}) ON audit_event FROM chartroom_app")
    yield
    with superuser.cursor() as cursor:
        cursor.execute(f"GRANT INSERT ({columns}) ON audit_event TO chartroom_app")
        cursor.execute(
            "GRANT INSERT (event_id, patient_id, position) ON audit_eventsubject TO chartroom_app"
        )


@contextlib.contextmanager
def _locked(superuser) -> Iterator[None]:
    """Hold a lock on the trail that no writer gets past; writers wait only shortly."""
    _set_timeout(superuser, f"'{LOCK_MILLISECONDS}ms'")
    with superuser.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE audit_event IN EXCLUSIVE MODE")
    yield
    with superuser.cursor() as cursor:
        cursor.execute("ROLLBACK")
    _set_timeout(superuser, "DEFAULT")


def _set_timeout(superuser, value: str) -> None:
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
    yield
    with superuser.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_full ON audit_event; DROP FUNCTION guard_full()")


FAILURES = {"no right": _no_right, "locked": _locked, "full": _full}


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
        shown, answered = set(), {}
        with broken(superuser_connection):
            for person, route, path in pages:
                answer = wire.ask(person, "GET", path)
                line = f"{person} {path} {answer.status}"
                if _seen(world, answer):
                    shown.add(line)
                if answer.status != 503 and route not in WITHOUT_EVENT:
                    answered[line] = route
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
