"""Kinds of work that exist only for these tests."""

import pytest

from accounts.roles import Role
from jobs import registry, tasks
from tests.factories.people import make_user


@pytest.fixture
def user(db):
    return make_user(Role.CLERK)


@pytest.fixture
def kinds(monkeypatch):
    """Register kinds of work for one test: `kinds(handler, on_failure=None)`."""
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_closers", dict(registry._closers))

    def register(handler, on_failure=None, kind="TRIAL"):
        registry.register(kind, handler, on_failure=on_failure)
        return kind

    return register


@pytest.fixture
def woken(monkeypatch):
    """The ids of jobs that the queue was told of."""
    found = []
    monkeypatch.setattr(tasks.run, "delay", found.append)
    return found
