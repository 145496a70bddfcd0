"""Which classes of document a ground shows, case by case."""

import itertools

import pytest

from audit.enums import Basis
from records.access.enums import SensitivityClass as S
from records.access.rules.visibility import CARE_CLASSES, EMERGENCY_CLASSES, visible_classes

N = {"NORMAL"}
CARE = {"HIV", "STI", "MH", "GENETIC", "MINOR_CONSENTED", "REPRO"}
MAIN, APART, ELSEWHERE = 1, 2, 3
PROTECTED = {APART: frozenset({"PSYCHNOTE", "MH"}), ELSEWHERE: frozenset({"SUD_P2"})}


@pytest.mark.goal("G-12")
@pytest.mark.parametrize(
    "basis, units, protected, expected",
    [
        (Basis.UNIT, {MAIN}, {}, N),
        (Basis.UNIT, {MAIN}, PROTECTED, N),
        (Basis.UNIT, {APART}, PROTECTED, N | {"PSYCHNOTE", "MH"}),
        (Basis.UNIT, {MAIN, APART}, PROTECTED, N | {"PSYCHNOTE", "MH"}),
        (Basis.UNIT, {APART, ELSEWHERE}, PROTECTED, N | {"PSYCHNOTE", "MH", "SUD_P2"}),
        (Basis.WORK, {MAIN}, {}, N),
        (Basis.WORK, {APART}, PROTECTED, N | {"PSYCHNOTE", "MH"}),
        (Basis.GRANT, {MAIN}, {}, N),
        (Basis.CARE, {MAIN}, {}, N | CARE),
        (Basis.CARE, {ELSEWHERE}, PROTECTED, N | CARE | {"SUD_P2"}),
        (Basis.CARE, {APART}, {}, N | CARE),
        (Basis.BROKEN_GLASS, {MAIN}, {}, N | CARE | {"SUD_P2"}),
        (Basis.BROKEN_GLASS, {APART}, {}, N | CARE | {"SUD_P2"}),
        (Basis.SYSTEM, {MAIN}, {}, set(S.values)),
    ],
)
def test_classes_that_a_ground_shows(basis, units, protected, expected):
    assert visible_classes(basis, units, protected) == expected


@pytest.mark.goal("G-12")
@pytest.mark.parametrize("sensitivity", ["PEER_REVIEW", "PSYCHNOTE", "SUD_COUNSELING"])
@pytest.mark.parametrize("basis", [b for b in Basis if b != Basis.SYSTEM])
def test_most_protected_classes_need_the_units_own_right_whatever_the_ground(sensitivity, basis):
    assert sensitivity not in visible_classes(basis, {MAIN}, {})
    assert sensitivity in visible_classes(basis, {MAIN}, {MAIN: frozenset({sensitivity})})


@pytest.mark.parametrize(
    "basis, units", list(itertools.product(Basis, [set(), {MAIN}, {MAIN, APART}, {ELSEWHERE}]))
)
def test_no_more_units_never_show_less_and_ordinary_documents_always_show(basis, units):
    fewer = visible_classes(basis, set(), PROTECTED)
    found = visible_classes(basis, units, PROTECTED)

    assert "NORMAL" in found
    assert fewer <= found <= set(S.values)


def test_emergency_adds_just_the_programme_to_what_care_shows():
    assert set(CARE_CLASSES) == CARE
    assert set(EMERGENCY_CLASSES) == CARE | {"SUD_P2"}
