"""Registering a person: search first, then a name by the rules of the index (MPI-2, MPI-5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from records.patients.enums import MatchBand, NameStatus, QueryKind, Sex
from records.patients.rules import names
from records.patients.rules.names import PersonName
from records.patients.rules.search_terms import Interpretation

_NEEDED_KEYS = 2
_TITLES = frozenset({"MR", "MRS", "MS", "MISS", "DR", "PROF", "REV", "SIR", "FATHER", "SISTER"})
_TEST_NAMES = frozenset({"TEST", "TESTPATIENT", "ZZTEST", "DONOTUSE", "DUMMY", "TRAINING"})
_QUOTED = re.compile(r"[\"“”()\[\]]|(?:^|\s)['‘]\S+['’](?:\s|$)")
_NEWBORN_WORDS = {Sex.MALE: "BOY", Sex.FEMALE: "GIRL"}
_UNIDENTIFIED_FAMILY = "UNKNOWN"
_WORDS = (
    "ALDER", "AMBER", "ARROW", "ASPEN", "BASIL", "BEACON", "BIRCH", "CANYON", "CEDAR", "CLOVER",
    "COBALT", "COPPER", "CORAL", "CRANE", "DAHLIA", "DELTA", "EMBER", "FALCON", "FERN", "FLINT",
    "GRANITE", "HARBOR", "HAZEL", "HERON", "INDIGO", "IVORY", "JASPER", "JUNIPER", "LANTERN",
    "LARCH", "LINDEN", "MAPLE", "MARBLE", "MEADOW", "OLIVE", "ONYX", "OSPREY", "PEARL", "PEBBLE",
    "PINE", "QUARTZ", "RAVEN", "RIVER", "SABLE", "SAFFRON", "SIERRA", "SPARROW", "SPRUCE",
    "SUMMIT", "TEAL", "THISTLE", "TIMBER", "TULIP", "VELVET", "WALNUT", "WILLOW", "WREN",
)  # fmt: skip


class SearchKey(StrEnum):
    """What a search before registering went by."""

    NAME_AND_BIRTH = "NAME_AND_BIRTH"
    PHONE = "PHONE"
    NUMBER = "NUMBER"


class CreationFinding(StrEnum):
    """Why a person may not be registered yet."""

    TOO_FEW_KEYS = "TOO_FEW_KEYS"
    CANDIDATES_FOUND = "CANDIDATES_FOUND"


class NameFinding(StrEnum):
    """What is wrong with a name as entered."""

    NO_FAMILY = "NO_FAMILY"
    NO_GIVEN = "NO_GIVEN"
    DIGIT = "DIGIT"
    TITLE = "TITLE"
    NICKNAME = "NICKNAME"
    TEST_NAME = "TEST_NAME"


@dataclass(frozen=True)
class GivenName:
    """A name given by the house until the person is named or identified."""

    name: PersonName
    status: NameStatus


def keys_searched(searches: Iterable[Interpretation]) -> frozenset[SearchKey]:
    """Return by which keys of MPI-2 somebody searched."""
    found = set()
    for search in searches:
        if search.kind == QueryKind.NAME and search.births:
            found.add(SearchKey.NAME_AND_BIRTH)
        elif search.kind == QueryKind.PHONE:
            found.add(SearchKey.PHONE)
        elif search.kind in (QueryKind.MRN, QueryKind.SSN, QueryKind.SSN_LAST4, QueryKind.ACCOUNT):
            found.add(SearchKey.NUMBER)
    return frozenset(found)


def creation_findings(
    *, searched: Collection[SearchKey], candidates: Collection[MatchBand], reason: str
) -> list[CreationFinding]:
    """List why a new person may not be registered yet; a written reason overrides (MPI-2).

    Two keys must have been searched, and nobody who may be the same person may be on the list.
    """
    if reason.strip():
        return []
    found = []
    if len(set(searched)) < _NEEDED_KEYS:
        found.append(CreationFinding.TOO_FEW_KEYS)
    if any(band != MatchBand.UNLIKELY for band in candidates):
        found.append(CreationFinding.CANDIDATES_FOUND)
    return found


def name_findings(name: PersonName) -> list[NameFinding]:
    """List what is wrong with a legal name; a missing first name is only to be confirmed."""
    fields = (name.family, name.given, name.middle)
    words = [word for text in fields for word in names.words_of(text)]
    checks = {
        NameFinding.NO_FAMILY: not names.closed_up(name.family),
        NameFinding.NO_GIVEN: not names.closed_up(name.given),
        NameFinding.DIGIT: any(mark.isdigit() for text in fields for mark in text),
        NameFinding.TITLE: len(words) > 1 and words_begin_with_title(fields),
        NameFinding.NICKNAME: any(_QUOTED.search(text) for text in fields),
        NameFinding.TEST_NAME: not _TEST_NAMES.isdisjoint({*words, *map(names.closed_up, fields)}),
    }
    return [finding for finding, is_so in checks.items() if is_so]


def words_begin_with_title(fields: Iterable[str]) -> bool:
    """Tell whether one of the fields begins with a title, which is no part of a name."""
    return any(words[0] in _TITLES for words in map(names.words_of, fields) if len(words) > 1)


def newborn_name(*, mother_family: str, sex: str, order: int) -> GivenName:
    """Return the name of a child not yet named: the mother's surname with BOYA, GIRLB.

    `order` counts the children of one birth from 1.

    Raises:
        ValueError: the order is not between 1 and 26.
    """
    if not 1 <= order <= 26:
        raise ValueError("the order of birth lies between 1 and 26")
    word = _NEWBORN_WORDS.get(Sex(sex), "BABY")
    letter = chr(ord("A") + order - 1)
    return GivenName(PersonName(mother_family, f"{word}{letter}"), NameStatus.NEWBORN)


def unidentified_name(sequence: int) -> GivenName:
    """Return a name for somebody not identified: UNKNOWN, a word and a number, never used again.

    Neighbouring numbers get unlike words, so that two such people are not mistaken in a hurry.

    Raises:
        ValueError: the sequence is not positive.
    """
    if sequence < 1:
        raise ValueError("the sequence is positive")
    word = _WORDS[sequence * 23 % len(_WORDS)]
    return GivenName(
        PersonName(_UNIDENTIFIED_FAMILY, f"{word} {sequence:04}"), NameStatus.UNIDENTIFIED
    )


def estimated_birth(*, age_years: int, today: date) -> date:
    """Return the date stored for an estimated age; its precision is always ESTIMATED."""
    return date(today.year - age_years, 1, 1)
