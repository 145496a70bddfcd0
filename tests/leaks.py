"""Whether a secret stands in what was kept or answered, told from numbers met by chance.

A row's number, a digest or a token of a form may hold the same digits as a secret. So digits
count only where they stand for themselves: beside no letter and no other digit, and, of what the
trail keeps, in words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditlog.models import LogEntry

from audit.models import Event, RowChange


def tells(text: str, secret: str) -> bool:
    """Whether `secret` stands in the text, in any case, beside no letter and no digit."""
    return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text, re.IGNORECASE) is not None


def tells_number(text: str, number: str) -> bool:
    """Whether the text tells a social security number (`219-44-6789`), or its first digits."""
    area = number.partition("-")[0]
    return number.replace("-", "") in text or re.search(rf"(?<!\w){area}[-•\s]", text) is not None


def words_of_events() -> str:
    """All words of the trail's events that are no numbers of rows, names of staff or digests."""
    rows = Event.objects.values_list("detail", "subject_type", "purpose", "basis", "outcome")
    return "\n".join(word for row in rows for value in row for word in _words(value))


def words_of_histories() -> str:
    """All words of the fields' histories, and the columns that statements changed."""
    entries = LogEntry.objects.values_list("changes", "additional_data", "object_repr")
    found = [*entries, *RowChange.objects.values_list("columns")]
    return "\n".join(word for row in found for value in row for word in _words(value))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
