"""Set-up that all tests share."""

import itertools
import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.database"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the tests that take longest, so that no worker is left with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def activity_unnoted(monkeypatch):
    """Let no request note that somebody is active, which one in five seconds does.

    For tests that count what a page asks of the database.
    """
    monkeypatch.setattr("accounts.middleware.GRANULARITY_SECONDS", 3600)


_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def own_anchor(settings):
    """Give each test an anchor file of its own: another test's seals are of another database."""
    name = f"seals-{os.getpid()}-{next(_numbers)}.jsonl"
    file = Path(settings.ANCHOR_FILE).with_name(name)
    settings.ANCHOR_FILE = str(file)
    yield
    file.unlink(missing_ok=True)
