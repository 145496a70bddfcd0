from __future__ import annotations

from datetime import date

import pytest

from records.interchange.enums import Precision
from records.interchange.values import AddressValue, NameValue, Period
from records.patients.enums import Sex
from tests.records.interchange.builders import (
    EXAMPLES,
    MRN,
    loaded,
    needs_samples,
    patient,
    read_all,
    read_json,
    rejections,
)

CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def one(resource: dict):
    result = read_all(resource)
    assert rejections(result) == []
    return result.patients[0].patient


def rejected(resource: dict) -> list[tuple[str, str]]:
    result = read_all(resource)
    assert result.patients == ()
    return rejections(result)


def test_patient_reads_identity():
    value = one(patient())

    assert value.source_key == f"Patient|{MRN}|MRN-p1"
    assert value.aliases == ("Patient/p1",)
    assert [(item.system, item.type, item.value) for item in value.identifiers] == [
        (MRN, "MR", "MRN-p1")
    ]
    assert value.name == NameValue("official", "Doe", ("Jo",))
    assert (value.sex, value.birth.on, value.birth.precision) == (
        "FEMALE",
        date(1980, 2, 29),
        Precision.DAY,
    )
    assert (value.is_deceased, value.died, value.multiple_birth) == (None, None, None)


@pytest.mark.parametrize("code", ["female", "male", "other", "unknown"])
def test_patient_sex_is_one_of_the_index(code):
    assert one(patient(gender=code)).sex in Sex.values


@pytest.mark.parametrize(
    "birth, precision",
    [("1980", Precision.YEAR), ("1980-02", Precision.MONTH), ("1980-02-03", Precision.DAY)],
)
def test_patient_birth_keeps_its_precision(birth, precision):
    assert one(patient(birthDate=birth)).birth.precision == precision


@pytest.mark.parametrize(
    "more, is_deceased, died",
    [
        ({}, None, None),
        ({"deceasedBoolean": False}, False, None),
        ({"deceasedBoolean": True}, True, None),
        ({"deceasedDateTime": "2001-02-03T04:05:06Z"}, True, date(2001, 2, 3)),
        ({"birthDate": "1980-06-01", "deceasedDateTime": "1980"}, True, date(1980, 1, 1)),
    ],
)
def test_patient_deceased(more, is_deceased, died):
    value = one(patient(**more))

    assert (value.is_deceased, value.died and value.died.on) == (is_deceased, died)


@pytest.mark.parametrize(
    "more, path, reason",
    [
        ({"birthDate": "1980-02-30"}, "birthDate", "IMPOSSIBLE_DATE"),
        ({"deceasedDateTime": "1979-12-31"}, "deceasedDateTime", "DATES_REVERSED"),
        ({"gender": "F"}, "gender", "BAD_CODE"),
        ({"multipleBirthInteger": 0}, "multipleBirthInteger", "BAD_CODE"),
        ({"multipleBirthInteger": "2"}, "multipleBirthInteger", "BAD_SHAPE"),
        ({"name": {"family": "Doe"}}, "name", "BAD_SHAPE"),
        ({"name": [{"family": 7}]}, "name[0].family", "BAD_SHAPE"),
        ({"name": [{"family": "a\u0000"}]}, "name[0].family", "BAD_TEXT"),
        (
            {"address": [{"period": {"start": "2001-99"}}]},
            "address[0].period.start",
            "IMPOSSIBLE_DATE",
        ),
    ],
)
def test_patient_that_cannot_be_read_is_rejected_with_its_path(more, path, reason):
    assert rejected(patient(**more)) == [(f"Bundle.entry[0].resource.{path}", reason)]


@pytest.mark.parametrize(
    "uses, chosen",
    [
        (("maiden", "usual", "official"), "official"),
        (("maiden", "usual"), "usual"),
        (("maiden", "old"), "maiden"),
    ],
)
def test_patient_name_is_the_legal_one(uses, chosen):
    value = one(patient(name=[{"use": use, "family": use} for use in uses]))

    assert (value.name.use, len(value.names)) == (chosen, len(uses))


def test_patient_without_a_name_has_none():
    assert one(patient(name=[])).name is None


@pytest.mark.parametrize(
    "name, shown",
    [
        (
            NameValue("", "O'Connell", ("Freda", "Lu"), ("Mrs.",), ("MD",)),
            "Mrs. Freda Lu O'Connell MD",
        ),
        (NameValue("", "", (), text="Doe, John"), "Doe, John"),
        (NameValue("", ""), ""),
    ],
)
def test_name_shown(name, shown):
    assert name.shown == shown


def test_patient_reads_us_extensions_and_the_rest():
    value = one(
        patient(
            extension=[
                {
                    "url": CORE + "race",
                    "extension": [
                        {
                            "url": "ombCategory",
                            "valueCoding": {"code": "2106-3", "display": "White"},
                        }
                    ],
                },
                {"url": CORE + "ethnicity", "extension": [{"url": "text", "valueString": "Not H"}]},
                {"url": CORE + "birthsex", "valueCode": "F"},
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
                    "valueString": "Organa",
                },
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
                    "valueAddress": {"city": "Edgartown"},
                },
            ],
            multipleBirthInteger=3,
            communication=[
                {"language": {"text": "English"}},
                {"language": {"text": "Spanish"}, "preferred": True},
            ],
            maritalStatus={"coding": [{"display": "Married"}]},
            active=False,
            link=[{"type": "replaced-by", "other": {"reference": "Patient/p2"}}],
        )
    )

    assert (value.race, value.ethnicity, value.birth_sex) == ("White", "Not H", "FEMALE")
    assert (value.mothers_maiden_name, value.birth_place.city) == ("Organa", "Edgartown")
    assert (value.multiple_birth, value.languages) == (3, ("Spanish", "English"))
    assert (value.marital_status, value.is_active) == ("Married", False)
    assert [(link.type, link.other.text) for link in value.links] == [("replaced-by", "Patient/p2")]


@pytest.mark.parametrize("told, order", [(True, 0), (False, None)])
def test_patient_multiple_birth_without_an_order(told, order):
    assert one(patient(multipleBirthBoolean=told)).multiple_birth == order


def test_patient_keeps_past_addresses_and_phones():
    value = one(
        patient(
            address=[
                {
                    "use": "old",
                    "line": ["1 Old St", "Unit 2"],
                    "city": "Lynn",
                    "state": "MA",
                    "postalCode": "01901",
                    "period": {"end": "2002"},
                }
            ],
            telecom=[{"system": "email", "use": "home", "value": "jo@example.org"}],
        )
    )

    (address,) = value.addresses
    assert address == AddressValue(
        "old", "", ("1 Old St", "Unit 2"), "Lynn", "", "MA", "01901", "", period=address.period
    )
    assert address.period.end.text == "2002"
    assert [(item.system, item.value) for item in value.telecoms] == [("email", "jo@example.org")]


def test_contact_is_read_and_a_related_person_becomes_one():
    result = read_all(
        patient(
            contact=[
                {
                    "relationship": [{"coding": [{"code": "MTH", "display": "Mother"}]}],
                    "name": {"family": "Organa", "given": ["Leia"]},
                    "telecom": [{"system": "phone", "value": "1"}],
                    "address": {"city": "Aldera"},
                }
            ]
        ),
        {
            "resourceType": "RelatedPerson",
            "id": "r1",
            "patient": {"reference": "Patient/p1"},
            "relationship": [{"text": "Uncle"}],
            "name": [{"family": "Lars"}],
            "address": [{"city": "Anchorhead"}],
        },
    )

    contacts = result.patients[0].patient.contacts
    assert [(c.relationship, c.codes, c.name.shown, c.address.city) for c in contacts] == [
        ("Mother", ("MTH",), "Leia Organa", "Aldera"),
        ("Uncle", (), "Lars", "Anchorhead"),
    ]
    assert contacts[0].period == Period()
    assert [fate.outcome for fate in result.fates] == ["USED", "USED"]


@pytest.mark.parametrize(
    "identifiers, key",
    [
        ([{"system": "urn:a", "value": "1"}], "Patient|urn:a|1"),
        (
            [
                {"system": "urn:a", "value": "1"},
                {"type": {"coding": [{"code": "MR"}]}, "system": "urn:b", "value": "2"},
            ],
            "Patient|urn:b|2",
        ),
        (
            [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "444222222"}],
            "Patient|Patient/p1",
        ),
        (
            [{"type": {"coding": [{"code": "PPN"}]}, "system": "urn:p", "value": "X1"}],
            "Patient|Patient/p1",
        ),
        ([{"value": "MRN"}], "Patient|Patient/p1"),
        ([], "Patient|Patient/p1"),
    ],
)
def test_source_key_is_a_record_number_and_never_a_private_one(identifiers, key):
    assert one(patient(identifier=identifiers)).source_key == key


def test_source_key_without_any_name_is_made_from_the_content():
    resource = patient(identifier=[])
    del resource["id"]

    assert one(resource).source_key.startswith("Patient|sha256:")


def test_source_hash_changes_with_what_is_read_and_nothing_else():
    first = one(patient())

    assert (
        one(patient(meta={"lastUpdated": "2020-01-01T00:00:00Z"})).source_hash == first.source_hash
    )
    assert one(patient(gender="male")).source_hash != first.source_hash
    assert len(first.source_hash) == 64


def test_provider_and_organization():
    result = read_all(
        {
            "resourceType": "Practitioner",
            "id": "d1",
            "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
            "name": [{"family": "Pagac", "given": ["Ned"], "prefix": ["Dr."]}],
        },
        {
            "resourceType": "Organization",
            "id": "o1",
            "identifier": [{"system": "urn:o", "value": "9"}],
            "name": "MORTON HOSPITAL",
            "type": [{"text": "Healthcare Provider"}],
            "active": False,
        },
    )

    (provider,), (organization,) = result.providers, result.organizations
    assert provider.source_key == "Practitioner|http://hl7.org/fhir/sid/us-npi|1234567893"
    assert (provider.npi, provider.name.shown, provider.is_active) == (
        "1234567893",
        "Dr. Ned Pagac",
        True,
    )
    assert (organization.source_key, organization.name) == (
        "Organization|urn:o|9",
        "MORTON HOSPITAL",
    )
    assert (organization.type, organization.npi, organization.is_active) == (
        "Healthcare Provider",
        "",
        False,
    )


def test_npi_without_its_check_digit_stays_an_identifier_only():
    result = read_all(
        {
            "resourceType": "Practitioner",
            "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "560"}],
        }
    )

    (provider,) = result.providers
    assert (provider.npi, provider.identifiers[0].value, provider.name) == ("", "560", None)


@needs_samples
def test_patient_example_of_the_specification():
    value = read_json(loaded(EXAMPLES / "Patient-example.json")).patients[0].patient

    assert [(name.use, name.shown) for name in value.names] == [
        ("official", "Peter James Chalmers"),
        ("usual", "Jim"),
        ("maiden", "Peter James Windsor"),
    ]
    assert [item.value for item in value.telecoms] == [
        "(03) 5555 8834",
        "(03) 5555 6473",
        "(03) 3410 5613",
    ]
    assert value.contacts[0].name.shown == "Bénédicte du Marché"


@pytest.mark.parametrize(
    "parts, filed",
    [
        ({"family": "Franecki", "given": ("Erlinda",), "prefix": ("Dr.",)}, "Franecki, Erlinda"),
        ({"family": "Hale", "given": ("Jordan", "B."), "suffix": ("MD",)}, "Hale, Jordan B. MD"),
        ({"family": "Hale"}, "Hale"),
        ({"family": "", "given": ("Ada",)}, "Ada"),
        ({"family": "", "text": "Dr. May"}, "Dr. May"),
    ],
)
def test_name_is_filed_by_family_without_its_form_of_address(parts, filed):
    assert NameValue(use="official", **parts).filed == filed
