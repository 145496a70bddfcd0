"""People and browsers that tests of the frame use."""

import time

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.middleware import ACTIVE, STARTED
from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.selectors import seals
from audit.writes import attributing


@pytest.fixture
def make_person(db):
    """Make a person with roles, as the system."""

    def make(*roles, username="ana", display_name="Ana <Mills>"):
        user = User(username=username, email=f"{username}@example.org", display_name=display_name)
        user.set_unusable_password()
        with attributing(get_system_user()):
            user.save()
            user.groups.set(Group.objects.filter(name__in=roles))
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def browser_of():
    """Return a browser in which a person is signed in."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        session = client.session
        session[STARTED] = session[ACTIVE] = int(time.time())
        session.save()
        return client

    return sign_in


@pytest.fixture
def fresh_trail(monkeypatch):
    """Forget the state of the trail that an earlier test asked for."""
    monkeypatch.setattr(seals, "_recent", None)
