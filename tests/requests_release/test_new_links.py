"""The form that makes a link, sent again: it says what stands, and shows no passcode twice."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from printing import words
from requests_release.models import Delivery
from requests_release.services import downloads, links, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of
from tests.requests_release.pages import page

SAID = "Nothing new was made: this form made its link when it was sent first."
ONCE = "Link and passcode were shown once, when it was made; they are kept nowhere"


def form_of(request, way="link", **changes):
    values = {"way": way, "link-version": builders.fresh(request).version, "link-days": 7}
    return values | {"link-key": str(uuid.uuid4())} | changes


def shown_secrets(body):
    """The link and the passcode that a page shows."""
    token = re.search(r"/r/([\w-]{20,})/", body)
    passcode = re.search(r"\b[A-Z2-9]{5} [A-Z2-9]{5}\b", body)
    return (token and token[1], passcode and passcode[0])


@pytest.mark.django_db
def test_a_link_form_sent_again_leads_to_what_stands(as_clerk, ready):
    address, data = page("request_deliver", ready), form_of(ready)
    first = as_clerk.post(address, data)
    token, passcode = shown_secrets(first.content.decode())
    made = Delivery.objects.get()

    for _ in range(2):
        again = as_clerk.post(address, data)
        body = as_clerk.get(again.url).content.decode()

        assert (again.status_code, again.url) == (302, address)
        assert SAID in body
        assert "A download link is open" in body
        at = words.moment(made.created_at)
        assert f"It was made by Rosa Delgado on {at} and expires" in body
        assert ONCE in body
        assert "Not saved" not in body
        assert shown_secrets(body) == (None, None)
        assert passcode not in body
    assert Delivery.objects.get().token_hash == links.hash_of(token)
    refused = events_of(Action.PACKAGE_DELIVERED, "REFUSED")
    assert [event["detail"]["reason"] for event in refused] == ["LINK_MADE"] * 2
    assert links.find_link(token=token).pk == made.pk


def recalled(request, clerk, link):
    links.recall_link(actor=clerk, request_id=request.pk, version=builders.fresh(request).version)


def downloaded(request, clerk, link):
    downloads.download(token=link[0], passcode=link[1])


def guessed(request, clerk, link):
    for _ in range(5):
        with pytest.raises(Exception, match=r"\d"):
            downloads.download(token=link[0], passcode="WRONG")


def reopened(request, clerk, link):
    stages.reopen(
        actor=clerk,
        request_id=request.pk,
        version=builders.fresh(request).version,
        reason="A page too many",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("end", "state", "is_offered"),
    [
        (recalled, "closed .*, not used", True),
        (guessed, "closed .*, after 5 wrong passcodes", True),
        (downloaded, "downloaded ", False),
        (reopened, "closed .*, not used", False),
    ],
)
def test_a_form_sent_again_after_its_link_has_ended_says_how(
    as_clerk, clerk, ready, end, state, is_offered
):
    address, data = page("request_deliver", ready), form_of(ready)
    secrets = shown_secrets(as_clerk.post(address, data).content.decode())
    end(ready, clerk, secrets)

    again = as_clerk.post(address, data)

    body = as_clerk.get(again.url).content.decode()
    assert again.status_code == 302
    assert SAID in body
    assert re.search(rf"The last link was made by Rosa Delgado on .*: {state}", body)
    assert ('name="way" value="link"' in body) is is_offered
    assert ready.deliveries.count() == 1


@pytest.mark.django_db
def test_a_new_link_ends_the_one_that_was_not_noted(as_clerk, ready):
    address = page("request_deliver", ready)
    old, _ = shown_secrets(as_clerk.post(address, form_of(ready)).content.decode())
    offered = as_clerk.get(address).content.decode()

    body = as_clerk.post(address, form_of(ready, "in_place", **{"link-days": 3})).content.decode()

    assert "End it and make a new link" in offered
    assert "The link that is open ends at once, and so does its passcode." in offered
    new, passcode = shown_secrets(body)
    assert (new != old, bool(passcode)) == (True, True)
    with pytest.raises(Refused) as refused:
        links.find_link(token=old)
    assert refused.value.reason == "LINK_CLOSED"
    left = links.find_link(token=new).expires_at - timezone.now()
    assert timedelta(days=2) < left <= timedelta(days=3)
    first, second = Delivery.objects.order_by("pk")
    assert [event["detail"]["delivery"] for event in events_of(Action.PACKAGE_RECALLED)] == [
        first.pk
    ]
    made = events_of(Action.PACKAGE_LINK_MADE)
    assert [event["detail"]["delivery"] for event in made] == [first.pk, second.pk]
    assert {event["purpose"] for event in made} == {"RELEASE"}
    assert events_of(Action.PACKAGE_CHECKED) == []


@pytest.mark.django_db
def test_a_new_link_in_place_sent_again_ends_nothing_more(as_clerk, ready):
    address = page("request_deliver", ready)
    as_clerk.post(address, form_of(ready))
    data = form_of(ready, "in_place")
    new, _ = shown_secrets(as_clerk.post(address, data).content.decode())

    again = as_clerk.post(address, data)

    assert (again.status_code, again.url) == (302, address)
    assert links.find_link(token=new)
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_an_overtaken_form_ends_no_link_that_it_did_not_show(as_clerk, clerk, ready):
    address = page("request_deliver", ready)
    as_clerk.post(address, form_of(ready))
    stale = form_of(ready, "in_place")
    links.recall_link(actor=clerk, request_id=ready.pk, version=builders.fresh(ready).version)
    newest = links.make_link(
        actor=clerk, request_id=ready.pk, version=builders.fresh(ready).version, days=7
    )

    answer = as_clerk.post(address, stale)

    assert answer.status_code == 409
    assert "Not saved" in answer.content.decode()
    assert links.find_link(token=newest.token)


@pytest.mark.django_db
def test_a_second_tab_makes_no_second_link(as_clerk, ready):
    address = page("request_deliver", ready)
    other_tab = form_of(ready)
    as_clerk.post(address, form_of(ready))

    answer = as_clerk.post(address, other_tab)

    assert answer.status_code == 409
    assert "A download link is open" in answer.content.decode()
    assert shown_secrets(answer.content.decode()) == (None, None)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["colleague", "other request"])
def test_the_key_of_another_form_makes_no_link_and_tells_nothing(
    client, unit, patient, clerk, approver, stored, ready, who
):
    key = uuid.uuid4()
    links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=7, form_key=key)
    request = ready
    if who == "other request":
        request = builders.ready(patient, clerk, approver, stored)
        client.force_login(clerk)
    else:
        client.force_login(factories.make_user("CLERK", unit=unit))

    answer = client.post(page("request_deliver", request), form_of(request, **{"link-key": key}))

    assert answer.status_code == 409
    assert SAID not in answer.content.decode()
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "no key"])
def test_a_form_without_its_key_is_shown_again(as_clerk, ready, key):
    answer = as_clerk.post(page("request_deliver", ready), form_of(ready, **{"link-key": key}))

    assert answer.status_code == 422
    assert list(answer.context["link_form"].errors) == ["key"]
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["link", "in_place"])
def test_who_may_not_open_the_chart_hears_nothing_of_the_link(client, ready, link, outsider, way):
    client.force_login(outsider)

    answer = client.post(page("request_deliver", ready), form_of(ready, way))

    assert answer.status_code == 403
    assert "Rosa Delgado" not in answer.content.decode()
    assert links.find_link(token=link.token)


@pytest.mark.committed
def test_the_same_form_twice_at_once_makes_one_link():
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    ready = builders.ready(patient, clerk, approver, builders.file_document(patient, clerk))
    key, version, found = uuid.uuid4(), ready.version, []
    together = threading.Barrier(2)

    def send():
        try:
            together.wait()
            links.make_link(actor=clerk, request_id=ready.pk, version=version, days=7, form_key=key)
            found.append("made")
        except Refused as refused:
            found.append(refused.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)

    assert sorted(found) == ["LINK_MADE", "made"]
    assert Delivery.objects.count() == 1
