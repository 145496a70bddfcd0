"""Somebody who gave the password and not yet the second factor is a stranger to every page."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from tests.factories.people import PASSWORD, make_user
from tests.guards.test_routes import RULED, _path

SECRET = "JBSWY3DPEHPK3PXP"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet"), pytest.mark.goal("G-14")]


# Every role, in as few people as may hold them.
HELD = [["ADMINISTRATOR"], [role for role in Role.values if role != "ADMINISTRATOR"]]


@pytest.mark.parametrize("roles", HELD, ids=["administrator", "all others"])
def test_password_alone_opens_no_page_by_any_method(roles):
    user = make_user(*roles)
    TOTP.activate(user, SECRET)
    client, faults = Client(raise_request_exception=False), []
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    assert client.get(reverse("mfa_authenticate")).status_code == 200

    for route in RULED:
        for method in route.methods:
            path = _path(route)
            answer = client.generic(method, path)
            if getattr(route.view, "is_polling", False):
                is_fit = answer.status_code == 401
            else:
                entrance = f"{reverse('account_login')}?next={path}"
                is_fit = (answer.status_code, answer.headers.get("Location")) == (302, entrance)
            if not is_fit or answer.content:
                faults.append(f"{method} {route.name} {answer.status_code}")

    assert faults == []
