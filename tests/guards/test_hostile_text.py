"""Markup typed into any field of the house is text on every page, never an element of it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.guards import hospital, people
from tests.guards.canaries import Aviary
from tests.guards.test_canaries import none, paths_of
from tests.guards.test_mass_assignment import NO_FORMS
from tests.guards.test_routes import RULED
from tests.guards.world import World

# Out of text, out of an attribute in either kind of quotes, out of a title, out of a field.
PAYLOADS = ("<b data-hit>", '"><b data-hit>', "'><b data-hit>", "</title><b data-hit>", "<!--")
# Fields that take no such text, and say so where it is typed.
PLAIN = ("mail", "account number")
READERS = ("keeper", "compliance", "supervisor", "clerk", "bh_clerk", "sud_clerk")


class Hostile(Aviary):
    """Every word ends with markup."""

    def word(self, owner: str, where: str, area: str = "chart") -> str:
        text = super().word(owner, where, area)
        if any(name in where for name in PLAIN):
            return text
        return text + PAYLOADS[len(self.birds) % len(PAYLOADS)]


class Elements(HTMLParser):
    """Notes elements that the payloads would have made, and comments that hide a part of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hits += [f"{tag} at {self.getpos()}" for name, _ in attrs if name == "data-hit"]

    def handle_comment(self, data: str) -> None:
        self.hits.append(f"comment at {self.getpos()}")


def _hits(page: str) -> list[str]:
    parser = Elements()
    parser.feed(page)
    parser.close()
    return parser.hits


@pytest.mark.goal("G-57")
@pytest.mark.django_db
def test_markup_typed_into_any_field_is_text_on_every_page(quiet, monkeypatch):
    monkeypatch.setattr(hospital, "Aviary", Hostile)
    world, faults, shown = World(), [], 0
    clients = {name: people.sign_in(world.people[name]) for name in READERS}

    for route in RULED:
        if "GET" not in route.methods or route.name in NO_FORMS:
            continue
        for _, path in list(paths_of(route, world))[:1]:
            for name, client in clients.items():
                answer = client.get(path)
                if answer.status_code == 200:
                    text = answer.content.decode()
                    shown += len(world.aviary.found_in(text))
                    faults += [f"{name} {path}: {hit}" for hit in _hits(text)]
                    break

    none(sorted(faults))
    assert shown > 200
    assert len(_hits("<p>&lt;b data-hit&gt;</p><b data-hit>")) == 1
