"""Set-up for tests of imports: a house, a vault of their own, and ways to import."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages

from records.documents.sandbox import pool
from records.documents.vault import keys
from tests.records.interchange.house import House


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
def house(db, vault, tmp_path):
    """A hospital with two units, and its people."""
    return House(tmp_path, vault)
