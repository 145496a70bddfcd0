"""A patient as the chart's pages read it, through an opened scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from auditlog.models import LogEntry
from django.db import connection
from django.db.models import prefetch_related_objects

from records.access.services.opening import ChartScope
from records.patients import tracking
from records.patients.enums import BirthPrecision, IdentifierKind, Sex
from records.patients.models import Identifier, Name, Patient
from records.patients.rules import birth
from records.patients.rules.names import PersonName, words_of
from records.patients.selectors import branches

GUESSED = frozenset({BirthPrecision.ESTIMATED, BirthPrecision.UNKNOWN})
HISTORY = (
    f"SELECT * FROM auditlog_logentry WHERE {tracking.ENTRIES} ORDER BY id DESC LIMIT %(most)s"
)
WHO = """
SELECT p.chart_id, p.family, p.given, p.middle, p.suffix, p.birth_on, p.birth_precision,
       p.died_on, p.sex, p.mrn, p.unit_id,
       (SELECT name FROM access_custodyunit WHERE id = p.unit_id), p.is_confidential_address
  FROM patients_patient p WHERE p.chart_id = %s
"""


@dataclass(frozen=True, slots=True)
class Who:
    """What every page of a chart says of its patient."""

    pk: int
    family: str
    given: str
    middle: str
    suffix: str
    birth_on: date | None
    birth_precision: str
    died_on: date | None
    sex: str
    mrn: str
    unit_id: int
    unit: str
    is_confidential_address: bool

    @property
    def sex_label(self) -> str:
        """The sex in words."""
        return Sex(self.sex).label


def get_who(scope: ChartScope) -> Who:
    """Return who the patient of an opened chart is, in one fixed statement.

    Raises:
        Patient.DoesNotExist: the chart has no patient.
    """
    with connection.cursor() as cursor:
        cursor.execute(WHO, [scope.patient_id])
        row = cursor.fetchone()
    if row is None:
        raise Patient.DoesNotExist
    return Who(*row)


def get_earliest_birth(scope: ChartScope) -> date | None:
    """Return the first day on which the patient can have been born; None where it is a guess."""
    who = get_who(scope)
    if who.birth_on is None or who.birth_precision in GUESSED:
        return None
    return birth.earliest_day(who.birth_on, who.birth_precision)


def get_patient(scope: ChartScope) -> Patient:
    """Return the patient of an opened chart with its unit, in one query."""
    return Patient.objects.select_related("unit").get(pk=scope.patient_id)


def get_patient_whole(scope: ChartScope) -> Patient:
    """Return the patient with names, numbers, phones, addresses and contacts: six queries."""
    return (
        Patient.objects.select_related("unit__facility")
        .prefetch_related("names", "identifiers", "phones", "addresses", "contacts")
        .get(pk=scope.patient_id)
    )


def get_last_four(patient: Patient) -> str:
    """Return the last four digits of the social security number, or an empty text."""
    found = Identifier.objects.filter(patient=patient, kind=IdentifierKind.SSN, is_current=True)
    return found.values_list("last_four", flat=True).first() or ""


def list_history(scope: ChartScope, *, most: int) -> list[LogEntry]:
    """Return what was changed about the patient, newest first, with before and after."""
    values = tracking.entries_of([scope.patient_id]) | {"most": most}
    found = list(LogEntry.objects.raw(HISTORY, values))
    prefetch_related_objects(found, "actor")
    return found


def map_names(patient_ids: Sequence[int]) -> dict[int, tuple[PersonName, str]]:
    """Return name and number of each patient, in one query; for lists of other rooms."""
    rows = Patient.objects.filter(pk__in=patient_ids).values_list(
        "pk", "family", "given", "middle", "suffix", "mrn"
    )
    return {row[0]: (PersonName(*row[1:5]), row[5]) for row in rows}


def bears_name(patient_id: int, text: str) -> bool:
    """Tell whether `text` holds family and first given name of the patient, now or as an alias.

    Order, capitals, accents and further names do not matter. One query, or two for an alias.
    """
    said = set(words_of(text))
    found = Patient.objects.filter(pk=patient_id).values_list("family", "given")
    aliases = Name.objects.filter(patient_id=patient_id).values_list("family", "given")
    return any(
        {*words_of(family), *words_of(given)[:1]} <= said
        for rows in (found, aliases)
        for family, given in rows
    )


def find_by_mrn(number: str) -> int | None:
    """Return the patient who has, or had, a record number; None if nobody."""
    return next(iter(list_by_mrn(number)), None)


def list_by_mrn(number: str) -> list[int]:
    """Return the patients who have, or had, a record number: one for each facility at the most."""
    return list(dict.fromkeys(patient_id for patient_id, _ in list_holders(number)))


def list_holders(number: str) -> list[tuple[int, str]]:
    """Return who has, or had, a record number, each with the code of the facility that gave it."""
    kinds = [IdentifierKind.MRN, IdentifierKind.FORMER_MRN]
    found = Identifier.objects.filter(
        value_key__in=branches.every_length(number), kind__in=kinds
    ).order_by("-is_current", "pk")
    return [(row[0], row[1] or "") for row in found.values_list("patient_id", "facility__code")]
