"""Other names, phones, addresses and contacts: brought in line with what was entered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Model

from accounts.models import User
from audit.writes import attributed
from records.patients.errors import FactsRefused
from records.patients.models import Address, Contact, Name, Patient, Phone
from records.patients.rules import keys, phones
from records.patients.services.facts import (
    AddressFact,
    ContactFact,
    OtherName,
    PhoneFact,
    ReachFacts,
)

# By these columns a stored row is the same as one entered.
NAME_COLUMNS = ("kind", "family", "given", "middle", "suffix")
PHONE_COLUMNS = ("kind", "number")
ADDRESS_COLUMNS = tuple(AddressFact.__dataclass_fields__)
CONTACT_COLUMNS = tuple(ContactFact.__dataclass_fields__)
Row = dict[str, Any]


@attributed
def replace(*, actor: User, patient: Patient, facts: ReachFacts) -> list[str]:
    """Store exactly what `facts` says; return which groups changed.

    Rows that stay the same are left untouched, so the history shows only what moved.

    Raises:
        FactsRefused: a telephone number cannot be one, or an address ends before it begins.
    """
    groups: dict[str, tuple[type[Model], list[Row], tuple[str, ...]]] = {
        "names": (Name, _name_rows(facts.names), NAME_COLUMNS),
        "phones": (Phone, _phone_rows(facts.phones), PHONE_COLUMNS),
        "addresses": (Address, _address_rows(facts.addresses), ADDRESS_COLUMNS),
        "contacts": (Contact, list(map(asdict, facts.contacts)), CONTACT_COLUMNS),
    }
    return [
        group
        for group, (model, rows, columns) in groups.items()
        if _bring_in_line(patient, model, rows, columns)
    ]


def _bring_in_line(
    patient: Patient, model: type[Model], rows: Iterable[Row], columns: tuple[str, ...]
) -> bool:
    """Remove what is no longer wanted first, so that no row stands in the way of its successor."""
    wanted = {_key(row := model(patient=patient, **values), columns): row for values in rows}
    stored = {_key(row, columns): row for row in model._default_manager.filter(patient=patient)}
    for gone in stored.keys() - wanted.keys():
        stored[gone].delete()
    for new in [key for key in wanted if key not in stored]:
        wanted[new].save()
    return stored.keys() != wanted.keys()


def _key(row: Model, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns)


def _name_rows(given: tuple[OtherName, ...]) -> list[Row]:
    """Return one row for each kind and name as search compares it; the first spelling holds."""
    rows: dict[tuple[str, str], Row] = {}
    for other in given:
        columns = keys.name_columns(other.name)
        rows.setdefault(
            (other.kind, columns.name_key),
            {
                "kind": other.kind,
                "valid_until": other.valid_until,
                **asdict(other.name),
                **asdict(columns),
            },
        )
    return list(rows.values())


def _phone_rows(given: tuple[PhoneFact, ...]) -> list[Row]:
    rows: dict[str, Row] = {}
    for position, fact in enumerate(given):
        parsed = phones.parse(fact.number)
        if parsed is None:
            raise FactsRefused(f"phones-{position}-number", "This cannot be a telephone number.")
        # Written as at home, a number from abroad would be read as another one the next time.
        shown = parsed.shown if parsed.e164.startswith("+1") else parsed.e164
        rows.setdefault(
            parsed.digits, {"kind": fact.kind, "number": shown, "digits": parsed.digits}
        )
    return list(rows.values())


def _address_rows(given: tuple[AddressFact, ...]) -> list[Row]:
    for position, fact in enumerate(given):
        if fact.valid_from and fact.valid_until and fact.valid_until < fact.valid_from:
            raise FactsRefused(
                f"addresses-{position}-valid_until", "The address ends before it begins."
            )
    return list(map(asdict, given))
