"""Whoever reaches for a record that they may not know of is refused, and that is in the trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import permissions_of
from audit.models import Event
from tests.guards import people
from tests.guards.routes import Route
from tests.guards.test_canaries import _hidden
from tests.guards.test_routes import RULED
from tests.guards.world import World

ASKERS = ("supervisor", "compliance", "provider", "keeper")
# Pages that answer before they look for the record, with what they answer.
APART = {
    "audit:patient_viewers GET": (200, "the access log, by its own right"),
    "audit:patient_viewers_export GET": (200, "the access log, by its own right"),
    "audit:patient_viewers_export POST": (422, "the access log: a file is to be chosen"),
    "documents:unfiled_file POST": (302, "asks for a patient first, at its own page"),
    "requests_release:accounting_print GET": (302, "goes to the list, which is refused"),
    "requests_release:request_comment GET": (302, "goes to the request, which is refused"),
}


def _path(route: Route, world: World, hidden: dict[str, Any]) -> str:
    """Return the address of a page about hidden records."""
    others = {name: next(iter(world.ids[name].values())) for name in route.arguments}
    return reverse(route.name, kwargs={name: hidden.get(name, others[name]) for name in others})


@pytest.mark.goal("G-22")
@pytest.mark.django_db
def test_every_reach_for_a_hidden_record_is_refused_and_recorded(quiet):
    world = World()
    hidden, faults, apart, asked = _hidden(world), [], {}, 0
    clients = {name: people.sign_in(world.people[name]) for name in ASKERS}

    for route in (route for route in RULED if set(route.arguments) & set(hidden)):
        for name, client in clients.items():
            if not set(route.permissions) <= permissions_of(world.people[name].role_names):
                continue
            for method in set(route.methods) - {"HEAD"}:
                answer = client.generic(method, _path(route, world, hidden))
                list(answer)
                asked += 1
                line = f"{method} {route.name} {name} {answer.status_code}"
                told = Event.objects.filter(request_id=answer.headers["X-Request-ID"])
                if answer.status_code not in (403, 404):
                    apart[f"{route.name} {method}"] = answer.status_code
                elif [event.outcome for event in told] != ["REFUSED"]:
                    faults.append(f"{line} {[(e.action, e.outcome) for e in told]}")

    assert faults == []
    assert apart == {name: status for name, (status, _) in APART.items()}
    assert asked > 150
