"""The line that says on every page whose chart this is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from records.access import flags
from records.access.flags import Flag
from records.access.selectors import glass
from records.access.services.opening import ChartScope
from records.patients.rules import names
from records.patients.rules.names import PersonName
from records.patients.selectors import patients
from records.patients.selectors.patients import Who


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
    granted_until: datetime | None = None
    # Where the name leads, if not to the chart.
    url: str = ""

    @property
    def letter_name(self) -> str:
        """The name as it stands in a letter, and as its bearer writes it."""
        return names.letter_name(PersonName(self.family, self.given, self.middle, self.suffix))

    @property
    def is_for_reading(self) -> bool:
        """Whether the pages of this chart offer reading alone: an emergency access opened it."""
        return self.glass_id is not None


def get_banner(scope: ChartScope) -> Banner:
    """Return the banner of an opened chart: one query, one a flag, one if the glass is broken."""
    who = patients.get_who(scope)
    found = flags.list_flags(who.pk)
    if who.is_confidential_address:
        found = [*found, Flag("Confidential address", icon="lock")]
    broken = None
    if scope.glass_id:
        broken = glass.get_open(user=scope.actor, chart_id=who.pk)
    return present(
        who,
        found,
        glass_until=broken.ends_at if broken else None,
        glass_id=broken.pk if broken else None,
        granted_until=scope.granted_until,
    )


def present(who: Who, shown: list[Flag], **more: Any) -> Banner:
    """Return the banner of a patient with the flags `shown`; `more` are its other fields."""
    return Banner(
        pk=who.pk,
        family=who.family,
        given=who.given,
        middle=who.middle,
        suffix=who.suffix,
        birth_on=who.birth_on,
        birth_precision=who.birth_precision,
        died_on=who.died_on,
        sex=who.sex_label,
        mrn=who.mrn,
        unit=who.unit,
        unit_id=who.unit_id,
        flags=shown,
        **more,
    )
