import time

import pytest
from django.test import Client

from tests.records.retention import factories as make


@pytest.fixture
def house(db):
    return make.House()


@pytest.fixture
def browse(db):
    """Return a browser in which a person is signed in, and has just proved who they are."""

    def sign_in(user, *, is_fresh=True):
        client = Client()
        client.force_login(user)
        if is_fresh:
            session = client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time(), "reauthenticated": True}
            ]
            session.save()
        return client

    return sign_in
