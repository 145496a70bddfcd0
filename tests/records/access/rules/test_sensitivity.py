import pytest

from records.access.enums import SensitivityClass
from records.access.rules import sensitivity as rules
from records.access.rules.sensitivity import Redisclosure
from records.access.selectors import sensitivity


def test_every_class_has_a_gate_with_rule_and_cite():
    gates = sensitivity.list_gates()

    assert [gate.sensitivity for gate in gates] == list(SensitivityClass)
    assert all(gate.rule and gate.cite and gate.label for gate in gates)


def names(condition):
    return {gate.sensitivity.value for gate in sensitivity.list_gates() if condition(gate)}


def test_only_peer_review_never_leaves():
    assert names(lambda gate: not gate.is_releasable) == {"PEER_REVIEW"}


def test_what_lies_outside_the_right_of_access():
    assert names(lambda gate: not gate.is_in_record_set) == {
        "PSYCHNOTE",
        "SUD_COUNSELING",
        "PEER_REVIEW",
    }


def test_which_classes_an_authorization_must_name():
    assert names(lambda gate: gate.needs_words) == {
        "PSYCHNOTE",
        "SUD_P2",
        "SUD_COUNSELING",
        "HIV",
        "STI",
        "MH",
        "GENETIC",
        "MINOR_CONSENTED",
    }
    assert names(lambda gate: gate.needs_own_form) == {"PSYCHNOTE", "SUD_COUNSELING"}


def test_which_classes_a_professional_looks_at():
    assert names(lambda gate: gate.needs_review) == {
        "MH",
        "REPRO",
        "ABUSE_REPORT",
        "FORENSIC_SA",
        "THIRD_PARTY_CONF",
    }


def test_which_statement_goes_with_copies():
    assert names(lambda gate: gate.redisclosure == Redisclosure.PART2) == {
        "SUD_P2",
        "SUD_COUNSELING",
    }
    assert names(lambda gate: gate.redisclosure == Redisclosure.STATE) == {
        "HIV",
        "STI",
        "MH",
        "GENETIC",
    }


def test_gate_of_an_unknown_class_is_refused():
    assert rules.gate_of("HIV").label == "HIV"
    with pytest.raises(ValueError, match="VIP"):
        rules.gate_of("VIP")
