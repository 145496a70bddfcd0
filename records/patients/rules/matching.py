"""Whether two entries of the index are one person: weights by Fellegi and Sunter (rules 10).

A field that agrees adds log2(m/u), one that disagrees log2((1-m)/(1-u)), one not known nothing.
People decide: nothing here merges two charts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from records.patients.enums import MatchBand, MatchField, MatchLevel, Sex
from records.patients.rules import comparing, keys


@dataclass(frozen=True)
class Person:
    """What is compared of one person; names in filing form, numbers as digits.

    `ssn` may be any token that is equal for equal numbers; `ssn_last4` only finds candidates.
    """

    family: str = ""
    given: str = ""
    suffix: str = ""
    former: frozenset[str] = frozenset()
    born_on: date | None = None
    sex: str = ""
    ssn: str = ""
    ssn_last4: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    zip_code: str = ""
    address: str = ""
    numbers: frozenset[str] = frozenset()

    @property
    def families(self) -> frozenset[str]:
        """Return every family name that the person has or had."""
        return frozenset(name for name in {self.family, *self.former} if name)


@dataclass(frozen=True)
class FieldWeight:
    """How far a field can be trusted: m = P(agrees | same person), u = P(agrees | others)."""

    field: MatchField
    m: float
    u: float

    @property
    def agree(self) -> float:
        """Return the weight of an agreement."""
        return math.log2(self.m / self.u)

    @property
    def disagree(self) -> float:
        """Return the weight of a disagreement."""
        return math.log2((1 - self.m) / (1 - self.u))


@dataclass(frozen=True)
class Model:
    """The weights and the bounds of the bands; a hospital calibrates both on its own index."""

    weights: tuple[FieldWeight, ...]
    probable_from: float
    possible_from: float


SEED_MODEL = Model(
    weights=(
        FieldWeight(MatchField.SSN, 0.95, 0.000001),
        FieldWeight(MatchField.BIRTH, 0.95, 0.0003),
        FieldWeight(MatchField.PHONE, 0.70, 0.0005),
        FieldWeight(MatchField.FAMILY, 0.92, 0.01),
        FieldWeight(MatchField.ZIP, 0.85, 0.01),
        FieldWeight(MatchField.GIVEN, 0.90, 0.02),
        FieldWeight(MatchField.SEX, 0.98, 0.50),
        FieldWeight(MatchField.ADDRESS, 0.75, 0.001),
        FieldWeight(MatchField.EMAIL, 0.65, 0.0005),
    ),
    probable_from=20.0,
    possible_from=10.0,
)


@dataclass(frozen=True)
class FieldScore:
    """How one field compares, and what that weighs."""

    field: MatchField
    level: MatchLevel
    weight: float


@dataclass(frozen=True)
class Comparison:
    """The sum, its band, and what speaks for and against it.

    `needs_review` marks twins, father and son, and households: they are never linked unseen.
    """

    score: float
    band: MatchBand
    evidence: tuple[FieldScore, ...]
    needs_review: bool
    is_certain: bool

    @property
    def agreeing(self) -> tuple[MatchField, ...]:
        """Return the fields that agree; a proposal to merge needs three of them (MRG-1)."""
        return tuple(s.field for s in self.evidence if s.level == MatchLevel.AGREE)


def compare(one: Person, other: Person, model: Model = SEED_MODEL) -> Comparison:
    """Compare two people field by field and say in which band the sum lies."""
    likeness = _likenesses(one, other)
    evidence = tuple(_score(weight, likeness[weight.field]) for weight in model.weights)
    total = sum(scored.weight for scored in evidence)
    needs_review = _are_relatives(one, other, likeness)
    return Comparison(
        score=round(total, 2),
        band=_band(total, model, needs_review=needs_review),
        evidence=evidence,
        needs_review=needs_review,
        is_certain=not needs_review and _is_certain(one, other, likeness),
    )


def _likenesses(one: Person, other: Person) -> dict[MatchField, float | None]:
    family = comparing.family_likeness(
        comparing.known_family(one.family),
        one.former,
        comparing.known_family(other.family),
        other.former,
    )
    given = comparing.given_likeness(
        comparing.known_given(one.given), comparing.known_given(other.given)
    )
    if _is_swapped(one, other, family, given):
        family = given = 1.0
    return {
        MatchField.SSN: comparing.number_likeness(one.ssn, other.ssn),
        MatchField.BIRTH: comparing.birth_likeness(one.born_on, other.born_on),
        MatchField.PHONE: comparing.set_likeness(one.phones, other.phones),
        MatchField.EMAIL: comparing.set_likeness(one.emails, other.emails),
        MatchField.FAMILY: family,
        MatchField.ZIP: comparing.value_likeness(one.zip_code, other.zip_code),
        MatchField.GIVEN: given,
        MatchField.SEX: comparing.value_likeness(_known_sex(one), _known_sex(other)),
        MatchField.ADDRESS: comparing.name_likeness(one.address, other.address),
    }


def _is_swapped(one: Person, other: Person, family: float | None, given: float | None) -> bool:
    """Tell whether family and given name were entered in each other's field on one side."""
    if family != 0.0 or given != 0.0:
        return False
    across = comparing.name_likeness(one.family, other.given)
    return across == 1.0 and comparing.name_likeness(one.given, other.family) == 1.0


def _known_sex(person: Person) -> str:
    return "" if person.sex == Sex.UNKNOWN else person.sex


def _score(weight: FieldWeight, likeness: float | None) -> FieldScore:
    if likeness is None:
        return FieldScore(weight.field, MatchLevel.MISSING, 0.0)
    value = weight.disagree + likeness * (weight.agree - weight.disagree)
    level = MatchLevel.PARTIAL
    if likeness in (0.0, 1.0):
        level = MatchLevel.AGREE if likeness else MatchLevel.DISAGREE
    return FieldScore(weight.field, level, round(value, 2))


def _are_relatives(one: Person, other: Person, likeness: dict[MatchField, float | None]) -> bool:
    """Tell twins, father and son, households: same family, different first name or suffix.

    For first names, the same social security number shows that it is one person all the same.
    """
    if likeness[MatchField.FAMILY] != 1.0:
        return False
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return True
    shared = (MatchField.BIRTH, MatchField.ADDRESS, MatchField.PHONE)
    together = any(likeness[name] == 1.0 for name in shared)
    same_number = likeness[MatchField.SSN] == 1.0
    return together and likeness[MatchField.GIVEN] == 0.0 and not same_number


def _band(total: float, model: Model, *, needs_review: bool) -> MatchBand:
    """Return the band; relatives share too much to be called probable."""
    if total >= model.probable_from and not needs_review:
        return MatchBand.PROBABLE
    return MatchBand.POSSIBLE if total >= model.possible_from else MatchBand.UNLIKELY


def _is_certain(one: Person, other: Person, likeness: dict[MatchField, float | None]) -> bool:
    """Tell whether incoming data may be linked unseen: a same number, or SSN, name and birth."""
    if not one.numbers.isdisjoint(other.numbers):
        return True
    needed = (MatchField.SSN, MatchField.BIRTH, MatchField.FAMILY, MatchField.GIVEN)
    return all(likeness[name] == 1.0 for name in needed)


def block_keys(person: Person) -> frozenset[str]:
    """Return the keys under which candidates meet; only people who share one are compared.

    Beyond the blocks of rules 10: the whole number, both names by sound for birth dates entered
    wrongly, and the address or ZIP code for names entered wrongly.
    """
    sounds = {keys.soundex(name) for name in person.families}
    found = {f"P{phone}" for phone in person.phones} | {f"N{number}" for number in person.numbers}
    found |= {f"E{email}" for email in person.emails}
    if person.ssn:
        found.add(f"S{person.ssn}")
    if person.given:
        found |= {f"F{sound}{keys.soundex(person.given)}" for sound in sounds}
    if person.address:
        found.add(f"A{person.address}|{person.zip_code}")
    if person.born_on:
        found |= _birth_keys(person, person.born_on, sounds)
    return frozenset(found)


def _birth_keys(person: Person, born_on: date, sounds: set[str]) -> set[str]:
    found = {f"Y{sound}{born_on.year}" for sound in sounds}
    if person.given:
        found.add(f"G{person.given[0]}{born_on}")
    if person.ssn_last4:
        found.add(f"L{person.ssn_last4}{born_on}")
    if person.zip_code:
        found.add(f"Z{person.zip_code}{born_on}")
    return found


def candidate_pairs(people: Sequence[Person], *, largest_block: int) -> Iterator[tuple[int, int]]:
    """Yield each pair of positions that share a block, once; blocks beyond the limit are skipped.

    Such a block (one phone number of a shelter) says nothing about its people.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, person in enumerate(people):
        for key in block_keys(person):
            blocks[key].append(position)
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) <= largest_block:
            for at, first in enumerate(members):
                for second in members[at + 1 :]:
                    if (first, second) not in seen:
                        seen.add((first, second))
                        yield first, second
