"""Names that the house gives: to a child not yet named, to somebody not identified (MPI-5)."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from records.patients.enums import NameKind, NameStatus
from records.patients.models import Patient
from records.patients.rules import keys, registration
from records.patients.rules.names import PersonName
from records.patients.services.facts import OtherName, PersonFacts


def complete(facts: PersonFacts) -> PersonFacts:
    """Return `facts` with the name that the house gives where the person has none yet.

    A number once drawn for somebody not identified is not drawn again, even if the registration
    is rolled back.
    """
    if facts.name_status == NameStatus.NEWBORN and not facts.given:
        given = registration.newborn_name(
            mother_family=facts.family, sex=facts.sex, order=facts.birth_order or 1
        )
        return replace(facts, given=given.name.given)
    if facts.name_status == NameStatus.UNIDENTIFIED and not facts.family:
        given = registration.unidentified_name(_next_unidentified())
        return replace(facts, family=given.name.family, given=given.name.given)
    return facts


def former_name(patient: Patient, facts: PersonFacts) -> OtherName | None:
    """Return the name that `facts` replaces; None where it stays the same to search.

    A name given by the house is kept as such, one that the person bore as a former one.
    """
    columns = keys.name_columns(facts.name)
    if (patient.family_key, patient.given_key) == (columns.family_key, columns.given_key):
        return None
    is_own = patient.name_status == NameStatus.LEGAL
    kind = NameKind.FORMER if is_own else NameKind.TEMPORARY
    return OtherName(
        kind, PersonName(patient.family, patient.given, patient.middle, patient.suffix)
    )


def _next_unidentified() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('patients_unidentified_number')")
        return int(cursor.fetchone()[0])
