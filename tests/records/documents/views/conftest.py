"""Browsing as a person of the house."""

import pytest
from django.test import Client


@pytest.fixture
def at():
    """Return a client of a person who is signed in."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in
