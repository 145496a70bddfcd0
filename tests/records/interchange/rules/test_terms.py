"""A source's codes in the terms of this house."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from records.access.enums import SensitivityClass
from records.documents.seeds import TYPES
from records.interchange.errors import InterchangeError
from records.interchange.rules import document_types, moments, people, sensitivity, texts, visits
from records.interchange.values import IdentifierValue, NameValue
from tests.records.interchange.builders import MRN, encounter, patient, read_all

NEW_YORK = ZoneInfo("America/New_York")


def person(**more):
    return read_all(patient(**more)).patients[0].patient


def stay(**more):
    return read_all(patient(), encounter(**more)).patients[0].encounters[0]


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ((), "NORMAL"),
        (("N", "unheard-of"), "NORMAL"),
        (("HIV",), "HIV"),
        (("R",), "RESTRICTED_522"),
        (("HIV", "ETH", "R"), "SUD_P2"),
        (("psy",), "MH"),
        (("PSYTHPN", "PSY"), "PSYCHNOTE"),
        (("42CFRPart2",), "SUD_P2"),
    ],
)
def test_labels_ask_for_the_most_guarded_class(labels, found):
    assert sensitivity.class_of(labels) == found


def test_every_class_has_its_place_among_the_strict_ones():
    assert set(sensitivity.STRICTEST_FIRST) == set(SensitivityClass)
    assert sensitivity.strictest(("NORMAL", "", "HIV")) == "HIV"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("18842-5", "DISCHARGE_SUMMARY"),
        ("Discharge  summary", "DISCHARGE_SUMMARY"),
        ("Physical", "OUTSIDE_RECORD"),
        ("", "OUTSIDE_RECORD"),
    ],
)
def test_loinc_leads_to_a_type(words, found):
    assert document_types.type_of(words) == found


def test_every_type_named_here_is_one_of_the_house():
    known = {code for code, *_ in TYPES}

    assert {*document_types.TYPES.values(), "OUTSIDE_RECORD", "CLINICAL_SUMMARY"} <= known


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2020-01-02T10:00:00Z", datetime(2020, 1, 2, 10, tzinfo=UTC)),
        ("2020-01-02T10:00:00", datetime(2020, 1, 2, 10, tzinfo=NEW_YORK)),
        ("2020-01-02", datetime(2020, 1, 2, tzinfo=NEW_YORK)),
        ("2020", datetime(2020, 1, 1, tzinfo=NEW_YORK)),
    ],
)
def test_moments_become_times_of_the_house(text, found):
    start = stay(period={"start": text}).start

    assert moments.time_of(start, NEW_YORK) == found


@pytest.mark.parametrize(
    ("text", "not_before", "found"),
    [
        ("2020-01-02T03:00:00Z", None, date(2020, 1, 1)),
        ("2020-01-02T03:00:00Z", date(2020, 1, 2), date(2020, 1, 2)),
        ("2020-01-02T03:00:00Z", date(2020, 1, 3), date(2020, 1, 1)),
        ("2020-01-02", None, date(2020, 1, 2)),
    ],
)
def test_days_are_those_of_the_house(text, not_before, found):
    start = stay(period={"start": text}).start

    assert moments.day_of(start, NEW_YORK, not_before=not_before) == found


@pytest.mark.parametrize(
    ("code", "display", "found"),
    [
        ("01", "Home", "HOME"),
        ("20", "Expired", "EXPIRED"),
        ("30", "Still patient", ""),
        ("exp", "Expired", "EXPIRED"),
        ("zz", "Somewhere", "OTHER"),
    ],
)
def test_dispositions(code, display, found):
    coded = {"dischargeDisposition": {"coding": [{"code": code, "display": display}]}}

    assert visits.visit_of(stay(hospitalization=coded), NEW_YORK, None).disposition == found


def test_an_encounter_over_without_an_end_ended_when_it_began():
    visit = visits.visit_of(stay(period={"start": "2020-01-02T10:00:00Z"}), NEW_YORK, None)

    assert visit.ended_at == visit.started_at


def test_an_encounter_of_the_night_of_birth_begins_on_the_birth_date():
    value = stay(period={"start": "2020-01-02T03:00:00Z", "end": "2020-01-03T03:00:00Z"})

    visit = visits.visit_of(value, NEW_YORK, date(2020, 1, 2))

    assert visit.started_at == datetime(2020, 1, 2, tzinfo=NEW_YORK)


def test_an_encounter_without_a_beginning_is_refused():
    with pytest.raises(InterchangeError, match="no beginning"):
        visits.visit_of(stay(period={}), NEW_YORK, None)


@pytest.mark.parametrize(
    ("text", "longest", "found"),
    [("a  b\nc", 9, "a b c"), ("abcdef", 4, "abc…"), ("", 4, "")],
)
def test_texts_are_cut_on_one_line(text, longest, found):
    assert visits.clipped(text, longest) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (NameValue("", "Doe", ("Jo", "Ann", "Lee")), ("Doe", "Jo", "Ann Lee", "")),
        (NameValue("", "", text="Jo Ann Doe"), ("Doe", "Jo", "Ann", "")),
        (NameValue("", "Doe", ("Jo",), ("Dr.",), ("Jr.",)), ("Doe", "Jo", "", "Jr.")),
    ],
)
def test_names_in_four_fields(name, found):
    made = people.person_name(name)

    assert (made.family, made.given, made.middle, made.suffix) == found


@pytest.mark.parametrize("names", [[], [{"given": ["Jo"]}], [{"family": "..."}]])
def test_somebody_without_a_family_name_is_refused(names):
    with pytest.raises(InterchangeError, match="no family name"):
        people.person_facts(person(name=names), NEW_YORK)


@pytest.mark.parametrize(
    ("birth", "precision"),
    [("1980-02-29", "DAY"), ("1980-02", "MONTH"), ("1980", "YEAR"), (None, "UNKNOWN")],
)
def test_birth_dates_keep_their_precision(birth, precision):
    facts = people.person_facts(person(birthDate=birth), NEW_YORK)

    assert facts.birth_precision == precision
    assert (facts.birth_on is None) == (birth is None)


def test_numbers_are_sorted_by_what_they_are():
    value = person(
        identifier=[
            {"system": MRN, "value": "45-50-99"},
            {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6788"},
            {"type": {"coding": [{"code": "PPN"}]}, "value": "X1"},
            {"type": {"coding": [{"code": "AN"}]}, "value": "A1"},
        ]
    )

    found = people.numbers_of(value, MRN)

    assert (found.own, found.ssn) == ("455099", "123-45-6788")
    assert found.others == (("PASSPORT", "X1"),)
    assert people.numbers_of(value, "").own == ""


def test_an_old_number_of_this_house_is_not_its_number():
    item = IdentifierValue(MRN, "MR", "455099", use="old")

    assert people.own_number(item, MRN) == ""


def test_how_somebody_is_reached():
    value = person(
        telecom=[
            {"system": "phone", "use": "mobile", "value": "(215) 555-0101"},
            {"system": "phone", "use": "old", "value": "215-555-0102"},
            {"system": "phone", "value": "nonsense"},
            {"system": "email", "value": "jo@example.org"},
        ],
        contact=[
            {
                "relationship": [{"coding": [{"code": "MTH"}], "text": "mother"}],
                "name": {"family": "Doe", "given": ["May"]},
                "telecom": [{"system": "phone", "value": "215-555-0103"}],
            },
            {"relationship": [{"coding": [{"code": "C"}]}]},
        ],
        address=[{"use": "work", "city": "Reading"}, {"use": "home"}],
    )

    reach = people.reach_facts(value)

    assert [(row.kind, row.number) for row in reach.phones] == [("MOBILE", "(215) 555-0101")]
    assert [(row.kind, row.name, row.phone) for row in reach.contacts] == [
        ("MOTHER", "May Doe", "215-555-0103")
    ]
    assert [(row.kind, row.city) for row in reach.addresses] == [("WORK", "Reading")]
    assert people.person_facts(value, NEW_YORK).email == "jo@example.org"


@pytest.mark.parametrize(
    ("content", "media_type", "found"),
    [
        (b"Hello", "text/plain", "Hello"),
        (b"<p>Hello <b>you</b></p>", "text/html; charset=utf-8", "Hello you"),
        (b"Caf\xe9", "text/plain; charset=ISO-8859-1", "Café"),
        (b"Caf\xe9", "text/plain", ""),
        (b"a\x00b", "text/plain", ""),
        (b"Hello", "application/pdf", ""),
    ],
)
def test_words_of_attached_text(content, media_type, found):
    assert texts.words_of(content, media_type) == found
