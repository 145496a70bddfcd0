from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.enums import BirthPrecision, MatchStyle, QueryKind
from records.patients.rules import search_terms
from records.patients.rules.search_terms import Interpretation
from records.patients.rules.typed_dates import TypedDate

TODAY = date(2026, 11, 22)
EXACT, PREFIX, FUZZY = MatchStyle.EXACT, MatchStyle.PREFIX, MatchStyle.FUZZY


def parse(text):
    return search_terms.parse(text, today=TODAY)


def day(year, month, day_of_month):
    born_on = date(year, month, day_of_month)
    return TypedDate(born_on, born_on, BirthPrecision.DAY)


def numbers(text):
    return [(one.kind, one.style, one.number) for one in parse(text)]


def people(text, style=EXACT):
    return [
        (one.family, one.given, one.middle)
        for one in parse(text)
        if one.kind == QueryKind.NAME and one.style == style
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "45-50-99",
            [
                (QueryKind.MRN, EXACT, "455099"),
                (QueryKind.ACCOUNT, EXACT, "45-50-99"),
                (QueryKind.MRN, PREFIX, "455099"),
            ],
        ),
        (
            "446-25-5155",
            [
                (QueryKind.SSN, EXACT, "446255155"),
                (QueryKind.MRN, EXACT, "0446255155"),
                (QueryKind.ACCOUNT, EXACT, "446-25-5155"),
                (QueryKind.MRN, PREFIX, "446255155"),
            ],
        ),
        (
            "5155",
            [
                (QueryKind.MRN, EXACT, "005155"),
                (QueryKind.SSN_LAST4, EXACT, "5155"),
                (QueryKind.ACCOUNT, EXACT, "5155"),
                (QueryKind.PHONE, PREFIX, "5155"),
                (QueryKind.MRN, PREFIX, "5155"),
            ],
        ),
        ("(215) 555-0188", [(QueryKind.PHONE, EXACT, "2155550188")]),
        ("v0012345", [(QueryKind.ACCOUNT, EXACT, "V0012345")]),
        ("3/14/1961", [(QueryKind.BIRTH, EXACT, "")]),
        ("mrn 45-50-99", [(QueryKind.MRN, EXACT, "455099"), (QueryKind.MRN, PREFIX, "455099")]),
        ("MRN:45–50–99", [(QueryKind.MRN, EXACT, "455099"), (QueryKind.MRN, PREFIX, "455099")]),
        ("ssn 5155", [(QueryKind.SSN_LAST4, EXACT, "5155")]),
        ("SSN: 446255155", [(QueryKind.SSN, EXACT, "446255155")]),
        ("tel 555-0188", [(QueryKind.PHONE, PREFIX, "5550188")]),
        ("acct# 00991", [(QueryKind.ACCOUNT, EXACT, "00991")]),
        ("", []),
        ("   ", []),
        ("-", []),
        ("\x00", []),
    ],
)
def test_parse_reads_numbers(text, expected):
    assert numbers(text) == expected


def test_parse_puts_a_number_with_a_good_check_digit_first():
    assert numbers("005724")[0] == (QueryKind.MRN, EXACT, "005724")
    assert numbers("04051999")[0] == (QueryKind.BIRTH, EXACT, "")


def test_parse_reads_a_birth_date_alone():
    assert parse("dob 3/4/61") == (
        Interpretation(QueryKind.BIRTH, EXACT, births=(day(1961, 3, 4), day(1961, 4, 3))),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("munoz", [("MUNOZ", "", ""), ("", "MUNOZ", "")]),
        ("Muñoz, Rosa E", [("MUNOZ", "ROSA", "E")]),
        ("Muñoz,", [("MUNOZ", "", "")]),
        ("O'Brien, pat", [("OBRIEN", "PAT", "")]),
        (
            "rosa muñoz",
            [
                ("MUNOZ", "ROSA", ""),
                ("ROSA", "MUNOZ", ""),
                ("ROSAMUNOZ", "", ""),
                ("", "ROSAMUNOZ", ""),
            ],
        ),
        (
            "rosa elena muñoz",
            [
                ("MUNOZ", "ROSA", "ELENA"),
                ("ROSA", "ELENA", "MUNOZ"),
                ("ROSAELENAMUNOZ", "", ""),
                ("", "ROSAELENAMUNOZ", ""),
            ],
        ),
        ("de la cruz, maria", [("DELACRUZ", "MARIA", "")]),
        (
            "van morrison",
            [
                ("VANMORRISON", "", ""),
                ("", "VANMORRISON", ""),
                ("MORRISON", "VAN", ""),
                ("VAN", "MORRISON", ""),
            ],
        ),
        (
            "maria de",
            [("DE", "MARIA", ""), ("MARIA", "DE", ""), ("MARIADE", "", ""), ("", "MARIADE", "")],
        ),
        (
            "john smith jr.",
            [
                ("SMITH", "JOHN", ""),
                ("JOHN", "SMITH", ""),
                ("JOHNSMITH", "", ""),
                ("", "JOHNSMITH", ""),
            ],
        ),
        ("jr", [("JR", "", ""), ("", "JR", "")]),
        (", rosa", [("ROSA", "", ""), ("", "ROSA", "")]),
        ("name lee", [("LEE", "", ""), ("", "LEE", "")]),
    ],
)
def test_parse_reads_names_in_every_order(text, expected):
    assert people(text) == expected
    assert people(text, PREFIX) == expected
    alike = [names for names in people(text, FUZZY) if not is_beside_a_middle(names)]
    assert alike == [names for names in expected if names[0]]


def is_beside_a_middle(names):
    family, given, middle = names
    return bool(middle) and not (family and given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "rosa elena",
            [
                ("", "ROSA", "ELENA"),
                ("", "ELENA", "ROSA"),
                ("ELENA", "", "ROSA"),
                ("ROSA", "", "ELENA"),
            ],
        ),
        (
            "rosa elena maria",
            [
                ("", "ROSA", "ELENAMARIA"),
                ("", "MARIA", "ROSAELENA"),
                ("MARIA", "", "ROSAELENA"),
                ("ROSA", "", "ELENAMARIA"),
            ],
        ),
        ("rosa", []),
        ("elena, rosa", []),
        ("muñoz, rosa elena", []),
    ],
)
def test_parse_takes_a_word_for_a_middle_name_last(text, expected):
    assert [names for names in people(text, FUZZY) if is_beside_a_middle(names)] == expected
    assert not any(is_beside_a_middle(names) for names in (*people(text), *people(text, PREFIX)))


@pytest.mark.parametrize(
    "text",
    [
        "Muñoz, Rosa 3/14/1961",
        "3/14/1961 muñoz, rosa",
        "muñoz, rosa dob 3/14/61",
        "muñoz, rosa born 14 Mar 1961",
        "muñoz, rosa 03141961",
    ],
)
def test_parse_takes_a_birth_date_beside_the_name(text):
    assert parse(text)[0] == Interpretation(
        QueryKind.NAME, EXACT, family="MUNOZ", given="ROSA", births=(day(1961, 3, 14),)
    )


def test_parse_takes_a_birth_year_beside_the_name():
    year = TypedDate(date(1961, 1, 1), date(1961, 12, 31), BirthPrecision.YEAR)

    assert parse("munoz 1961")[0].births == (year,)


def test_parse_orders_exact_before_prefix_before_fuzzy():
    styles = [one.style for one in parse("rosa munoz")]

    assert styles == [EXACT] * 4 + [PREFIX] * 4 + [FUZZY] * 7


@given(st.text(max_size=200))
def test_parse_never_raises_and_never_repeats(text):
    found = parse(text)

    assert len(set(found)) == len(found)
    assert len(found) < 40


@given(st.text(alphabet="0123456789 -/.()+xX,ssnmrdob:'ñ", max_size=40))
def test_parse_never_raises_on_what_looks_like_numbers(text):
    for one in parse(text):
        assert one.number or one.family or one.given or one.births


@pytest.mark.parametrize(
    ("text", "is_secret"),
    [
        ("219-44-6789", True),
        ("219 44 6789", True),
        ("219.44.6789", True),
        ("219446789", True),
        ("\uff12\uff11\uff19\u201344\u20136789", True),
        ("ssn 219-44-6789", True),
        ("SSN219446789", True),
        ("ssn 6789", True),
        ("muñoz 219-44-6789", True),
        (f"{'x' * 200} 219446789", True),
        ("219-44", True),
        ("219-44-", True),
        ("219-44-678", True),
        ("6789", False),
        ("455099", False),
        ("45-50-99-12", False),
        ("7175550123", False),
        ("717 555 0123", False),
        ("(717) 555-0123", False),
        ("555-0123", False),
        ("3/14/1961", False),
        ("1961-03-14", False),
        ("ss anthony", False),
        ("muñoz", False),
        ("", False),
    ],
)
def test_only_what_may_hold_a_social_security_number_is_secret(text, is_secret):
    assert search_terms.is_secret(text) is is_secret


@pytest.mark.parametrize(
    "text, is_whole",
    [
        ("00001983", True),
        ("00-00-19-83", True),
        ("00 00 19 83", True),
        (" MRN 00-00-19-83", True),
        ("mrn:00001983", True),
        ("1983", False),
        ("001983", False),
        ("0000198", False),
        ("00-00-19-83 4", False),
        ("Mrnak", False),
        ("acct 00001983", False),
        ("", False),
    ],
)
def test_only_all_of_a_number_is_whole(text, is_whole):
    assert search_terms.is_whole_number(text, "00001983") is is_whole


def test_nothing_is_the_whole_of_no_number():
    assert not search_terms.is_whole_number("", "")
