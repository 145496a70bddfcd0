import pytest

from tests.builders import sign_in, sign_in_freshly
from tests.records.retention import factories as make


@pytest.fixture
def house(db):
    return make.House()


@pytest.fixture
def browse(db):
    """Return a browser in which a person is signed in, and has just proved who they are."""

    def open_browser(user, *, is_fresh=True):
        return sign_in_freshly(user) if is_fresh else sign_in(user)

    return open_browser
