"""People of each kind for the guards, and how they sign in."""

from __future__ import annotations

import itertools

from allauth.account.internal.flows import login
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.roles import Role
from audit.writes import attributing
from tests.factories.system import system

_numbers = itertools.count(1)
ALL_THE_WHILE = 86400  # a guard that walks every page may take longer than the proof lasts
NO_ROLE = "NO_ROLE"
ROLES = (*(str(role) for role in Role), NO_ROLE)


def make_person(*roles: str, name: str = "") -> User:
    """Make a person who holds `roles`."""
    username = name or f"guard{next(_numbers)}"
    user = User(
        username=username, email=f"{username}@example.org", display_name=f"Person {username}"
    )
    user.set_unusable_password()
    with attributing(system()):
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
    return User.objects.get(pk=user.pk)


def sign_in(user: User) -> Client:
    """Return the browser of somebody who has just proved who they are."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    request = RequestFactory().get("/")
    request.session, request.user = client.session, user
    login.record_authentication(request, user, method="password", reauthenticated=True)
    for record in request.session[login.AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] += ALL_THE_WHILE
    request.session.save()
    return client
