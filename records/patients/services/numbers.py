"""Numbers of patients: given once, never again."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts import crypto
from accounts.models import User
from audit.writes import attributed
from records.patients.enums import IdentifierKind
from records.patients.errors import FactsRefused, NumberTaken
from records.patients.models import Identifier, Patient
from records.patients.rules import mrn, ssn

SSN_TABLE = "patients_identifier"
SSN_COLUMN = "value_encrypted"


def next_mrn() -> str:
    """Return the next record number with its check digit.

    The sequence moves on even when the registration is rolled back, so a number that somebody
    may have seen is never given to another person.

    Raises:
        mrn.NumbersUsedUp: `MRN_LENGTH` has to be raised.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('patients_mrn_number')")
        return mrn.make(cursor.fetchone()[0], settings.MRN_LENGTH)


@attributed
def give_mrn(*, actor: User, patient: Patient, facility_id: int, number: str) -> Identifier:
    """Store the record number of a patient.

    Raises:
        NumberTaken: somebody has, or had, this number at the facility.
    """
    try:
        with transaction.atomic():
            return Identifier.objects.create(
                patient=patient,
                kind=IdentifierKind.MRN,
                facility_id=facility_id,
                value=number,
                value_key=number,
            )
    except IntegrityError as error:
        raise NumberTaken(patient_id=patient.pk) from error


@attributed
def set_ssn(*, actor: User, patient: Patient, text: str) -> Identifier | None:
    """Store a social security number encrypted; one that is the same already is left alone.

    Raises:
        FactsRefused: it cannot be a social security number (rules MPI-7).
    """
    checked = ssn.check(text)
    if not checked.is_valid:
        raise FactsRefused("ssn", "This cannot be a social security number.")
    current = _current_ssn(patient)
    known = crypto.blind_indexes("ssn", checked.digits)
    if current and bytes(current.blind_index or b"") in known:
        return None
    if current:
        _retire(current)
    return Identifier.objects.create(
        patient=patient,
        kind=IdentifierKind.SSN,
        value_encrypted=crypto.encrypt_field(
            SSN_TABLE, SSN_COLUMN, str(patient.pk), checked.digits
        ),
        blind_index=crypto.blind_index("ssn", checked.digits),
        last_four=checked.last4,
    )


@attributed
def withdraw_ssn(*, actor: User, patient: Patient) -> bool:
    """Take a social security number that was entered in error out of use; tell if there was one."""
    current = _current_ssn(patient)
    if current:
        _retire(current)
    return current is not None


def _current_ssn(patient: Patient) -> Identifier | None:
    found = Identifier.objects.filter(patient=patient, kind=IdentifierKind.SSN, is_current=True)
    return found.first()


def _retire(identifier: Identifier) -> None:
    identifier.is_current = False
    identifier.save(update_fields=["is_current"])


@attributed
def add_other(
    *,
    actor: User,
    patient: Patient,
    kind: IdentifierKind,
    value: str,
    facility_id: int | None = None,
) -> Identifier:
    """Store another number under which the patient is known elsewhere; once for each value."""
    key = value.strip().upper()[:64]
    found = Identifier.objects.filter(patient=patient, kind=kind, value_key=key).first()
    return found or Identifier.objects.create(
        patient=patient, kind=kind, facility_id=facility_id, value=value.strip()[:64], value_key=key
    )
