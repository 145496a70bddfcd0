"""People, a patient and documents for tests of the release room."""

import pytest

from tests.requests_release import builders, factories


@pytest.fixture
def unit(db):
    return factories.make_unit()


@pytest.fixture
def clerk(unit):
    return factories.make_user("CLERK", unit=unit, display_name="Rosa Delgado")


@pytest.fixture
def approver(unit):
    return factories.make_user("SUPERVISOR", unit=unit, display_name="Sam Ito")


@pytest.fixture
def outsider(db):
    return factories.make_user("CLERK", display_name="Out Sider")


@pytest.fixture
def patient(unit, approver):
    """A patient of a unit in which somebody approves."""
    return factories.make_patient(unit)


@pytest.fixture
def document(patient):
    """A current document of three pages, whose bytes are only claimed."""
    return factories.make_document(patient)


@pytest.fixture
def stored(patient, clerk):
    """A document of two pages in the vault."""
    return builders.file_document(patient, clerk)
