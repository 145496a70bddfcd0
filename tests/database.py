"""How tests meet the database: as the application role, on a clone of a migrated template.

- `@pytest.mark.django_db`: in a transaction that is rolled back.
- `@pytest.mark.committed`: commits for real; afterwards the database is cloned anew, because the
  application role can neither truncate nor delete what the database promises to keep.
"""

import contextlib

import psycopg2
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase

from config import env
from config.runtime import databases
from tests.servers import TEST


def pytest_itemcollected(item):
    """Give tests marked `committed` the database without a surrounding transaction."""
    if item.get_closest_marker("committed"):
        item.add_marker(pytest.mark.django_db(transaction=True))


def pytest_unconfigure():
    """Stop this process's servers."""
    connections.close_all()
    TEST.stop()


def _clone_anew(_test_case):
    connections.close_all()
    TEST.clone()


# Django would empty all tables here (`flush`): not possible, and not wanted, as our role.
TransactionTestCase._fixture_teardown = _clone_anew


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Start the servers and clone the template; replaces pytest-django's fixture."""
    with django_db_blocker.unblock():
        TEST.start()
        TEST.clone()
        yield
        connections.close_all()


@pytest.fixture(autouse=True)
def empty_cache():
    """Leave no cached value, rate limit or queued message to the next test."""
    yield
    if TEST.is_started:
        cache.clear()


@pytest.fixture
def app_dsn(django_db_setup):
    """The connection arguments of the application role to this process's database."""
    found = env.database("DATABASE_URL")
    return {
        "host": found["HOST"],
        "port": found["PORT"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "dbname": found["NAME"],
    }


@pytest.fixture
def second_connection(app_dsn):
    """An autocommit connection of the application role, apart from Django's."""
    with contextlib.closing(psycopg2.connect(**app_dsn)) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def owner_connection(app_dsn):
    """An autocommit connection of the owner; only for guards that read the catalog."""
    owner = {"user": databases.OWNER, "password": TEST.secrets["OWNER_PASSWORD"]}
    with contextlib.closing(psycopg2.connect(**app_dsn | owner)) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def superuser_connection(app_dsn):
    """An autocommit connection of the server's superuser to this process's database."""
    with contextlib.closing(TEST.connect_superuser(app_dsn["dbname"])) as connection:
        yield connection
