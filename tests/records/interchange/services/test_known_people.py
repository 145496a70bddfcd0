"""Whose chart an imported person gets: by numbers, and by nothing weaker than all of a person."""

from __future__ import annotations

import pytest

from records.documents.models import Document
from records.patients.models import Identifier, Patient, Phone
from tests.records.interchange.builders import (
    MRN,
    bundle,
    clinical,
    patient,
)
from tests.records.interchange.house import (
    counts,
    reasons,
)


def test_other_numbers_are_kept_and_impossible_ones_are_not(house):
    person = patient()
    person["identifier"] += [
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "219-09-9999"},
        {"type": {"coding": [{"code": "DL"}]}, "system": "urn:dl", "value": "S99955854"},
    ]
    house.put("p1.json", bundle(person))

    house.load()

    kinds = Identifier.objects.order_by("kind").values_list("kind", "value")
    chart = Patient.objects.get()
    assert list(kinds) == [
        ("DRIVERS_LICENSE", "S99955854"),
        ("MRN", chart.mrn),
        ("OTHER_MRN", "MRN-p1"),
    ]


def test_a_person_alike_by_name_alone_is_registered_as_another(house):
    house.put("p1.json", bundle(patient("p1")))
    house.put("p2.json", bundle(patient("p2")))

    result = house.load()

    assert result["patients"] == 2
    assert Patient.objects.filter(family="Doe", given="Jo").count() == 2


def with_ssn(name, /, **more):
    person = patient(name, **more)
    person["identifier"].append(
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6788"}
    )
    return bundle(person, clinical("Condition", f"c-{name}", about=f"Patient/{name}"))


@pytest.mark.parametrize(
    ("more", "charts"),
    [
        ({}, 1),
        ({"birthDate": "1981-03-01"}, 2),
        ({"name": [{"family": "Roe", "given": ["Jo"]}]}, 2),
    ],
)
def test_social_security_number_leads_to_a_chart_only_with_birth_date_and_name(house, more, charts):
    house.put("a.json", with_ssn("p1"))
    house.load(feed="ONE")
    house.put("a.json", with_ssn("p9", **more))

    house.load(feed="TWO")

    assert Patient.objects.count() == charts
    assert Document.objects.filter(patient=Patient.objects.earliest("pk")).count() == 3 - charts


def own_number(chart, /, **more):
    return bundle(patient("x1", identifier=[{"system": MRN, "value": chart.mrn}], **more))


def test_this_houses_own_record_number_leads_to_its_chart(house, settings):
    settings.RECORD_NUMBER_SYSTEM = MRN
    house.put("p1.json", with_ssn("p1"))
    house.load()
    chart = Patient.objects.get()
    house.put("p1.json", own_number(chart, telecom=[{"system": "phone", "value": "2155550101"}]))

    house.load(feed="TWO")

    assert Patient.objects.get().mrn == chart.mrn
    assert Phone.objects.get().digits == "2155550101"


def test_this_houses_own_free_record_number_is_taken_over(house, settings):
    settings.RECORD_NUMBER_SYSTEM = MRN
    house.put("p1.json", bundle(patient(identifier=[{"system": MRN, "value": "45-50-99"}])))

    house.load()

    assert Patient.objects.get().mrn == "455099"


def test_a_number_that_is_somebody_elses_here_imports_nothing(house, settings):
    settings.RECORD_NUMBER_SYSTEM = MRN
    house.put("p1.json", with_ssn("p1"))
    house.load()
    before, chart = counts(), Patient.objects.get()
    stranger = {"name": [{"family": "Zorn", "given": ["Al"]}], "birthDate": "1933-03-03"}
    house.put("p1.json", own_number(chart, **stranger))

    result = house.load(feed="TWO", status=1)

    assert reasons(result) == [("p1.json", "OTHER_PERSON")]
    assert counts() == before


def test_local_numbers_of_two_senders_stay_apart_by_feed(house):
    house.put("a.json", bundle(patient("1", identifier=[])))
    house.load(feed="ONE")
    other = patient(
        "1", identifier=[], name=[{"family": "Zorn", "given": ["Al"]}], birthDate="1933-03-03"
    )
    house.put("a.json", bundle(other))

    refused = house.load(feed="ONE", status=1)
    taken = house.load(feed="TWO")

    assert reasons(refused) == [("a.json", "OTHER_PERSON")]
    assert taken["patients"] == 1
    assert set(Patient.objects.values_list("family", flat=True)) == {"Doe", "Zorn"}
