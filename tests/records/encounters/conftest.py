"""A hospital with a patient and a practitioner, for tests of encounters."""

import pytest

from records.encounters.services import providers
from tests import builders
from tests.factories.patients import make_patient


@pytest.fixture
def house(db):
    return builders.build_house()


@pytest.fixture
def clerk(house):
    return house.clerk


@pytest.fixture
def patient(house):
    return make_patient(house.main, actor=house.clerk, family="Muñoz", given="Rosa")


@pytest.fixture
def doctor(house):
    """Dr. Nair, who signs in."""
    made = providers.ensure(actor=house.clerk, name="Nair, Priya MD", npi="1234567893")
    return providers.link_user(actor=house.clerk, provider=made, user=house.provider)


@pytest.fixture
def other_doctor(house):
    return providers.ensure(actor=house.clerk, name="Hale, Ann MD")
