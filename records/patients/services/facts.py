"""What the services of this room are told about a person: plain values, no tables."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from records.patients.enums import (
    AddressKind,
    BirthPrecision,
    ContactKind,
    NameKind,
    NameStatus,
    PhoneKind,
    Sex,
)
from records.patients.rules.names import PersonName


@dataclass(frozen=True)
class OtherName:
    """Another name, what kind it is, and until when it was in use."""

    kind: NameKind
    name: PersonName
    valid_until: date | None = None


@dataclass(frozen=True)
class PhoneFact:
    """A telephone number as written."""

    kind: PhoneKind
    number: str


@dataclass(frozen=True)
class AddressFact:
    """An address and the time it was in force."""

    kind: AddressKind
    line1: str
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class ContactFact:
    """Next of kin or another person to turn to."""

    kind: ContactKind
    name: str
    relationship: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True)
class PersonFacts:
    """Who a patient is, as columns of the patient's own row."""

    family: str
    given: str = ""
    middle: str = ""
    suffix: str = ""
    sex: Sex = Sex.UNKNOWN
    gender_identity: str = ""
    name_status: NameStatus = NameStatus.LEGAL
    birth_on: date | None = None
    birth_precision: BirthPrecision = BirthPrecision.DAY
    died_on: date | None = None
    language: str = ""
    race: str = ""
    ethnicity: str = ""
    email: str = ""
    mother_maiden_name: str = ""
    birth_order: int | None = None
    is_confidential_address: bool = False

    @property
    def name(self) -> PersonName:
        """The legal name."""
        return PersonName(self.family, self.given, self.middle, self.suffix)


@dataclass(frozen=True)
class ReachFacts:
    """Other names, and where and through whom the person is reached."""

    names: tuple[OtherName, ...] = ()
    phones: tuple[PhoneFact, ...] = ()
    addresses: tuple[AddressFact, ...] = ()
    contacts: tuple[ContactFact, ...] = ()


PERSON_FIELDS = tuple(field.name for field in fields(PersonFacts))
