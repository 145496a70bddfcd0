"""Plain values that readers give and services take; every format ends in these.

All are frozen and hold no handle on the file they came from, so they cross process borders.
`source_key` names the thing in its source and is the same at each import; `source_hash` changes
when, and only when, what is read changes; `aliases` are the names by which other resources, also
in other files, refer to it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from records.interchange.enums import FileKind, Outcome, Precision, Reason

UNHASHED = {"is_hashed": False}


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time as precise as it was given; `on` is its first day in its own zone."""

    text: str
    precision: Precision
    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    start: Moment | None = None
    end: Moment | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to something: `key` is its source key where it is in the same file."""

    text: str
    display: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierValue:
    system: str
    type: str  # HL7 table 0203 code (MR, SS, DL, PPN, ...) or the text given
    value: str
    use: str = ""
    assigner: str = ""
    period: Period = Period()


@dataclass(frozen=True, slots=True)
class NameValue:
    use: str  # official, usual, maiden, nickname, old, anonymous, temp or blank
    family: str
    given: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    text: str = ""
    period: Period = Period()

    @property
    def shown(self) -> str:
        """The name in reading order."""
        parts = [*self.prefix, *self.given, self.family, *self.suffix]
        return " ".join(part for part in parts if part) or self.text

    @property
    def filed(self) -> str:
        """The name as lists are sorted: `Hale, Jordan MD`; the form of address falls."""
        first = " ".join(part for part in (*self.given, *self.suffix) if part)
        return ", ".join(part for part in (self.family, first) if part) or self.text


@dataclass(frozen=True, slots=True)
class AddressValue:
    use: str
    type: str
    lines: tuple[str, ...]
    city: str
    district: str
    state: str
    postal_code: str
    country: str
    text: str = ""
    period: Period = Period()


@dataclass(frozen=True, slots=True)
class TelecomValue:
    system: str  # phone, fax, email, pager, url, sms, other
    use: str
    value: str
    period: Period = Period()


@dataclass(frozen=True, slots=True)
class ContactValue:
    """Next of kin, guardian, emergency contact: somebody the patient is reached through."""

    relationship: str
    codes: tuple[str, ...]
    name: NameValue | None
    telecoms: tuple[TelecomValue, ...]
    address: AddressValue | None
    organization: str = ""
    period: Period = Period()


@dataclass(frozen=True, slots=True)
class LinkValue:
    """Another record of the same person: replaced-by, replaces, refer, seealso."""

    type: str
    other: Reference


@dataclass(frozen=True, slots=True)
class PatientValue:
    source_key: str
    aliases: tuple[str, ...] = field(metadata=UNHASHED)
    identifiers: tuple[IdentifierValue, ...]
    names: tuple[NameValue, ...]
    sex: str  # FEMALE, MALE, OTHER, UNKNOWN
    birth_sex: str
    birth: Moment | None
    is_deceased: bool | None
    died: Moment | None
    addresses: tuple[AddressValue, ...]
    telecoms: tuple[TelecomValue, ...]
    contacts: tuple[ContactValue, ...]
    multiple_birth: int | None  # order in a multiple birth; 0 when known to be one, order not told
    mothers_maiden_name: str
    languages: tuple[str, ...]
    race: str
    ethnicity: str
    marital_status: str
    birth_place: AddressValue | None
    is_active: bool
    links: tuple[LinkValue, ...]
    source_hash: str = field(default="", metadata=UNHASHED)

    @property
    def name(self) -> NameValue | None:
        """The legal name: the official one, else the usual one, else the first."""
        for use in ("official", "usual"):
            for name in self.names:
                if name.use == use:
                    return name
        return self.names[0] if self.names else None


@dataclass(frozen=True, slots=True)
class ProviderValue:
    source_key: str
    aliases: tuple[str, ...] = field(metadata=UNHASHED)
    npi: str  # blank unless the check digit holds
    identifiers: tuple[IdentifierValue, ...]
    name: NameValue | None
    telecoms: tuple[TelecomValue, ...]
    addresses: tuple[AddressValue, ...]
    is_active: bool
    source_hash: str = field(default="", metadata=UNHASHED)


@dataclass(frozen=True, slots=True)
class OrganizationValue:
    source_key: str
    aliases: tuple[str, ...] = field(metadata=UNHASHED)
    npi: str
    identifiers: tuple[IdentifierValue, ...]
    name: str
    type: str
    telecoms: tuple[TelecomValue, ...]
    addresses: tuple[AddressValue, ...]
    is_active: bool
    source_hash: str = field(default="", metadata=UNHASHED)


@dataclass(frozen=True, slots=True)
class EncounterValue:
    source_key: str
    aliases: tuple[str, ...] = field(metadata=UNHASHED)
    identifiers: tuple[IdentifierValue, ...]
    kind: str  # records.encounters.enums.EncounterKind
    class_code: str
    status: str  # records.encounters.enums.EncounterStatus
    source_status: str
    start: Moment | None
    end: Moment | None
    type: str
    reason: str
    provider: Reference | None
    organization: Reference | None
    locations: tuple[str, ...]
    admit_source: str
    disposition: str
    disposition_code: str
    source_hash: str = field(default="", metadata=UNHASHED)


@dataclass(frozen=True, slots=True)
class AttachmentValue:
    """A file that came along: bytes, what they are, and what they are about."""

    source_key: str
    title: str
    type: str
    media_type: str
    kind: FileKind  # told by the bytes, not by the media type that was claimed
    content: bytes
    created: Moment | None
    author: str
    status: str
    encounter: Reference | None
    labels: tuple[str, ...] = ()
    source_hash: str = field(default="", metadata=UNHASHED)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Subheading:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    weight: int = 0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Subheading | Bullets | Facts | Table


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ClinicalDocumentValue:
    """Clinical content of one encounter, or of a patient outside any, made readable."""

    source_key: str
    title: str
    encounter: Reference | None  # None: the patient's health summary
    on: Moment | None
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    labels: tuple[str, ...]  # confidentiality and sensitivity codes of the source
    resources: int
    source_json: bytes = field(metadata=UNHASHED)  # the resources it was made from, as a bundle
    content_hash: str = ""  # of the resources without their version and time of export
    source_hash: str = field(default="", metadata=UNHASHED)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that could not be read, where, and why."""

    path: str
    message: str
    reason: Reason
    type: str = ""


@dataclass(frozen=True, slots=True)
class Remainder:
    """A resource that was read but belongs to no value, and why."""

    path: str
    type: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one resource of the file: each has exactly one."""

    path: str
    type: str
    outcome: Outcome
    source_key: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PatientBundleValue:
    """All that a file says of one patient; `patient` is None where the file only refers to them."""

    patient: PatientValue | None
    reference: Reference
    encounters: tuple[EncounterValue, ...] = ()
    providers: tuple[ProviderValue, ...] = ()
    organizations: tuple[OrganizationValue, ...] = ()
    documents: tuple[ClinicalDocumentValue, ...] = ()
    attachments: tuple[AttachmentValue, ...] = ()
    remainder: tuple[Remainder, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a file holds; the fates account for every resource of it."""

    name: str
    kind: FileKind
    patients: tuple[PatientBundleValue, ...] = ()
    providers: tuple[ProviderValue, ...] = ()
    organizations: tuple[OrganizationValue, ...] = ()
    unassigned: tuple[AttachmentValue, ...] = ()  # files that name no patient
    remainder: tuple[Remainder, ...] = ()  # what names no patient
    rejected: tuple[Rejection, ...] = ()
    fates: tuple[Fate, ...] = ()


Hashed = TypeVar(
    "Hashed",
    PatientValue,
    ProviderValue,
    OrganizationValue,
    EncounterValue,
    AttachmentValue,
    ClinicalDocumentValue,
)


def sealed(value: Hashed) -> Hashed:
    """Return `value` with its `source_hash`."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=True)
    return replace(value, source_hash=hashlib.sha256(text.encode("ascii")).hexdigest())


def plain(value: Any) -> Any:
    """Return `value` as JSON types; fields that say so in their metadata are left out."""
    if is_dataclass(value):
        return {
            item.name: plain(getattr(value, item.name))
            for item in fields(value)
            if item.metadata.get("is_hashed", True)
        }
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, date | datetime | Decimal):
        return str(value)
    return value
