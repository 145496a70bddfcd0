"""Addresses, answers and notices of access requests, as the tests of their pages read them."""

from datetime import timedelta

from django.utils import timezone

from tests.records.access.services.asking import REASON

OWN, LIST = "/access/requests/own/", "/access/requests/"
HIDDEN_NAME = "O&#x27;CONNELL"


def ask_path(patient):
    return f"/access/requests/ask/{patient.pk}/"


def path_of(row, what=""):
    return f"/access/requests/{row.pk}/{what}"


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def facts(**changes):
    values = {"purpose": "OPERATIONS", "reason": REASON, "expires_on": in_days(7)}
    return values | changes


def told(client):
    """The notices of access requests, as every open page asks for them."""
    notices = client.get("/status/").json()["notices"]
    return [one for one in notices if one.get("title") == "Access request"]
