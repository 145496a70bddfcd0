"""What the guards share."""

import logging

import pytest

from records.documents.sandbox import pool


@pytest.fixture
def quiet():
    """Leave out the log of thousands of requests, which would bury what a guard found."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session", autouse=True)
def sandbox_ends():
    """End the reading processes with the tests."""
    yield
    pool.close()
