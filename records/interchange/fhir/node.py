"""A careful view of one JSON object of FHIR: every answer has the type asked for, or is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

from records.interchange.enums import Precision, Reason
from records.interchange.errors import FhirUnreadable
from records.interchange.values import Moment, Period

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z",
    re.ASCII,
)
PRECISIONS = (Precision.YEAR, Precision.MONTH, Precision.DAY)


class Node:
    """A JSON object and the path that leads to it."""

    __slots__ = ("data", "path")

    def __init__(self, data: dict[str, Any], path: str) -> None:
        self.data, self.path = data, path

    def __bool__(self) -> bool:
        return bool(self.data)

    def has(self, key: str) -> bool:
        return self.data.get(key) is not None

    def refuse(self, key: str, message: str, reason: Reason = Reason.BAD_SHAPE) -> FhirUnreadable:
        return FhirUnreadable(message, reason, f"{self.path}.{key}" if key else self.path)

    def text(self, key: str) -> str:
        value = self.data.get(key)
        return "" if value is None else self.checked_text(value, key)

    def checked_text(self, value: object, key: str) -> str:
        if not isinstance(value, str):
            raise self.refuse(key, "must be text")
        if UNSTORABLE.search(value):
            raise self.refuse(key, "holds characters that cannot be stored", Reason.BAD_TEXT)
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        items = [self.checked_text(item, key) for item in self.items(key) if item is not None]
        return tuple(item for item in items if item)

    def flag(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.refuse(key, "must be true or false")
        return value

    def number(self, key: str) -> Decimal | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.refuse(key, "must be a number")
        return Decimal(value)

    def whole(self, key: str) -> int | None:
        value = self.data.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.refuse(key, "must be a whole number")
        return value

    def items(self, key: str) -> list[Any]:
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(key, "must be a list")
        return value

    def node(self, key: str) -> Node:
        value = self.data.get(key)
        if value is None:
            return Node({}, f"{self.path}.{key}")
        return self.checked_node(value, key)

    def checked_node(self, value: object, key: str) -> Node:
        if not isinstance(value, dict):
            raise self.refuse(key, "must be an object")
        return Node(value, f"{self.path}.{key}")

    def nodes(self, key: str) -> list[Node]:
        return [
            self.checked_node(item, f"{key}[{index}]")
            for index, item in enumerate(self.items(key))
            if item is not None
        ]

    def one_or_many(self, key: str) -> list[Node]:
        """Return the objects under `key`, which is a list in some resources, not in others."""
        return (
            self.nodes(key)
            if isinstance(self.data.get(key), list)
            else [found for found in [self.node(key)] if found]
        )

    def variant(self, stem: str) -> str:
        """Return which key of a choice `stem[x]` is there, or nothing."""
        return next(
            (key for key in self.data if key.startswith(stem) and key[len(stem) :][:1].isupper()),
            "",
        )

    def moment(self, key: str) -> Moment | None:
        text = self.text(key)
        return self.parsed_moment(text, key) if text else None

    def parsed_moment(self, text: str, key: str) -> Moment:
        """Read a date or time.

        Raises:
            FhirUnreadable: it is not in FHIR's form, or there is no such day or time.
        """
        match = DATE.match(text)
        if match is None:
            raise self.refuse(key, "is not a date as FHIR writes it", Reason.IMPOSSIBLE_DATE)
        year, month, day, *clock = match.groups()
        try:
            on = date(int(year), int(month or 1), int(day or 1))
            if clock[0] is None:
                return Moment(text, PRECISIONS[bool(month) + bool(day)], on)
            return Moment(text, Precision.TIME, on, timed(on, *clock))
        except ValueError as error:
            raise self.refuse(key, "there is no such date", Reason.IMPOSSIBLE_DATE) from error

    def period(self, key: str) -> Period:
        node = self.node(key)
        return Period(node.moment("start"), node.moment("end"))

    def extension(self, url: str) -> Node:
        """Return the extension whose address is `url`, or an empty object."""
        for extension in self.nodes("extension"):
            if extension.text("url") == url:
                return extension
        return Node({}, f"{self.path}.extension")

    def objects(self) -> Iterator[Node]:
        """Yield this object and all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            below = []
            for key, value in node.data.items():
                many = value if isinstance(value, list) else [value]
                for index, item in enumerate(many):
                    if isinstance(item, dict):
                        place = f"{key}[{index}]" if isinstance(value, list) else key
                        below.append(Node(item, f"{node.path}.{place}"))
            waiting.extend(reversed(below))


def timed(
    on: date, hour: str, minute: str, second: str | None, fraction: str | None, zone: str | None
) -> datetime | None:
    """Return the instant; None where no zone was given, so that none is made up."""
    shown = 59 if second == "60" else int(second or 0)  # a leap second
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    at = datetime(on.year, on.month, on.day, int(hour), int(minute), shown, micro, offset(zone))
    return None if zone is None else at


def offset(zone: str | None) -> tzinfo:
    """Return the zone of a time.

    Raises:
        ValueError: no place on earth is so far ahead or behind.
    """
    if zone is None or zone == "Z":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    return timezone(timedelta(minutes=(hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)))
