"""Reads patients, their contacts, practitioners and organizations."""

from __future__ import annotations

from dataclasses import replace

from records.interchange.enums import Reason
from records.interchange.fhir import parts
from records.interchange.fhir.bundle import Entry
from records.interchange.fhir.node import Node
from records.interchange.values import (
    ContactValue,
    IdentifierValue,
    LinkValue,
    Moment,
    OrganizationValue,
    PatientValue,
    ProviderValue,
    Reference,
    sealed,
)

CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
STANDARD = "http://hl7.org/fhir/StructureDefinition/patient-"
NPI = "http://hl7.org/fhir/sid/us-npi"
SEXES = {"female": "FEMALE", "male": "MALE", "other": "OTHER", "unknown": "UNKNOWN", "": "UNKNOWN"}
BIRTH_SEXES = {"F": "FEMALE", "M": "MALE", "OTH": "OTHER", "UNK": "UNKNOWN", "ASKU": "UNKNOWN"}


def patient(entry: Entry, key: str) -> PatientValue:
    """Read a Patient.

    Raises:
        FhirUnreadable: a part has a wrong shape, or its dates cannot be.
    """
    node = entry.node
    died = node.moment("deceasedDateTime")
    birth = node.moment("birthDate")
    check_life(node, birth, died)
    return sealed(
        PatientValue(
            source_key=key,
            aliases=entry.aliases,
            identifiers=parts.identifiers(node),
            names=tuple(map(parts.name, node.nodes("name"))),
            sex=sex(node),
            birth_sex=BIRTH_SEXES.get(node.extension(CORE + "birthsex").text("valueCode"), ""),
            birth=birth,
            is_deceased=True if died else node.flag("deceasedBoolean"),
            died=died,
            addresses=tuple(map(parts.address, node.nodes("address"))),
            telecoms=parts.telecoms(node),
            contacts=tuple(map(contact, node.nodes("contact"))),
            multiple_birth=multiple_birth(node),
            mothers_maiden_name=node.extension(STANDARD + "mothersMaidenName").text("valueString"),
            languages=languages(node),
            race=origin(node, "race"),
            ethnicity=origin(node, "ethnicity"),
            marital_status=parts.concept(node.node("maritalStatus")),
            birth_place=birth_place(node),
            is_active=node.flag("active") is not False,
            links=tuple(map(link, node.nodes("link"))),
        )
    )


def check_life(node: Node, birth: Moment | None, died: Moment | None) -> None:
    if birth and died and (died.on.year, died.on) < (birth.on.year, birth.on):
        is_same_year = died.on.year == birth.on.year
        if not (is_same_year and "YEAR" in (birth.precision, died.precision)):
            raise node.refuse("deceasedDateTime", "lies before the birth", Reason.DATES_REVERSED)


def sex(node: Node) -> str:
    code = node.text("gender")
    if code not in SEXES:
        raise node.refuse("gender", "is no code for sex", Reason.BAD_CODE)
    return SEXES[code]


def multiple_birth(node: Node) -> int | None:
    order = node.whole("multipleBirthInteger")
    if order is not None:
        if not 1 <= order <= 20:
            raise node.refuse("multipleBirthInteger", "is no order of birth", Reason.BAD_CODE)
        return order
    return 0 if node.flag("multipleBirthBoolean") else None


def languages(node: Node) -> tuple[str, ...]:
    spoken = sorted(
        node.nodes("communication"), key=lambda item: item.flag("preferred") is not True
    )
    found = (parts.concept(item.node("language")) for item in spoken)
    return tuple(word for word in found if word)


def origin(node: Node, what: str) -> str:
    """Return the words of a US Core race or ethnicity."""
    extension = node.extension(CORE + what)
    text = extension.extension("text").text("valueString")
    coded = extension.extension("ombCategory").node("valueCoding")
    return text or coded.text("display") or coded.text("code")


def birth_place(node: Node) -> parts.AddressValue | None:
    place = node.extension(STANDARD + "birthPlace").node("valueAddress")
    return parts.address(place) if place else None


def contact(node: Node) -> ContactValue:
    """Read a contact of a patient; RelatedPerson has the same parts under a few other names."""
    kinds = node.nodes("relationship")
    named = node.one_or_many("name")
    addresses = node.one_or_many("address")
    organization = node.node("organization")
    return ContactValue(
        relationship=parts.concepts(kinds),
        codes=tuple(coding.text("code") for kind in kinds for coding in kind.nodes("coding")),
        name=parts.name(named[0]) if named else None,
        telecoms=parts.telecoms(node),
        address=parts.address(addresses[0]) if addresses else None,
        organization=organization.text("display") or organization.text("reference"),
        period=node.period("period"),
    )


def with_contact(value: PatientValue, related: Node) -> PatientValue:
    """Return the patient with the RelatedPerson `related` among the contacts."""
    return sealed(replace(value, contacts=(*value.contacts, contact(related))))


def link(node: Node) -> LinkValue:
    other = node.node("other")
    return LinkValue(node.text("type"), Reference(other.text("reference"), other.text("display")))


def npi(found: tuple[IdentifierValue, ...]) -> str:
    numbers = (item.value for item in found if item.system == NPI or item.type == "NPI")
    return next((number for number in numbers if parts.is_npi(number)), "")


def provider(entry: Entry, key: str) -> ProviderValue:
    """Read a Practitioner.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    found = parts.identifiers(node)
    names = tuple(map(parts.name, node.nodes("name")))
    return sealed(
        ProviderValue(
            source_key=key,
            aliases=entry.aliases,
            npi=npi(found),
            identifiers=found,
            name=names[0] if names else None,
            telecoms=parts.telecoms(node),
            addresses=tuple(map(parts.address, node.nodes("address"))),
            is_active=node.flag("active") is not False,
        )
    )


def organization(entry: Entry, key: str) -> OrganizationValue:
    """Read an Organization.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    found = parts.identifiers(node)
    return sealed(
        OrganizationValue(
            source_key=key,
            aliases=entry.aliases,
            npi=npi(found),
            identifiers=found,
            name=node.text("name"),
            type=parts.concepts(node.nodes("type")),
            telecoms=parts.telecoms(node),
            addresses=tuple(map(parts.address, node.nodes("address"))),
            is_active=node.flag("active") is not False,
        )
    )
