"""The keys of drafts: one person's, one day's, and told to nobody else."""

from base64 import b64decode
from datetime import date, timedelta

import pytest

from accounts.crypto import blind_index
from accounts.selectors.drafts import list_draft_keys
from tests import builders
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2024, 2, 29)


def test_todays_key_comes_before_yesterdays_and_is_a_key():
    user = make_user("CLERK")

    today = list_draft_keys(user, today=TODAY)
    tomorrow = list_draft_keys(user, today=TODAY + timedelta(days=1))

    assert len(set(today)) == 2
    assert tomorrow[1] == today[0]
    assert [len(b64decode(key)) for key in today] == [32, 32]


def test_nobody_else_has_it_nor_is_it_the_hash_of_anything_stored():
    one, other = make_user("CLERK"), make_user("CLERK")

    mine, theirs = (set(list_draft_keys(user, today=TODAY)) for user in (one, other))

    assert not mine & theirs
    text = f"{one.pk} {TODAY.isoformat()}"
    assert b64decode(list_draft_keys(one, today=TODAY)[0]) != blind_index("search term", text)


def test_a_signed_in_page_tells_it_and_a_strangers_does_not(client):
    page = builders.sign_in(make_user("CLERK")).get("/")
    door = client.get("/sign-in/login/")

    assert 'name="draft-keys" content="' in page.content.decode()
    assert "draft-keys" not in door.content.decode()
    assert 'name="stranger"' in door.content.decode()
    assert page.headers["Cache-Control"].count("no-store") == 1
