from __future__ import annotations

from decimal import Decimal

import pytest

from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import parts
from records.interchange.fhir.node import Node


def moment(text: str):
    return Node({"d": text}, "X").moment("d")


@pytest.mark.parametrize(
    "text, shown",
    [
        ("2007", "2007"),
        ("2007-06", "Jun 2007"),
        ("2007-06-04", "Jun 4, 2007"),
        ("2007-06-04T05:28:45Z", "Jun 4, 2007, 01:28 EDT"),
        ("2007-06-04T05:28:45+00:00", "Jun 4, 2007, 01:28 EDT"),
        ("2007-06-04T05:28:45-05:00", "Jun 4, 2007, 06:28 EDT"),
        ("2007-01-04T02:28:45Z", "Jan 3, 2007, 21:28 EST"),
        ("0001-01-01T00:00:00Z", "Jan 1, 1, 00:00 UTC"),
        ("9999-12-31T23:59:59-10:00", "Dec 31, 9999, 23:59 UTC-10:00"),
        ("2007-06-04T05:28", "Jun 4, 2007, 05:28"),
        ("0650-12-31", "Dec 31, 650"),
    ],
)
def test_when_is_no_more_precise_than_given(text, shown):
    assert parts.when(moment(text)) == shown


@pytest.mark.parametrize(
    "start, end, shown",
    [
        (None, None, ""),
        ("2007-06-04", None, "from Jun 4, 2007"),
        (None, "2007", "until 2007"),
        ("2007-06-04T05:28:00Z", "2007-06-04T08:47:00Z", "Jun 4, 2007, 01:28 EDT – 04:47 EDT"),
        ("2007-06-04T05:28:01Z", "2007-06-04T05:28:09Z", "Jun 4, 2007, 01:28 EDT"),
        ("2007-06-04", "2007-06-06", "Jun 4, 2007 – Jun 6, 2007"),
        ("2007-06-04", "2007-06-04", "Jun 4, 2007"),
    ],
)
def test_span(start, end, shown):
    period = parts.Period(start and moment(start), end and moment(end))

    assert parts.span(period) == shown


@pytest.mark.parametrize(
    "start, end, is_reversed",
    [
        ("2020-01-02", "2020-01-01", True),
        ("2020-01-02", "2020-01-02", False),
        ("2020-01-02T10:00:00Z", "2020-01-02T09:59:59Z", True),
        ("2020-01-02T10:00:00+10:00", "2020-01-02T01:00:00Z", False),
        ("2020-06-02", "2020", False),
        ("2020-06-02", "2019", True),
        ("2020-01-02T10:00:00Z", "2020-01-01", True),
        (None, "2020", False),
    ],
)
def test_check_order(start, end, is_reversed):
    node = Node({"period": {"start": start, "end": end}}, "X")

    if is_reversed:
        with pytest.raises(FhirUnreadable, match=r"X\.period: ends before it begins"):
            parts.check_order(node, "period", node.period("period"))
    else:
        assert parts.check_order(node, "period", node.period("period")) is None


@pytest.mark.parametrize(
    "value, shown",
    [
        ("107.18887168456683", "107.189"),
        ("1.50", "1.50"),
        ("0.0000123456789", "0.0000123457"),
        ("1234567", "1234567"),
        ("1234567.891", "1234568"),
        ("-3.14159265", "-3.14159"),
        ("0.939654321", "0.939654"),
        ("1E+5", "100000"),
        ("1E+400", "1E+400"),
        ("1.23456789E-300", "1.23457E-300"),
        ("0", "0"),
    ],
)
def test_figure_shows_six_digits_and_no_fewer_than_given(value, shown):
    assert parts.figure(Decimal(value)) == shown


@pytest.mark.parametrize(
    "code, shown",
    [
        ("mm[Hg]", "mmHg"),
        ("kg/m2", "kg/m²"),
        ("10*3/uL", "10³/uL"),
        ("10*-12", "10⁻¹²"),
        ("{score}", ""),
        ("mg/dL", "mg/dL"),
        ("", ""),
    ],
)
def test_unit(code, shown):
    assert parts.unit(code) == shown


@pytest.mark.parametrize(
    "value, is_valid",
    [
        ("1234567893", True),
        ("1245319599", True),
        ("1234567890", False),
        ("560", False),
        ("3234567893", False),
        ("", False),
        ("١234567893", False),
    ],
)
def test_is_npi_checks_its_digit(value, is_valid):
    assert parts.is_npi(value) is is_valid


@pytest.mark.parametrize(
    "data, words",
    [
        ({"text": "T", "coding": [{"display": "D"}]}, "T"),
        ({"coding": [{"code": "1"}, {"display": "D"}]}, "D"),
        ({"coding": [{"code": "1"}]}, "1"),
        ({}, ""),
    ],
)
def test_concept_prefers_words(data, words):
    assert parts.concept(Node(data, "X")) == words


def test_codes_name_their_systems():
    node = Node(
        {"coding": [{"system": "http://snomed.info/sct", "code": "1"}, {"code": "2"}, {}]}, "X"
    )

    assert parts.codes(node) == "SNOMED 1, 2"


@pytest.mark.parametrize(
    "data, words",
    [
        ({"low": {"value": 1}, "high": {"value": 2, "unit": "mg"}}, "1 – 2 mg"),
        ({"low": {"value": 1, "unit": "mg"}}, "≥ 1 mg"),
        ({"high": {"value": 2}}, "≤ 2"),
        ({}, ""),
    ],
)
def test_between(data, words):
    assert parts.between(Node(data, "X")) == words


def test_quantity_keeps_the_comparator():
    assert parts.quantity(Node({"comparator": "<", "value": 5, "code": "Cel"}, "X")) == "<5 °C"


def test_telecoms_are_in_order_of_rank():
    node = Node(
        {
            "telecom": [
                {"system": "phone", "value": "2", "rank": 2},
                {"use": "home"},
                {"system": "phone", "value": "1", "rank": 1},
            ]
        },
        "X",
    )

    assert [item.value for item in parts.telecoms(node)] == ["1", "2"]


def test_identifiers_know_a_social_security_number_by_its_system():
    node = Node(
        {
            "identifier": [
                {"system": parts.SSN, "value": "444-22-2222"},
                {"system": "urn:x"},
                {"type": {"text": "Badge"}, "value": "7"},
            ]
        },
        "X",
    )

    assert [(item.type, item.value) for item in parts.identifiers(node)] == [
        ("SS", "444-22-2222"),
        ("Badge", "7"),
    ]


def test_labels_gather_security_marks():
    node = Node(
        {
            "meta": {"security": [{"code": "R"}]},
            "securityLabel": [{"coding": [{"code": "PSY"}]}],
        },
        "X",
    )

    assert parts.labels(node) == ("R", "PSY")
