"""People, a patient and documents for tests of the release room."""

import pytest

from requests_release.services import links
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


@pytest.fixture
def as_clerk(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def as_approver(client, approver):
    client.force_login(approver)
    return client


@pytest.fixture
def prepared(patient, clerk, document):
    return builders.prepared(patient, clerk, document)


@pytest.fixture
def submitted(patient, clerk, document):
    return builders.submitted(patient, clerk, document)


@pytest.fixture
def ready(patient, clerk, approver, stored):
    """A request whose package lies ready in the vault."""
    return builders.ready(patient, clerk, approver, stored)


@pytest.fixture
def link(ready, clerk):
    """A one-time link to the package, with its passcode."""
    return links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=7)
