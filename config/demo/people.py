"""Synthetic people: repeatable by their seed, families near one unit, as in life."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.demo import words
from records.patients.enums import Sex

# Common names are as much commoner as the census says, roughly: the n-th by 1/n.
FAMILY_WEIGHTS = [1 / (rank + 3) for rank in range(len(words.FAMILIES))]
GIVEN_WEIGHTS = [1 / (rank + 5) for rank in range(200)]
# Fixed, so that the same seed makes the same people on every day.
OLDEST = date(1926, 1, 1)
YOUNGEST = date(2025, 12, 31)
DAYS = (YOUNGEST - OLDEST).days
# About so many days somebody has lived before they may have died here.
ADULT_LIFE = 20_000


@dataclass(frozen=True)
class Person:
    """One synthetic person; `place` from 0 to 1 says near which unit the household lives."""

    family: str
    given: str
    middle: str
    sex: Sex
    birth_on: date
    died_on: date | None
    phone: str
    street: str
    town: str
    postal_code: str
    kin: str
    place: float
    maiden: str = ""


def make_people(number: int, seed: int) -> Iterator[Person]:
    """Yield `number` people, household by household; the same seed gives the same people."""
    chance = random.Random(seed)  # noqa: S311  (synthetic data, not a secret)
    made = 0
    while made < number:
        family = chance.choices(words.FAMILIES, FAMILY_WEIGHTS)[0]
        household = _Household(chance, family, made)
        for _ in range(min(chance.choices((1, 2, 3, 4), (4, 3, 2, 1))[0], number - made)):
            yield household.person()
            made += 1


class _Household:
    """What people under one roof share."""

    def __init__(self, chance: random.Random, family: str, serial: int) -> None:
        self.chance = chance
        self.family = family
        self.town, self.postal_code = chance.choice(words.TOWNS)
        self.street = f"{chance.randint(1, 999)} {chance.choice(words.STREETS)} Street"
        self.phone = f"(717) {200 + serial // 10000 % 700:03d}-{serial % 10000:04d}"
        # Families of one name live in one part of the country more often than not.
        home = (sum(map(ord, family)) % 100) / 100
        self.place = home if chance.random() < 0.7 else chance.random()

    def person(self) -> Person:
        chance = self.chance
        sex = chance.choice((Sex.FEMALE, Sex.MALE))
        lived = chance.randrange(DAYS)
        born = YOUNGEST - timedelta(days=lived)
        died = None
        if lived > ADULT_LIFE and chance.random() < 0.12:
            died = born + timedelta(days=chance.randrange(ADULT_LIFE, lived + 1))
        is_married = sex == Sex.FEMALE and lived > 9000 and chance.random() < 0.3
        return Person(
            family=self.family,
            given=_given(chance, sex),
            middle=_given(chance, sex) if chance.random() < 0.4 else "",
            sex=sex,
            birth_on=born,
            died_on=died,
            phone=self.phone,
            street=self.street,
            town=self.town,
            postal_code=self.postal_code,
            kin=f"{_given(chance, chance.choice((Sex.FEMALE, Sex.MALE)))} {self.family}",
            place=self.place,
            maiden=chance.choices(words.FAMILIES, FAMILY_WEIGHTS)[0] if is_married else "",
        )


def _given(chance: random.Random, sex: Sex) -> str:
    names = words.FEMALE if sex == Sex.FEMALE else words.MALE
    return chance.choices(names, GIVEN_WEIGHTS[: len(names)])[0]
