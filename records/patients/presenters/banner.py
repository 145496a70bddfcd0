"""The line that says on every page whose chart this is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from records.access import flags
from records.access.flags import Flag
from records.access.selectors import glass
from records.access.services.opening import ChartScope
from records.patients.models import Patient
from records.patients.selectors import patients


@dataclass(frozen=True)
class Banner:
    """What the patient banner shows."""

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
    unit: str
    unit_id: int
    flags: list[Flag]
    glass_until: datetime | None = None
    glass_id: int | None = None

    @property
    def is_for_reading(self) -> bool:
        """Whether the pages of this chart offer reading alone: an emergency access opened it."""
        return self.glass_id is not None


def get_banner(scope: ChartScope) -> Banner:
    """Return the banner of an opened chart: one query, one a flag, one if the glass is broken."""
    return present(patients.get_patient(scope), scope)


def present(patient: Patient, scope: ChartScope) -> Banner:
    """Return the banner of a patient already loaded with its unit."""
    found = flags.list_flags(patient.pk)
    if patient.is_confidential_address:
        found = [*found, Flag("Confidential address", icon="lock")]
    broken = None
    if scope.glass_id:
        broken = glass.get_open(user=scope.actor, chart_id=patient.pk)
    return Banner(
        pk=patient.pk,
        family=patient.family,
        given=patient.given,
        middle=patient.middle,
        suffix=patient.suffix,
        birth_on=patient.birth_on,
        birth_precision=patient.birth_precision,
        died_on=patient.died_on,
        sex=patient.get_sex_display(),
        mrn=patient.mrn,
        unit=patient.unit.name,
        unit_id=patient.unit_id,
        flags=found,
        glass_until=broken.ends_at if broken else None,
        glass_id=broken.pk if broken else None,
    )
