"""Patients of a source in the terms of the patient index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TypeVar

from records.interchange.enums import Precision, Reason
from records.interchange.errors import InterchangeError
from records.interchange.rules import moments
from records.interchange.rules.visits import clipped
from records.interchange.values import (
    AddressValue,
    ContactValue,
    IdentifierValue,
    Moment,
    NameValue,
    PatientValue,
    Period,
    TelecomValue,
)
from records.patients.enums import (
    AddressKind,
    BirthPrecision,
    ContactKind,
    IdentifierKind,
    NameKind,
    PhoneKind,
    Sex,
)
from records.patients.rules import keys, mrn, phones, ssn
from records.patients.rules.names import PersonName
from records.patients.services.facts import (
    AddressFact,
    ContactFact,
    OtherName,
    PersonFacts,
    PhoneFact,
    ReachFacts,
)

PRECISIONS = {
    Precision.YEAR: BirthPrecision.YEAR,
    Precision.MONTH: BirthPrecision.MONTH,
    Precision.DAY: BirthPrecision.DAY,
    Precision.TIME: BirthPrecision.DAY,
}
NAME_KINDS = {
    "maiden": NameKind.MAIDEN,
    "old": NameKind.FORMER,
    "nickname": NameKind.PREFERRED,
    "usual": NameKind.PREFERRED,
    "temp": NameKind.TEMPORARY,
}
HIDDEN_NAMES = frozenset({"anonymous"})
ADDRESS_KINDS = {
    "home": AddressKind.HOME,
    "work": AddressKind.WORK,
    "temp": AddressKind.TEMPORARY,
    "billing": AddressKind.MAILING,
}
PHONE_KINDS = {"home": PhoneKind.HOME, "work": PhoneKind.WORK, "mobile": PhoneKind.MOBILE}
PHONE_SYSTEMS = {"phone": PhoneKind.OTHER, "fax": PhoneKind.FAX, "sms": PhoneKind.MOBILE}
# HL7 tables 0131 (contact role) and the v3 role codes of relatives.
CONTACT_KINDS = {
    "N": ContactKind.NEXT_OF_KIN,
    "C": ContactKind.EMERGENCY,
    "ECON": ContactKind.EMERGENCY,
    "NOK": ContactKind.NEXT_OF_KIN,
    "MTH": ContactKind.MOTHER,
    "NMTH": ContactKind.MOTHER,
    "FTH": ContactKind.FATHER,
    "NFTH": ContactKind.FATHER,
    "GUARD": ContactKind.GUARDIAN,
    "POWATT": ContactKind.PERSONAL_REPRESENTATIVE,
    "HPOWATT": ContactKind.PERSONAL_REPRESENTATIVE,
    "SPS": ContactKind.SPOUSE,
    "WIFE": ContactKind.SPOUSE,
    "HUSB": ContactKind.SPOUSE,
    "CHILD": ContactKind.CHILD,
    "SON": ContactKind.CHILD,
    "DAU": ContactKind.CHILD,
}
# HL7 table 0203.
IDENTIFIER_KINDS = {
    "MR": IdentifierKind.OTHER_MRN,
    "PI": IdentifierKind.OTHER_MRN,
    "PT": IdentifierKind.OTHER_MRN,
    "EI": IdentifierKind.ENTERPRISE,
    "PE": IdentifierKind.ENTERPRISE,
    "MC": IdentifierKind.MEDICARE,
    "MA": IdentifierKind.MEDICAID,
    "MB": IdentifierKind.INSURANCE,
    "SN": IdentifierKind.INSURANCE,
    "DL": IdentifierKind.DRIVERS_LICENSE,
    "PPN": IdentifierKind.PASSPORT,
}
UNKEPT = frozenset({"SS", "AN", "TAX"})
LONGEST_NUMBER, LONGEST_MRN = 64, 16
Fact = TypeVar("Fact", PhoneFact, AddressFact, ContactFact)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Numbers:
    """The numbers of a patient: this house's own, the social security number, all others."""

    own: str
    ssn: str
    others: tuple[tuple[IdentifierKind, str], ...]


def person_facts(value: PatientValue, zone: tzinfo) -> PersonFacts:
    """Return who the patient is.

    Raises:
        InterchangeError: there is no name to file them under.
    """
    name = legal_name(value)
    born_on = value.birth.on if value.birth else None
    died = value.died
    return PersonFacts(
        family=name.family,
        given=name.given,
        middle=name.middle,
        suffix=name.suffix,
        sex=Sex(value.sex),
        birth_on=born_on,
        birth_precision=precision_of(value.birth),
        died_on=moments.day_of(died, zone, not_before=born_on) if died else None,
        language=value.languages[0][:40] if value.languages else "",
        race=value.race[:80],
        ethnicity=value.ethnicity[:80],
        email=email_of(value),
        mother_maiden_name=value.mothers_maiden_name[:100],
        birth_order=value.multiple_birth or None,
    )


def legal_name(value: PatientValue) -> PersonName:
    """Return the name that the chart goes by.

    Raises:
        InterchangeError: there is none with a letter in it.
    """
    name = person_name(value.name) if value.name else PersonName("")
    if not keys.name_columns(name).family_key:
        raise InterchangeError(
            "The patient has no family name; register them by hand.", Reason.NO_NAME
        )
    return name


def person_name(name: NameValue) -> PersonName:
    """Return a name in its four fields; of a name given as one text the last word is the family."""
    family, given = name.family, list(name.given)
    if not family and not given and name.text:
        *given, family = name.text.split()
    return PersonName(
        family=" ".join(family.split())[:100],
        given=given[0][:100] if given else "",
        middle=" ".join(given[1:])[:100],
        suffix=" ".join(name.suffix)[:20],
    )


def precision_of(birth: Moment | None) -> BirthPrecision:
    return PRECISIONS[birth.precision] if birth else BirthPrecision.UNKNOWN


def email_of(value: PatientValue) -> str:
    found = (item.value for item in value.telecoms if item.system == "email" and item.use != "old")
    return next((text for text in found if EMAIL.fullmatch(text) and len(text) <= 254), "")


def reach_facts(value: PatientValue) -> ReachFacts:
    """Return other names, phones, addresses and contacts; what cannot be used is left out."""
    return ReachFacts(
        names=tuple(other_names(value)),
        phones=unique(phone_facts(value.telecoms)),
        addresses=unique([*map(address_fact, value.addresses), *birth_places(value)]),
        contacts=unique(map(contact_fact, value.contacts)),
    )


def unique(facts: Iterable[Fact | None]) -> tuple[Fact, ...]:
    """Return the facts there are, each once, in their order."""
    return tuple(dict.fromkeys(fact for fact in facts if fact is not None))


def other_names(value: PatientValue) -> list[OtherName]:
    legal = keys.name_columns(legal_name(value)).name_key
    found: dict[tuple[NameKind, str], OtherName] = {}
    for each in value.names:
        name, kind = person_name(each), NAME_KINDS.get(each.use, NameKind.ALIAS)
        columns = keys.name_columns(name)
        is_other = columns.family_key and columns.name_key != legal
        if is_other and each.use not in HIDDEN_NAMES:
            found.setdefault((kind, columns.name_key), OtherName(kind, name))
    return list(found.values())


def phone_facts(telecoms: tuple[TelecomValue, ...]) -> list[PhoneFact]:
    """Return the telephone numbers that can be ones, each line once."""
    found: dict[str, PhoneFact] = {}
    for item in telecoms:
        parsed = phones.parse(item.value)
        if item.system not in PHONE_SYSTEMS or item.use == "old" or parsed is None:
            continue
        kind = PHONE_SYSTEMS[item.system]
        if kind == PhoneKind.OTHER:
            kind = PHONE_KINDS.get(item.use, PhoneKind.OTHER)
        if len(parsed.digits) <= 20:
            found.setdefault(parsed.digits, PhoneFact(kind, parsed.shown[:40]))
    return list(found.values())


def address_fact(value: AddressValue) -> AddressFact | None:
    kind = ADDRESS_KINDS.get(value.use, AddressKind.HOME)
    if value.type == "postal" and kind == AddressKind.HOME:
        kind = AddressKind.MAILING
    return address_of(value, kind)


def birth_places(value: PatientValue) -> list[AddressFact | None]:
    return [address_of(value.birth_place, AddressKind.BIRTH)] if value.birth_place else []


def address_of(value: AddressValue, kind: AddressKind) -> AddressFact | None:
    """Return an address; None where it says nothing."""
    lines = value.lines or ((value.text,) if value.text and not value.city else ())
    first, last = in_force(value.period)
    fact = AddressFact(
        kind=kind,
        line1=clipped(lines[0], 120) if lines else "",
        line2=clipped(", ".join(lines[1:]), 120),
        city=clipped(value.city, 80),
        state=clipped(value.state, 40),
        postal_code=clipped(value.postal_code, 20),
        country=clipped(value.country, 40),
        valid_from=first,
        valid_until=last,
    )
    return fact if any((fact.line1, fact.city, fact.state, fact.postal_code)) else None


def in_force(period: Period) -> tuple[date | None, date | None]:
    """Return the days of a period; a reversed one says nothing."""
    first = period.start.on if period.start else None
    last = period.end.on if period.end else None
    return (None, None) if first and last and last < first else (first, last)


def contact_fact(value: ContactValue) -> ContactFact | None:
    name = value.name.shown if value.name else value.organization
    known = (CONTACT_KINDS[code] for code in value.codes if code in CONTACT_KINDS)
    place = value.address
    parts = (*place.lines, place.city, place.state, place.postal_code) if place else ()
    numbers = (item.value for item in value.telecoms if item.system in PHONE_SYSTEMS)
    if not name.strip():
        return None
    return ContactFact(
        kind=next(known, ContactKind.OTHER),
        name=clipped(name, 160),
        relationship=clipped(value.relationship, 60),
        phone=clipped(next(numbers, ""), 40),
        address=clipped(", ".join(part for part in parts if part), 200),
    )


def numbers_of(value: PatientValue, own_system: str) -> Numbers:
    """Return the patient's numbers; `own_system` names the one whose numbers are this house's.

    A social security number that cannot be one is left out (MPI-7), as are numbers of accounts
    and taxes.
    """
    ours = (own_number(item, own_system) for item in value.identifiers)
    social = (item.value for item in value.identifiers if item.type == "SS")
    others = dict.fromkeys(
        (IDENTIFIER_KINDS.get(item.type, IdentifierKind.OTHER), item.value[:LONGEST_NUMBER])
        for item in value.identifiers
        if item.type not in UNKEPT and not own_number(item, own_system)
    )
    return Numbers(
        own=next((digits for digits in ours if digits), ""),
        ssn=next((text for text in social if ssn.check(text).is_valid), ""),
        others=tuple(others),
    )


def own_number(item: IdentifierValue, own_system: str) -> str:
    """Return the digits of a record number of this house, or nothing."""
    if not own_system or item.system != own_system or item.use == "old":
        return ""
    digits = mrn.normalise(item.value)
    return digits if digits and len(digits) <= LONGEST_MRN else ""


def name_keys(value: PatientValue) -> list[str]:
    """Return every name of the patient as the index keys it."""
    names = [legal_name(value), *(person_name(item) for item in value.names)]
    columns = [keys.name_columns(name) for name in names]
    return list(dict.fromkeys(item.name_key for item in columns if item.family_key))
