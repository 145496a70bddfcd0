"""What a clerk means by what they type into the search field.

One text can mean several things: 455099 is a record number and 4 May 1999. Every meaning comes
back, exact ones first, then beginnings, then what sounds or looks alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from records.patients.enums import MatchStyle, QueryKind
from records.patients.rules import mrn, names, phones, ssn, typed_dates
from records.patients.rules.typed_dates import TypedDate

LONGEST = 120
_MOST_WORDS = 6
_DASHES = re.compile("[‐-―−]")
_KEYWORDS = {
    "mrn": QueryKind.MRN,
    "ssn": QueryKind.SSN,
    "ss": QueryKind.SSN,
    "dob": QueryKind.BIRTH,
    "born": QueryKind.BIRTH,
    "phone": QueryKind.PHONE,
    "tel": QueryKind.PHONE,
    "acct": QueryKind.ACCOUNT,
    "account": QueryKind.ACCOUNT,
    "name": QueryKind.NAME,
}
_KEYWORD = re.compile(rf"^({'|'.join(_KEYWORDS)})\b[\s:#.=]*(?=\S)", re.IGNORECASE)
# Nine digits as a social security number is written, wherever they stand, or one that is being
# written: its dashes after three and five digits are no other number's.
_SOCIAL = re.compile(
    r"(?<![0-9])[0-9]{3}(?:[-\s./]?[0-9]{2}[-\s./]?[0-9]{4}(?![0-9])|[-\s][0-9]{2}(?:[-\s][0-9]{0,3})?$)"
)
_BIRTH_MARK = re.compile(r"\b(?:dob|born|b\.)[\s:]*", re.IGNORECASE)
_ACCOUNT = re.compile(r"[A-Z0-9][A-Z0-9\-]{2,29}")
# fmt: off
_PARTICLES = frozenset({
    "DA", "DE", "DEL", "DELLA", "DER", "DES", "DI", "DO", "DOS", "DU", "EL", "LA", "LAS",
    "LE", "LOS", "MAC", "MC", "O", "SAN", "SANTA", "ST", "TEN", "TER", "VAN", "VON", "ZU",
})
# fmt: on
_SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "MD"})
_ORDER = {style: rank for rank, style in enumerate(MatchStyle)}


@dataclass(frozen=True)
class Interpretation:
    """One meaning: all that is filled in must hold together.

    `number` is digits only for MRN, SSN and PHONE, and capitals for ACCOUNT; a PHONE that is not
    exact is the end of the number, as it is said aloud. Name fields are in filing form
    (`names.closed_up`); any of `births` may be the birth date.
    """

    kind: QueryKind
    style: MatchStyle
    number: str = ""
    family: str = ""
    given: str = ""
    middle: str = ""
    births: tuple[TypedDate, ...] = ()


def parse(text: str, *, today: date) -> tuple[Interpretation, ...]:
    """Return what `text` can mean: exact, then beginnings, then alike; never raises.

    A word in front (mrn, ssn, dob, phone, acct, name) leaves only that meaning.
    """
    wanted, rest = _split(text[:LONGEST])
    found = dict.fromkeys([*_numbers(rest, today), *_people(rest, today)])
    kept = [one for one in found if wanted is None or _is_wanted(one.kind, wanted)]
    return tuple(sorted(kept, key=lambda one: _ORDER[one.style]))


def is_secret(text: str) -> bool:
    """Tell whether the text may hold a social security number, which no address and no answer may.

    Words in front, the end of the number after its keyword, and a number half typed count too.
    """
    wanted, rest = _split(text)
    is_named = wanted == QueryKind.SSN and any(map(str.isdigit, rest))
    return bool(_SOCIAL.search(_clean(text))) or is_named


def is_whole_number(text: str, number: str) -> bool:
    """Tell whether `text` is all of a record number, and not an end or a beginning of it.

    Pairs and dashes do not matter, nor does the word “MRN” in front; zeros in front do.
    """
    wanted, rest = _split(text)
    is_number = wanted in (None, QueryKind.MRN)
    return is_number and bool(number) and re.sub(r"[-\s]", "", rest) == number


def _split(text: str) -> tuple[QueryKind | None, str]:
    """Return what the word in front asks for, if one stands there, and the rest."""
    cleaned = _clean(text)
    keyword = _KEYWORD.match(cleaned)
    if keyword is None:
        return None, cleaned
    return _KEYWORDS[keyword.group(1).lower()], cleaned[keyword.end() :]


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    visible = "".join(mark if mark.isprintable() else " " for mark in plain)
    return " ".join(_DASHES.sub("-", visible).split())


def _is_wanted(kind: QueryKind, wanted: QueryKind) -> bool:
    if wanted == QueryKind.SSN:
        return kind in (QueryKind.SSN, QueryKind.SSN_LAST4)
    return kind == wanted


def _numbers(text: str, today: date) -> Iterator[Interpretation]:
    """Yield meanings of the whole text as a number or a date; a good check digit goes first."""
    exact = MatchStyle.EXACT
    record = mrn.normalise(text)
    if record and mrn.is_valid(record):
        yield Interpretation(QueryKind.MRN, exact, number=record)
    social = ssn.check(text)
    if social.digits:
        yield Interpretation(QueryKind.SSN, exact, number=social.digits)
    births = typed_dates.read(text, today=today)
    if births:
        yield Interpretation(QueryKind.BIRTH, exact, births=births)
    yield from _phone_numbers(text)
    if record:
        yield Interpretation(QueryKind.MRN, exact, number=record)
        yield Interpretation(QueryKind.MRN, MatchStyle.PREFIX, number=re.sub(r"\D", "", text))
    if re.fullmatch(r"[0-9]{4}", text):
        yield Interpretation(QueryKind.SSN_LAST4, exact, number=text)
    account = text.upper()
    if _ACCOUNT.fullmatch(account) and any(mark.isdigit() for mark in account):
        yield Interpretation(QueryKind.ACCOUNT, exact, number=account)


def _phone_numbers(text: str) -> Iterator[Interpretation]:
    if not re.fullmatch(r"[0-9()+\-.\s]*(?:x[0-9]+)?", text):
        return
    phone = phones.parse(text)
    if phone and len(phone.digits) >= 10:
        yield Interpretation(QueryKind.PHONE, MatchStyle.EXACT, number=phone.digits)
    elif len(phones.lookup_digits(text)) in (4, 7):
        yield Interpretation(QueryKind.PHONE, MatchStyle.PREFIX, number=phones.lookup_digits(text))


def _people(text: str, today: date) -> Iterator[Interpretation]:
    """Yield meanings as a name, with or without a birth date before or after it."""
    bare, births = _without_birth(_BIRTH_MARK.sub("", text), today)
    patterns = list(dict.fromkeys(_patterns(bare)))
    for style in MatchStyle:
        for family, given, middle in patterns:
            if not _is_asked_for(style, family, given, middle):
                continue
            yield Interpretation(
                QueryKind.NAME, style, family=family, given=given, middle=middle, births=births
            )


def _is_asked_for(style: MatchStyle, family: str, given: str, middle: str) -> bool:
    """Tell whether a style asks for a pattern.

    Alike names are asked for by all of the name: a given name alone adds nobody. A middle name
    beside one other is asked for last: few know a person by it, and it is alike to nothing.
    """
    is_last = style == MatchStyle.FUZZY
    if middle and not (family and given):
        return is_last
    return bool(family) or not is_last


def _without_birth(text: str, today: date) -> tuple[str, tuple[TypedDate, ...]]:
    """Cut the longest run of words that reads as a date out of the text."""
    words = text.split()[: _MOST_WORDS * 2]
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            part = " ".join(words[start : start + length])
            births = typed_dates.read(part, today=today) if re.search("[0-9]", part) else ()
            if births:
                rest = [*words[:start], *words[start + length :]]
                return " ".join(rest), births
    return text, ()


def _patterns(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (family, given, middle) for every order in which the words can be meant."""
    if "," in text:
        before, after = text.split(",", 1)
        family, rest = "".join(names.words_of(before)), _name_words(after)
        if family:
            yield (family, *_given_and_middle(rest))
            return
    words = _name_words(text)
    for units in (_joined(words), words):
        if not units:
            continue
        if len(units) == 1:
            yield units[0], "", ""
            yield "", units[0], ""
        else:
            yield (units[-1], *_given_and_middle(units[:-1]))
            yield (units[0], *_given_and_middle(units[1:]))
            yield "".join(units), "", ""
            yield "", "".join(units), ""
            yield from _with_a_middle(units)


def _with_a_middle(units: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what the words can mean where one is a middle name and one is left out."""
    first, after = units[0], "".join(units[1:])
    before, last = "".join(units[:-1]), units[-1]
    yield "", first, after
    yield "", last, before
    yield last, "", before
    yield first, "", after


def _name_words(text: str) -> list[str]:
    words = [names.closed_up(part) for part in text.split()[:_MOST_WORDS]]
    kept = [word for word in words if word and not any(mark.isdigit() for mark in word)]
    bare = [word for word in kept if word not in _SUFFIXES]
    return bare or kept


def _given_and_middle(words: list[str]) -> tuple[str, str]:
    return (words[0] if words else "", "".join(words[1:]))


def _joined(words: list[str]) -> list[str]:
    """Join particles to what follows: DE LA CRUZ becomes DELACRUZ."""
    return ["".join(unit) for unit in with_particles(words)]


def with_particles(words: Sequence[str]) -> list[list[str]]:
    """Return the words with each particle beside what follows it: Maria, de la Cruz."""
    units: list[list[str]] = []
    is_open = False
    for word in words:
        if is_open:
            units[-1].append(word)
        else:
            units.append([word])
        is_open = names.closed_up(word) in _PARTICLES
    return units
