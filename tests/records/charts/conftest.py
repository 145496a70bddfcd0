"""A hospital with a patient of whom everything is known, for tests of the chart."""

import pytest

from tests import builders
from tests.records.patients import world


@pytest.fixture
def house(db):
    return builders.build_house()


@pytest.fixture
def patient(house):
    """Rosa Elena Muñoz, with everything that a person can have."""
    return world.register(house.clerk, house.main, reach=world.REACH, ssn=world.SSN)
