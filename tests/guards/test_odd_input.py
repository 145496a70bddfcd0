"""No page breaks over what somebody writes in its address or sends to its form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django import forms

from config import env
from tests.guards.routes import Route, own_routes
from tests.guards.test_canaries import none, paths_of
from tests.guards.wire import Wire
from tests.guards.world import World

ROOMS = ("audit", "accounts", "records", "requests_release", "config")
READ_KEY = re.compile(r"""\b(?:GET|POST)(?:\.get|\.getlist)?[(\[]\s*"([a-z_]+)\"""")
ODD = {
    "a digit that is no number": "²",
    "a number no row can have": "9" * 19,
    "a number below all": "-1",
    "a zero byte": "a\0b",
    "a day that is not": "2026-02-31",
    "a long text": "x" * 5000,
    "half a key": "2026-01-05T10:00:00+00:00_²",
    "a surrogate": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
}
PEOPLE = ("clerk", "supervisor", "compliance", "administrator")


def _keys() -> list[str]:
    """Return every key that a view or form reads, as far as the source names it."""
    sources = [path for room in ROOMS for path in (env.ROOT / room).rglob("views/**/*.py")]
    found = {key for path in sources for key in READ_KEY.findall(path.read_text("utf-8"))}
    for form in _forms(forms.BaseForm):
        found |= set(getattr(form, "base_fields", {}))
    return sorted(found - {"next"})


def _forms(above: type) -> Iterator[type]:
    for form in above.__subclasses__():
        if form.__module__.startswith(ROOMS):
            yield form
        yield from _forms(form)


def _asked_by(route: Route, world: World) -> list[str]:
    """Return who may ask for a page at all."""
    needed = set(route.permissions or ())
    return [name for name in PEOPLE if world.people[name].has_perms(needed)]


def test_keys_are_found():
    assert {"q", "patient", "after", "before", "chart", "passcode", "show"} <= set(_keys())


@pytest.mark.goal("G-58")
@pytest.mark.long
@pytest.mark.committed
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "whose",
    [
        pytest.param(slice(0, 1), id="one of each page"),
        pytest.param(slice(1, None), id="all others", marks=pytest.mark.deep),
    ],
)
def test_odd_input_is_answered_and_breaks_nothing(second_connection, quiet, method, whose):
    world = World()
    wire = Wire(second_connection)
    for name in PEOPLE:
        wire.sign_in(name, world.people[name].pk)
    keys, faults, asked = _keys(), [], 0

    for route in own_routes():
        if method not in (route.methods or ("GET",)):
            continue
        for _, path in list(paths_of(route, world))[:1]:
            for person in _asked_by(route, world)[whose]:
                for name, value in ODD.items():
                    data = dict.fromkeys(keys, value)
                    if method == "GET":
                        answer = wire.ask(person, "GET", f"{path}?{urlencode(data)}")
                    else:
                        answer = wire.ask(person, "POST", path, data)
                    asked += 1
                    if answer.status >= 500:
                        faults.append(f"{person} {method} {path}, {name}: {answer.error}")

    none(sorted(faults))
    assert asked > 300
