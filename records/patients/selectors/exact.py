"""Finds a registered person by exact numbers alone: how imports decide on identity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from accounts import crypto
from records.patients.enums import IdentifierKind, PatientStatus
from records.patients.models import Identifier, Patient
from records.patients.models.identifiers import NUMBER_KINDS
from records.patients.rules import ssn


def find_by_number(number: str, *, facility_id: int) -> int | None:
    """Return who has, or had, a record number of a facility; None if nobody."""
    found = Identifier.objects.filter(
        value_key=number, kind__in=NUMBER_KINDS, facility_id=facility_id
    )
    return found.values_list("patient_id", flat=True).first()


def list_by_ssn(social_security: str, *, birth_on: date, name_keys: Collection[str]) -> list[int]:
    """Return the people in use who have this social security number, birth date and name.

    `name_keys` are the person's names as the index keys them; one of them must be the legal name
    here. All three must agree: a number alone may be mistyped or borrowed.
    """
    checked = ssn.check(social_security)
    if not checked.is_valid:
        return []
    held = Identifier.objects.filter(
        kind=IdentifierKind.SSN,
        is_current=True,
        blind_index__in=crypto.blind_indexes("ssn", checked.digits),
    )
    people = Patient.objects.filter(
        pk__in=held.values("patient_id"),
        birth_on=birth_on,
        name_key__in=name_keys,
        status=PatientStatus.ACTIVE,
    )
    return list(people.order_by("pk").values_list("pk", flat=True)[:2])
