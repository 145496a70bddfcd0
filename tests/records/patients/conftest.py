"""A hospital with its people, for tests of the patient index."""

import pytest

from tests import builders
from tests.records.patients import world
from tests.records.retention import factories as retention


@pytest.fixture
def house(db):
    return builders.build_house()


@pytest.fixture
def clerk(house):
    return house.clerk


@pytest.fixture
def patient(house):
    """Rosa Elena Muñoz, with everything that a person can have."""
    return world.register(house.clerk, house.main, reach=world.REACH, ssn=world.SSN)


@pytest.fixture
def keepers(db):
    """A hospital whose charts may serve their term."""
    return retention.House()


@pytest.fixture
def destroyed(keepers):
    """Alfreda Wyman, whose chart two people destroyed."""
    patient = keepers.patient(language="Spanish", email="alfreda@example.org")
    keepers.done(patient)
    return world.again(patient)
