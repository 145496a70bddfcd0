import pytest
from django.http import QueryDict

from records.patients.forms import ssn


def sent(text):
    data = QueryDict(mutable=True)
    data["ssn"] = text
    return data


@pytest.mark.parametrize("text", ["219-44-6789", "219446789", " 219 44 6789 "])
def test_a_typed_number_is_kept_for_the_person_who_typed_it(text):
    kept = ssn.keep(sent(text), 7)

    assert ssn.unkeep(kept["ssn_kept"], 7) == "219446789"
    assert "6789" not in kept["ssn_kept"]


def test_a_kept_number_opens_for_nobody_else():
    kept = ssn.keep(sent("219-44-6789"), 7)

    with pytest.raises(ValueError, match="not a number kept"):
        ssn.unkeep(kept["ssn_kept"], 8)


@pytest.mark.parametrize("text", ["", "x", "AAAA", "ÿ", "219446789"])
def test_what_no_form_kept_does_not_open(text):
    with pytest.raises(ValueError, match="not a number kept"):
        ssn.unkeep(text, 7)


@pytest.mark.parametrize("text", ["12", "nine digits", "000-12-3456", "900-12-3456", "078-05-1120"])
def test_nothing_is_kept_of_what_cannot_be_a_number(text):
    kept = ssn.keep(sent(text), 7)

    assert kept.dict() == {"ssn": text, "is_ssn_refused": "on"}


def test_what_cannot_be_a_number_takes_the_place_of_the_one_kept_before():
    data = sent("000-12-3456")
    data["ssn_kept"] = ssn.keep(sent("219-44-6789"), 7)["ssn_kept"]

    assert ssn.keep(data, 7).dict() == {"ssn": "000-12-3456", "is_ssn_refused": "on"}


def test_a_number_typed_after_one_that_was_refused_is_kept():
    data = sent("219-44-6789")
    data["is_ssn_refused"] = "on"

    kept = ssn.keep(data, 7)

    assert "is_ssn_refused" not in kept
    assert ssn.unkeep(kept["ssn_kept"], 7) == "219446789"


@pytest.mark.parametrize("text", ["", "  "])
def test_a_number_kept_before_stays_where_none_is_typed(text):
    data = sent(text)
    data["ssn_kept"] = "kept before"

    assert ssn.keep(data, 7).dict() == {"ssn": text, "ssn_kept": "kept before"}
    assert ssn.keep(None, 7) is None


def test_the_field_never_writes_its_value():
    assert "219" not in ssn.UnshownInput().render("ssn", "219-44-6789")
