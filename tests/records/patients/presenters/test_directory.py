from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from records.patients.presenters import directory
from records.patients.rules import search_terms
from records.patients.selectors.lines import DirectoryLine

TODAY = date(2026, 11, 23)
ROSA = DirectoryLine(
    7,
    family="Muñoz",
    given="Rosa",
    middle="Elena",
    suffix="Jr",
    birth_on=date(1961, 3, 14),
    birth_precision="DAY",
    sex="FEMALE",
    mrn="00455099",
)


def present(text, line=ROSA):
    return directory.present([line], search_terms.parse(text, today=TODAY))[0]


def marked(parts):
    """The text with what matched in brackets."""
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in parts)


@pytest.mark.parametrize(
    "text, name",
    [
        ("", "MUÑOZ, Rosa Elena, Jr"),
        ("mun", "[MUÑ]OZ, Rosa Elena, Jr"),
        ("muñoz ro", "[MUÑOZ], [Ro]sa Elena, Jr"),
        ("rosa elena muñoz", "[MUÑOZ], [Rosa] [Elena], Jr"),
        ("Hale", "MUÑOZ, Rosa Elena, Jr"),
        ("3/14/1961", "MUÑOZ, Rosa Elena, Jr"),
    ],
)
def test_what_was_typed_is_marked_in_the_name(text, name):
    line = present(text)

    assert marked(line.name) == name
    assert line.is_name_match == ("[" in name)


@pytest.mark.parametrize(
    "line, text, name",
    [
        (replace(ROSA, family="O'Brien-Hale", given="", middle="", suffix=""), "obri", "[O'BRI]EN"),
        (replace(ROSA, family="De la Cruz", middle="", suffix=""), "delac", "[DE LA C]RUZ"),
        (replace(ROSA, family="Ærø", middle="", suffix=""), "ae", "[Æ]RØ"),
    ],
)
def test_marks_end_where_the_typed_letters_end(line, text, name):
    assert marked(present(text, line).name).startswith(name)


@pytest.mark.parametrize(
    "text, number",
    [
        ("00455099", "[00-45-50-99]"),
        ("455099", "[00-45-50-99]"),
        ("004550", "[00-45-50]-99"),
        ("445199", "00-45-50-99"),
        ("muñoz", "00-45-50-99"),
    ],
)
def test_what_was_typed_is_marked_in_the_number(text, number):
    assert marked(present(text).number) == number


@pytest.mark.parametrize(
    "text, is_match",
    [("3/14/1961", True), ("muñoz 1961", True), ("3/14/1962", False), ("muñoz", False)],
)
def test_a_birth_date_that_was_typed_is_marked(text, is_match):
    assert present(text).is_birth_match is is_match


def test_nobody_is_born_on_a_typed_date_without_one_of_their_own():
    assert present("3/14/1961", replace(ROSA, birth_on=None)).is_birth_match is False


@pytest.mark.parametrize("sex, label", [("FEMALE", "Female"), ("UNKNOWN", "Unknown"), ("", "")])
def test_sex_is_written_in_words(sex, label):
    assert present("x", replace(ROSA, sex=sex)).sex == label


def test_a_hidden_line_has_nothing_to_show():
    line = directory.present([DirectoryLine(7, is_hidden=True)])[0]

    assert (line.name, line.number, line.sex, line.is_birth_match) == ([], [], "", False)
    assert line.url == ""


def test_a_line_leads_to_its_chart_and_its_name_is_one_piece_where_nothing_matched():
    line = directory.present([ROSA])[0]

    assert line.url == reverse("charts:chart_detail", kwargs={"patient_id": ROSA.patient_id})
    assert line.name == [directory.Part("MUÑOZ, Rosa Elena, Jr")]


@pytest.mark.parametrize(
    "text, query",
    [
        ("muñoz", "family=Mu%C3%B1oz"),
        ("rosa elena muñoz", "family=Mu%C3%B1oz&given=Rosa&middle=Elena"),
        ("Muñoz, Rosa", "family=Mu%C3%B1oz&given=Rosa"),
        ("muñoz rosa 3/14/1961", "family=Mu%C3%B1oz&given=Rosa&birth_on=03%2F14%2F1961"),
        ("SMITH Amanda", "family=Smith&given=Amanda"),
        ("Amanda J SMITH", "family=Smith&given=Amanda&middle=J"),
        ("SMITH-JONES Amanda", "family=Smith-Jones&given=Amanda"),
        ("SMITH JONES Amanda", "family=Smith+Jones&given=Amanda"),
        ("SMITH AMANDA", "family=Amanda&given=Smith"),
        ("SMITH JOHN", "family=Smith&given=John"),
        ("john james", "family=James&given=John"),
        ("DE LA CRUZ Maria", "family=De+La+Cruz&given=Maria"),
        ("maria de la cruz", "family=De+La+Cruz&given=Maria"),
        ("rosa muñoz 14 mar 1961", "family=Mu%C3%B1oz&given=Rosa&birth_on=03%2F14%2F1961"),
        ("rosa muñoz 1961", "family=Mu%C3%B1oz&given=Rosa"),
        ("McDONALD", "family=McDONALD"),
        ("717 555 0123", "phone=717+555+0123"),
        ("455099", ""),
        ("219-44-6789", ""),
        ("219446789", ""),
        ("???", ""),
    ],
)
def test_registration_starts_with_what_was_typed_but_no_number(text, query):
    assert directory.registration_query(text, search_terms.parse(text, today=TODAY)) == query
