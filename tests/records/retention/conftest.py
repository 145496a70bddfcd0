import pytest

from tests.records.retention import factories as make


@pytest.fixture
def house(db):
    return make.House()
