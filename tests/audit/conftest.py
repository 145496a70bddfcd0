"""People, connections and tracked tables that the trail's tests use."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit import context
from audit.selectors import seals as sealed
from audit.writes import attributing


@pytest.fixture
def make_user(db):
    """Make a person with roles, as the system."""

    def make(username="ana", *roles, display_name="Ana Mills"):
        user = User(username=username, email=f"{username}@example.org", display_name=display_name)
        user.set_password("correct horse battery")
        with attributing(get_system_user()):
            user.save()
            user.groups.set(Group.objects.filter(name__in=roles))
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def clerk(make_user):
    return make_user("ana", "CLERK")


@pytest.fixture
def officer(make_user):
    with connection.cursor() as cursor:  # people of these tests are made up, with ids below
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_user', 'id'))"
            " FROM generate_series(1, 100)"
        )
    return make_user("cora", "COMPLIANCE", display_name="Cora Hale")


@pytest.fixture
def as_system():
    """Let the system itself act."""
    with context.acting(context.system_origin()) as origin:
        yield origin


@pytest.fixture(autouse=True)
def fresh_trail_state(monkeypatch):
    """Leave no remembered state of the trail to the next test."""
    monkeypatch.setattr(sealed, "_recent", None)


@pytest.fixture(autouse=True)
def anchor(settings, tmp_path):
    """Give each test an anchor file of its own."""
    settings.ANCHOR_FILE = str(tmp_path / "anchor" / "seals.jsonl")
    return tmp_path / "anchor" / "seals.jsonl"


@pytest.fixture
def owner_wrapper(owner_connection):
    """Django's kind of connection, as the owner."""
    settings = connections["default"].settings_dict
    given = owner_connection.get_dsn_parameters()
    wrapper = DatabaseWrapper(
        settings | {"USER": given["user"], "PASSWORD": owner_connection.info.password}
    )
    yield wrapper
    wrapper.close()
