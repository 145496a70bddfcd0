"""Other names, phones, addresses and contacts: brought in line with what was entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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

ADDRESS_FIELDS = tuple(AddressFact.__dataclass_fields__)
CONTACT_FIELDS = tuple(ContactFact.__dataclass_fields__)


@attributed
def replace(*, actor: User, patient: Patient, facts: ReachFacts) -> list[str]:
    """Store exactly what `facts` says; return which groups changed.

    Rows that stay the same are left untouched, so the history shows only what moved.

    Raises:
        FactsRefused: a telephone number cannot be one.
    """
    groups: dict[str, tuple[type[Model], Iterable[dict[str, Any]], Callable[[Any], Any]]] = {
        "names": (Name, map(_name_row, facts.names), lambda row: (row.kind, row.name_key)),
        "phones": (Phone, _phone_rows(facts.phones), lambda row: (row.kind, row.digits)),
        "addresses": (Address, map(asdict, facts.addresses), _key_of(ADDRESS_FIELDS)),
        "contacts": (Contact, map(asdict, facts.contacts), _key_of(CONTACT_FIELDS)),
    }
    return [
        group
        for group, (model, rows, key) in groups.items()
        if _bring_in_line(patient, model, rows, key)
    ]


def _bring_in_line(
    patient: Patient, model: type[Model], rows: Iterable[dict[str, Any]], key: Callable[[Any], Any]
) -> bool:
    wanted = {key(row): row for row in (model(patient=patient, **values) for values in rows)}
    stored = {key(row): row for row in model._default_manager.filter(patient=patient)}
    for gone in stored.keys() - wanted.keys():
        stored[gone].delete()
    for new in [name for name in wanted if name not in stored]:
        wanted[new].save()
    return stored.keys() != wanted.keys()


def _key_of(names: tuple[str, ...]) -> Callable[[Any], Any]:
    return lambda row: tuple(getattr(row, name) for name in names)


def _name_row(other: OtherName) -> dict[str, Any]:
    return {
        "kind": other.kind,
        **asdict(other.name),
        **asdict(keys.name_columns(other.name)),
    }


def _phone_rows(given: tuple[PhoneFact, ...]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for position, fact in enumerate(given):
        parsed = phones.parse(fact.number)
        if parsed is None:
            raise FactsRefused(f"phones-{position}-number", "This cannot be a telephone number.")
        rows.setdefault(
            parsed.digits, {"kind": fact.kind, "number": parsed.shown, "digits": parsed.digits}
        )
    return list(rows.values())
