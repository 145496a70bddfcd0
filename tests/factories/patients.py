"""Patients, registered by the service."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import Role
from records.access.models import CustodyUnit
from records.patients.models import Patient
from records.patients.services import patients
from records.patients.services.facts import PersonFacts
from tests.factories.people import make_user

_numbers = itertools.count(1)


def make_patient(unit: CustodyUnit, *, actor: User | None = None, **facts: Any) -> Patient:
    """A patient of `unit`, registered by a clerk of that unit."""
    values: dict[str, Any] = {
        "family": f"Wyman{next(_numbers)}",
        "given": "Alfreda",
        "birth_on": date(1962, 3, 14),
    }
    return patients.register(
        actor=actor or make_user(Role.CLERK, unit=unit),
        unit_id=unit.pk,
        facts=PersonFacts(**values | facts),
        are_candidates_judged=True,
    )
