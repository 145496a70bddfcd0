"""What a request reads of a session: its values, while it lasts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.session_store import SessionStore


@pytest.fixture
def kept(db):
    """The key of a session with one value."""
    store = SessionStore()
    store["desk"] = 7
    store.save()
    return store.session_key


def test_session_is_read_in_one_query(kept, django_assert_num_queries):
    store = SessionStore(kept)

    with django_assert_num_queries(1):
        assert (store["desk"], store.get("other"), store.session_key) == (7, None, kept)


def test_session_past_its_end_gives_nothing_and_loses_its_key(kept):
    stored = SessionStore.get_model_class().objects.get(pk=kept)
    stored.expire_date = timezone.now() - timedelta(seconds=1)
    stored.save()

    store = SessionStore(kept)

    assert dict(store.items()) == {}
    assert store.session_key is None


def test_session_that_is_gone_gives_nothing_and_loses_its_key(kept):
    SessionStore(kept).delete()

    store = SessionStore(kept)

    assert dict(store.items()) == {}
    assert store.session_key is None


def test_session_altered_in_the_table_gives_nothing(kept):
    stored = SessionStore.get_model_class().objects.get(pk=kept)
    stored.session_data = stored.session_data[:-1]
    stored.save()

    assert dict(SessionStore(kept).items()) == {}
