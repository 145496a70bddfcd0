import pytest

from requests_release.enums import ReleaseBasis
from requests_release.rules import accounting, bases

# Rules 1.5, row by row: code, goes into the accounting, minimum necessary applies.
TABLE = """
506_TREATMENT N no
506_PAYMENT N yes
506_OPERATIONS N yes
510A N yes
510B N yes
512A Y no
512B1I Y yes
512B1II Y yes
512B1III Y yes
512B1IV Y yes
512B1V Y yes
512B1VI Y yes
512C Y yes
512D Y yes
512E_ORDER Y no
512E_SUBPOENA Y yes
512F1_LAW Y no
512F1_PROCESS Y no
512F1_ADMINISTRATIVE Y yes
512F2 Y yes
512F3 Y yes
512F4 Y yes
512F5 Y yes
512F6 Y yes
512G Y yes
512H Y yes
512I Y yes
512J Y yes
512K1 Y yes
512K2 N yes
512K3 Y yes
512K4 Y yes
512K5 N yes
512K6 Y yes
512K7 Y yes
512L Y yes
502A2II Y no
514E N yes
BREACH Y no
524 N no
524C3II N no
508 N no
"""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("code", "in_accounting", "minimum"), ROWS)
def test_every_ground_equals_the_table(code, in_accounting, minimum):
    assert accounting.accounting_required(code) is (in_accounting == "Y")
    assert accounting.minimum_necessary(code) is (minimum == "yes")


def test_the_table_is_whole():
    assert {code for code, _, _ in ROWS} == set(ReleaseBasis.values)
    assert set(bases.BASIS_RULES) == set(ReleaseBasis)


@pytest.mark.parametrize("basis", ReleaseBasis)
def test_every_ground_names_its_paragraph_and_what_is_checked_first(basis):
    rule = bases.rule_of(basis)

    assert rule.cite.startswith("45 CFR 164.5") or basis == ReleaseBasis.BREACH
    assert rule.checks


def test_only_the_authorization_needs_one():
    needing = [basis for basis in ReleaseBasis if bases.rule_of(basis).needs_authorization]

    assert needing == [ReleaseBasis.AUTHORIZATION]


def test_an_unknown_ground_is_refused():
    with pytest.raises(ValueError, match="512Z"):
        bases.rule_of("512Z")
