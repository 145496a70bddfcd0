import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.rules import phones
from records.patients.rules.phones import Phone


@pytest.mark.parametrize(
    "written",
    ["(215) 555-0188", "215-555-0188", "215.555.0188", "+1 215 555 0188", "1-215-555-0188"],
)
def test_parse_reads_one_line_however_it_is_written(written):
    assert phones.parse(written) == Phone("+12155550188", "2155550188", "(215) 555-0188")


def test_parse_keeps_the_extension():
    assert phones.parse("215-555-0188 ext. 44").extension == "44"


def test_parse_reads_foreign_numbers():
    assert phones.parse("+44 20 7946 0018").e164 == "+442079460018"


@pytest.mark.parametrize("written", ["", "none", "12", "215-555-01881234567"])
def test_parse_gives_nothing_for_what_cannot_be_a_number(written):
    assert phones.parse(written) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("555-0188", "5550188"),
        ("0188", "0188"),
        ("188", ""),
        ("1 (215) 555-0188", "2155550188"),
        ("(215) 555-0188", "2155550188"),
        ("٤٥٦٧", ""),
    ],
)
def test_lookup_digits_leave_out_what_is_too_short(text, digits):
    assert phones.lookup_digits(text) == digits


@given(st.text(max_size=60))
def test_parse_never_raises(text):
    phones.parse(text)
