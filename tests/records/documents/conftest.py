"""Set-up for the tests of documents."""

import pytest
from django.core.files.storage import storages

from records.documents.sandbox import pool
from records.documents.vault import keys
from tests.records.documents.house import House


@pytest.fixture(scope="session", autouse=True)
def sandbox_ends():
    """End the reading processes with the tests."""
    yield
    pool.close()


@pytest.fixture
def vault(settings, tmp_path):
    """Give the test an empty vault on disk with a key of its own; returns the folder."""
    folder = tmp_path / "vault"
    settings.VAULT_KEYSET = keys.new_vault_keyset()
    settings.STORAGES = settings.STORAGES | {
        "vault": {
            "BACKEND": "records.documents.vault.storages.LocalVault",
            "OPTIONS": {"location": folder},
        }
    }
    storages._storages.pop("vault", None)
    yield folder
    storages._storages.pop("vault", None)


@pytest.fixture
def house(db, vault):
    """Give the test a small house with a vault of its own."""
    return House()
