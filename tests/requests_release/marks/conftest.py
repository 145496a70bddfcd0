"""A request that somebody works on."""

import pytest

from requests_release.services import marks
from tests.requests_release import factories


@pytest.fixture
def other(unit):
    return factories.make_user("CLERK", unit=unit, display_name="Ana Ortiz")


@pytest.fixture
def held(prepared, other):
    """A request that Ana works on."""
    marks.take(actor=other, request=prepared)
    return prepared
