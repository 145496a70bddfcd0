"""The buttons of a request: what comes next, and what stands in its way."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests_release.services import links
from tests.requests_release import builders

pytestmark = pytest.mark.django_db


def primary(client, request):
    deeds = client.get(address("request_detail", request)).context["deeds"]
    return [(deed.label, deed.url) for deed in deeds if deed.is_primary]


def address(name, request, **more):
    return reverse(f"requests_release:{name}", kwargs={"request_id": request.pk, **more})


def make_link(ready, clerk):
    version = builders.fresh(ready).version
    return links.make_link(actor=clerk, request_id=ready.pk, version=version, days=7)


def test_while_a_link_is_open_it_is_recalled_first(client, clerk, ready):
    client.force_login(clerk)
    assert primary(client, ready) == [("Deliver", address("request_deliver", ready))]

    make_link(ready, clerk)

    recall = address("request_step", ready, step="recall")
    assert primary(client, ready) == [("Recall the link", recall)]


def test_a_recalled_link_leaves_the_way_to_deliver(client, clerk, ready):
    client.force_login(clerk)
    make_link(ready, clerk)

    client.post(
        address("request_step", ready, step="recall"), {"version": builders.fresh(ready).version}
    )

    assert primary(client, ready) == [("Deliver", address("request_deliver", ready))]


def test_a_link_past_its_time_leaves_the_way_to_deliver(client, clerk, ready, monkeypatch):
    client.force_login(clerk)
    monkeypatch.setattr(links, "timedelta", lambda days: timedelta(days=-days))
    make_link(ready, clerk)

    assert primary(client, ready) == [("Deliver", address("request_deliver", ready))]
