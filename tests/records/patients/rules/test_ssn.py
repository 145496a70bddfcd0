import pytest

from records.patients.rules import ssn
from records.patients.rules.ssn import SsnFinding


@pytest.mark.parametrize(
    ("text", "digits", "finding", "is_valid"),
    [
        ("446-25-5155", "446255155", SsnFinding.POSSIBLE, True),
        ("446 25 5155", "446255155", SsnFinding.POSSIBLE, True),
        ("446255155", "446255155", SsnFinding.POSSIBLE, True),
        ("899-01-0001", "899010001", SsnFinding.POSSIBLE, True),
        ("123-45-6789", "123456789", SsnFinding.SUSPECT, True),
        ("111111111", "111111111", SsnFinding.SUSPECT, True),
        ("000-12-3456", "000123456", SsnFinding.AREA_NEVER_ISSUED, False),
        ("666-12-3456", "666123456", SsnFinding.AREA_NEVER_ISSUED, False),
        ("900-12-3456", "900123456", SsnFinding.TAXPAYER_NUMBER, False),
        ("999-12-3456", "999123456", SsnFinding.TAXPAYER_NUMBER, False),
        ("446-00-5155", "446005155", SsnFinding.GROUP_NEVER_ISSUED, False),
        ("446-25-0000", "446250000", SsnFinding.SERIAL_NEVER_ISSUED, False),
        ("078-05-1120", "078051120", SsnFinding.PUBLISHED, False),
        ("219-09-9999", "219099999", SsnFinding.PUBLISHED, False),
        ("666666666", "666666666", SsnFinding.AREA_NEVER_ISSUED, False),
        ("44625515", "", SsnFinding.NOT_NINE_DIGITS, False),
        ("44-625-5155", "", SsnFinding.NOT_NINE_DIGITS, False),
        ("", "", SsnFinding.NOT_NINE_DIGITS, False),
        ("٤٤٦255155", "", SsnFinding.NOT_NINE_DIGITS, False),
    ],
)
def test_check_tells_possible_suspect_and_impossible_numbers(text, digits, finding, is_valid):
    checked = ssn.check(text)

    assert (checked.digits, checked.finding, checked.is_valid) == (digits, finding, is_valid)


def test_only_the_last_four_digits_are_shown():
    assert ssn.check("446-25-5155").last4 == "5155"
    assert ssn.masked("5155") == "•••-••-5155"
    assert ssn.masked("") == ""
