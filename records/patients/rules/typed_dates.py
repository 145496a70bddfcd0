"""Dates as people type them: 3/14/1961, 14 Mar 1961, 1961-03-14, 03141961, Mar 14 61."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from records.patients.enums import BirthPrecision

_MONTHS = {
    name: number
    for number in range(1, 13)
    for name in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
} | {"sept": 9}
_SEPARATORS = re.compile(r"[\s/.,\-']+")
_ORDINAL = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b")
# "14mar1961" is one word to the eye but three to the reader.
_LETTER_EDGE = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])")
_EARLIEST_YEAR = 1850
_NAMED = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What is a day to every reader, and no number of another kind; years have four digits after dashes.
_WRITTEN_DAY = re.compile(
    r"(?<![\w/.-])(?:[0-9]{1,2}([/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"
    r"|[0-9]{4}([-/.])[0-9]{1,2}\2[0-9]{1,2}"
    rf"|[0-9]{{1,2}}[\s.-]*{_NAMED}[\s.,-]*[0-9]{{4}}|{_NAMED}[\s.]*[0-9]{{1,2}}[\s,]+[0-9]{{4}})(?![\w/-])",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class TypedDate:
    """The days that a typed date can mean, first and last included."""

    first: date
    last: date
    precision: BirthPrecision


def read(text: str, *, today: date) -> tuple[TypedDate, ...]:
    """Return every date that `text` can mean, likeliest first; never raises.

    The month comes first unless it cannot (American order). A year of two digits is the latest
    that is not in the future, then a hundred years before.
    """
    if not text.isascii():
        return ()
    lowered = _ORDINAL.sub(r"\1", text.strip().lower())
    words = [word for word in _SEPARATORS.split(_LETTER_EDGE.sub(" ", lowered)) if word]
    found = dict.fromkeys(_readings(words, today))
    return tuple(typed for typed in found if typed.first <= today)


def impossible_day(text: str, *, today: date) -> str:
    """Return what stands in `text` as a day on which nobody can be born, or an empty text.

    The calendar has no such day, or it has not come yet, or it lies before 1850.
    """
    for found in _WRITTEN_DAY.finditer(text):
        if not read(found.group(), today=today):
            return found.group()
    return ""


def _readings(words: list[str], today: date) -> Iterator[TypedDate]:
    if not all(word.isdecimal() or word in _MONTHS for word in words):
        return
    if len(words) == 1 and words[0].isdecimal():
        yield from _one_number(words[0], today)
    elif len(words) == 2:
        yield from _month_and_year(words)
    elif len(words) == 3:
        yield from _three_words(words, today)


def _one_number(digits: str, today: date) -> Iterator[TypedDate]:
    if len(digits) == 8:
        yield from _day(digits[4:], digits[:2], digits[2:4], today)
        yield from _day(digits[:4], digits[4:6], digits[6:], today)
        yield from _day(digits[4:], digits[2:4], digits[:2], today)
    elif len(digits) == 6:
        yield from _day(digits[4:], digits[:2], digits[2:4], today)
    elif len(digits) == 4 and int(digits) >= _EARLIEST_YEAR:
        year = int(digits)
        yield TypedDate(date(year, 1, 1), date(year, 12, 31), BirthPrecision.YEAR)


def _month_and_year(words: list[str]) -> Iterator[TypedDate]:
    for month_word, year_word in (words, words[::-1]):
        month = _month(month_word)
        if month and year_word.isdecimal() and len(year_word) == 4:
            year = int(year_word)
            if year >= _EARLIEST_YEAR:
                last = calendar.monthrange(year, month)[1]
                yield TypedDate(date(year, month, 1), date(year, month, last), BirthPrecision.MONTH)


def _three_words(words: list[str], today: date) -> Iterator[TypedDate]:
    first, second, third = words
    yield from _day(third, first, second, today)
    yield from _day(first, second, third, today, long_year=True)
    yield from _day(third, second, first, today)


def _day(
    year_word: str, month_word: str, day_word: str, today: date, *, long_year: bool = False
) -> Iterator[TypedDate]:
    month = _month(month_word)
    if not month or not day_word.isdecimal() or len(day_word) > 2:
        return
    for year in _years(year_word, today, long_year=long_year):
        if 1 <= int(day_word) <= calendar.monthrange(year, month)[1]:
            day = date(year, month, int(day_word))
            yield TypedDate(day, day, BirthPrecision.DAY)


def _month(word: str) -> int:
    if word in _MONTHS:
        return _MONTHS[word]
    return int(word) if word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 12 else 0


def _years(word: str, today: date, *, long_year: bool) -> Iterator[int]:
    if not word.isdecimal():
        return
    if len(word) == 4 and int(word) >= _EARLIEST_YEAR:
        yield int(word)
    elif len(word) == 2 and not long_year:
        this_century = today.year - today.year % 100
        if this_century + int(word) <= today.year:
            yield this_century + int(word)
        yield this_century - 100 + int(word)
