"""A house and its people for tests of custody and rights."""

import pytest

from tests.builders import build_house
from tests.factories.patients import make_patient


@pytest.fixture
def house(db):
    return build_house()


@pytest.fixture
def patient(house):
    """A patient of the main file room."""
    return make_patient(house.main, actor=house.clerk, family="O'Connell", given="Freda")
