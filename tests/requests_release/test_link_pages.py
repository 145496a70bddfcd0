"""The one-time link, as strangers meet it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from printing import words
from requests_release.models import Disclosure
from requests_release.services import links, passcodes
from tests.requests_release.events import events_of

pytestmark = pytest.mark.django_db


def address_of(link):
    return reverse("release_links:link_download", kwargs={"token": link.token})


def test_the_link_asks_for_the_passcode_and_names_nobody(client, link, patient):
    response = client.get(address_of(link))

    body = response.content.decode()
    assert response.status_code == 200
    assert "Type the passcode" in body
    assert f"until {words.moment(link.delivery.expires_at)}, New York (E" in body
    assert "CONNELL" not in body.upper()
    assert patient.mrn not in body


def test_the_right_passcode_gives_the_file_once(client, link, ready):
    passcode = passcodes.spaced(link.passcode).lower()

    first = client.post(address_of(link), {"passcode": passcode})
    second = client.post(address_of(link), {"passcode": passcode})

    assert first.content.startswith(b"%PDF-")
    assert first["Content-Disposition"] == f'attachment; filename="{ready.number}.pdf"'
    assert first["Cache-Control"] == "no-store"
    assert second.status_code == 410
    assert "downloaded already" in second.content.decode()
    assert Disclosure.objects.count() == 1


def test_five_wrong_passcodes_close_the_link(client, link):
    answers = [client.post(address_of(link), {"passcode": "wrong"}) for _ in range(6)]

    assert [one.status_code for one in answers] == [403] * 5 + [410]
    assert "4 tries left" in answers[0].content.decode()
    assert "1 try left" in answers[3].content.decode()
    assert "Too many wrong passcodes" in answers[4].content.decode()
    assert "This link is closed" in answers[5].content.decode()
    right = client.post(address_of(link), {"passcode": link.passcode})
    assert right.status_code == 410
    assert Disclosure.objects.count() == 0
    refused = events_of(Action.PACKAGE_DOWNLOADED, "REFUSED")
    assert [event["detail"]["reason"] for event in refused] == ["PASSCODE_WRONG"] * 5 + [
        "LINK_CLOSED"
    ] * 2


def test_an_expired_link_says_so(client, link, monkeypatch):
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(links.timezone, "now", lambda: later)

    shown = client.get(address_of(link))
    tried = client.post(address_of(link), {"passcode": link.passcode})

    assert (shown.status_code, tried.status_code) == (410, 410)
    assert "This link has expired" in shown.content.decode()
    assert Disclosure.objects.count() == 0


def test_an_unknown_link_says_so(client, db):
    response = client.get(reverse("release_links:link_download", kwargs={"token": "x" * 43}))

    assert response.status_code == 404
    assert "This link leads nowhere" in response.content.decode()


def test_the_link_takes_no_other_method(client, link):
    assert client.put(address_of(link)).status_code == 405
