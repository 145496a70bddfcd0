"""Lists that leave as files: a kind of file and a purpose are chosen, and the file comes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows import login
from django.http import HttpResponseBase
from django.test import Client, RequestFactory

from accounts.models import User


def just_proved(client: Client, user: User) -> Client:
    """The browser of somebody signed in, as if they had proved a moment ago who they are."""
    request = RequestFactory().get("/")
    request.session, request.user = client.session, user
    login.record_authentication(request, user, method="password", reauthenticated=True)
    request.session.save()
    return client


def take_out(
    client: Client,
    path: str,
    filters: dict[str, Any] | None = None,
    *,
    kind: str = "csv",
    purpose: str = "OVERSIGHT",
) -> HttpResponseBase:
    """The answer to the form of an export's page, at the address that holds the filters."""
    address = f"{path}?{urlencode(filters, doseq=True)}" if filters else path
    return client.post(address, {"file_kind": kind, "purpose": purpose})
