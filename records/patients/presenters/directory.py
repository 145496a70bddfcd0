"""Directory lines with what matched in them, and what was typed as values for registering."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from records.patients.enums import BirthPrecision, MatchStyle, QueryKind, Sex
from records.patients.rules import mrn, names, nicknames, search_terms
from records.patients.rules.search_terms import Interpretation
from records.patients.rules.typed_dates import TypedDate
from records.patients.selectors.lines import DirectoryLine


@dataclass(frozen=True)
class Part:
    """A piece of text, and whether it is what was typed."""

    text: str
    is_match: bool = False


@dataclass(frozen=True)
class Line:
    """A directory line as the page writes it."""

    patient: DirectoryLine
    url: str
    name: list[Part]
    number: list[Part]
    is_birth_match: bool
    sex: str

    @property
    def is_name_match(self) -> bool:
        """Tell whether a part of the name is what was typed."""
        return any(part.is_match for part in self.name)


@dataclass(frozen=True)
class Typed:
    """What was typed, in the forms in which it can be found again in a line."""

    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    births: tuple[TypedDate, ...] = ()


def present(
    lines: Collection[DirectoryLine], meanings: Collection[Interpretation] = ()
) -> list[Line]:
    """Return lines ready to be drawn, with what matched marked."""
    typed = _typed(meanings)
    chart_zero = reverse("charts:chart_detail", kwargs={"patient_id": 0})
    return [_line(line, typed, chart_zero) for line in lines]


def registration_query(text: str, meanings: Collection[Interpretation]) -> str:
    """Return the query by which the registration form starts with what was typed.

    Numbers of the house are not carried: the person who was not found has none.
    """
    values: dict[str, str] = {}
    if search_terms.is_secret(text):
        return ""
    named = next((m for m in meanings if m.kind == QueryKind.NAME), None)
    if named:
        values |= _names(text, named)
    births = next((m.births for m in meanings if m.births), ())
    if births and births[0].precision == BirthPrecision.DAY:
        values["birth_on"] = f"{births[0].first:%m/%d/%Y}"
    phone = next((m for m in meanings if m.kind == QueryKind.PHONE), None)
    if phone and phone.style == MatchStyle.EXACT and not births:
        values["phone"] = text.strip()
    return urlencode(values)


def _names(text: str, named: Interpretation) -> dict[str, str]:
    """Return the typed words that are names, as written."""
    known = f"{named.family} {named.given} {named.middle}"

    def is_name(word: str) -> bool:
        key = names.closed_up(word)
        return bool(key) and key in known

    before, comma, after = text.partition(",")
    if comma:
        family = " ".join(filter(is_name, before.split()))
        given = " ".join(filter(is_name, after.split()))
    else:
        family, given = _family_and_given(list(filter(is_name, text.split())))
    first, _, middle = given.partition(" ")
    values = {"family": family, "given": first, "middle": middle}
    return {key: names.display_case(value) for key, value in values.items() if value}


def _family_and_given(words: list[str]) -> tuple[str, str]:
    """Return family and given names of words without a comma, as records rooms write them.

    Capitals beside other words are the family name (SMITH Amanda); so is what stands before a
    common given name (Smith John); else it comes last.
    """
    units = search_terms.with_particles(words)
    at = _family_units(units)
    family = [word for unit in units[at] for word in unit]
    given = [word for unit in [*units[: at.start], *units[at.stop :]] for word in unit]
    return " ".join(family), " ".join(given)


def _family_units(units: list[list[str]]) -> slice:
    """Return which of the units are the family name."""
    loud = [at for at, unit in enumerate(units) if _is_loud(unit)]
    is_run = bool(loud) and loud == list(range(loud[0], loud[-1] + 1))
    if is_run and len(loud) < len(units) and (loud[0] == 0 or loud[-1] == len(units) - 1):
        return slice(loud[0], loud[-1] + 1)
    given = [len(unit) == 1 and nicknames.is_known(names.closed_up(unit[0])) for unit in units]
    is_first = len(units) > 1 and given[-1] and not given[0]
    return slice(0, 1) if is_first else slice(len(units) - 1, len(units))


def _is_loud(unit: list[str]) -> bool:
    """Tell whether a unit is written in capitals; an initial says nothing."""
    text = "".join(unit)
    return sum(mark.isalpha() for mark in text) > 1 and text.isupper()


def _typed(meanings: Collection[Interpretation]) -> Typed:
    named = [m for m in meanings if m.kind == QueryKind.NAME]
    parts = {part for m in named for part in (m.family, m.given, m.middle)}
    numbers = {m.number for m in meanings if m.kind == QueryKind.MRN}
    births = tuple(dict.fromkeys(day for m in meanings for day in m.births))
    return Typed(frozenset(filter(None, parts)), frozenset(filter(None, numbers)), births)


def _line(line: DirectoryLine, typed: Typed, chart_zero: str) -> Line:
    is_birth_match = line.birth_on is not None and any(
        day.first <= line.birth_on <= day.last for day in typed.births
    )
    return Line(
        patient=line,
        url="" if line.is_hidden else chart_zero.replace("/0/", f"/{line.patient_id}/"),
        name=_joined(_name_parts(line, typed.words)),
        number=_marked(mrn.display(line.mrn), _leading(typed.numbers, line.mrn), names.closed_up),
        is_birth_match=is_birth_match,
        sex=Sex(line.sex).label if line.sex else "",
    )


def _name_parts(line: DirectoryLine, words: Collection[str]) -> Iterator[Part]:
    fields = [line.family.upper(), line.given, line.middle, line.suffix]
    for position, field in enumerate(fields):
        if not field:
            continue
        if position:
            yield Part(", " if position in (1, 3) else " ")
        yield from _marked(field, words, names.closed_up)


def _joined(parts: Iterator[Part]) -> list[Part]:
    """Put neighbours together that are both marked or both not."""
    alike = groupby(parts, key=lambda part: part.is_match)
    return [Part("".join(part.text for part in run), is_match) for is_match, run in alike]


def _marked(text: str, words: Collection[str], key: Callable[[str], str]) -> list[Part]:
    """Mark the beginning of `text` that is one of `words`, the longest there is."""
    whole = key(text)
    found = max((word for word in words if whole.startswith(word)), key=len, default="")
    if not found:
        return [Part(text)] if text else []
    end = next(at for at in range(1, len(text) + 1) if len(key(text[:at])) >= len(found))
    return [part for part in (Part(text[:end], True), Part(text[end:])) if part.text]


def _leading(numbers: Collection[str], own: str) -> list[str]:
    """Return how much of a record number was typed, zeros in front or not."""
    found = []
    for number in numbers:
        bare = number.lstrip("0")
        if own.startswith(number):
            found.append(number)
        elif bare and own.lstrip("0") == bare:
            found.append(own)
    return found
