"""Labels and links for what events are about, registered by the rooms that know them.

The access log stores a subject's type and id only. A room registers, once at start:

    subjects.register("patient", label_patients, patient_url, find_patients)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

PATIENT = "patient"
PERSON = "user"
RELEASE = "request"

Labels = Callable[[Sequence[str]], Mapping[str, str]]
Url = Callable[[str], str]
Find = Callable[[str], Sequence[str]]
Parts = Callable[[str], Sequence[tuple[str, str]]]


class Unclear(Exception):
    """What was typed names nobody for certain; `message` says why, and holds no patient details."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Subject:
    """How one type of subject is shown and found."""

    label: Labels
    url: Url | None
    find: Find | None
    parts: Parts | None


_registry: dict[str, Subject] = {}


def register(
    subject_type: str,
    label_fn: Labels,
    url_fn: Url | None = None,
    find_fn: Find | None = None,
    parts_fn: Parts | None = None,
) -> None:
    """Register a type of subject.

    `label_fn` takes ids as text and returns a label for each it knows, in one query for all.
    `url_fn` takes an id and returns the page about it. `find_fn` takes what a person typed (a
    medical record number, a user name) and returns the ids that it names exactly; it raises
    `Unclear` where there is more to say than that it names none. `parts_fn` takes an id and returns
    type and id of what belongs to it and has events of its own, such as a request's deliveries.
    """
    _registry[subject_type] = Subject(label_fn, url_fn, find_fn, parts_fn)


def labels(subject_type: str, ids: Iterable[str | int]) -> dict[str, str]:
    """Return a label for each id, by one call of the room's function; type and id if unknown."""
    wanted = sorted({str(value) for value in ids})
    known = _registry.get(subject_type)
    found = known.label(wanted) if known and wanted else {}
    return {value: found.get(value) or f"{subject_type} {value}" for value in wanted}


def is_known(subject_type: str, subject_id: str | int) -> bool:
    """Return whether the room that knows this type of subject knows this one."""
    known = _registry.get(subject_type)
    return bool(known and known.label([str(subject_id)]).get(str(subject_id)))


def url(subject_type: str, subject_id: str | int) -> str:
    """Return the page about a subject, or an empty text where its room offers none."""
    known = _registry.get(subject_type)
    return known.url(str(subject_id)) if known and known.url else ""


def find(subject_type: str, text: str) -> list[str]:
    """Return the ids of the subjects that `text` names, or none where its room cannot tell.

    Raises:
        Unclear: it names nobody for certain.
    """
    known = _registry.get(subject_type)
    return [str(value) for value in known.find(text)] if known and known.find else []


def with_parts(subject_type: str, subject_id: str | int) -> tuple[tuple[str, str], ...]:
    """Return type and id of a subject, and after it of what belongs to it."""
    known = _registry.get(subject_type)
    parts = known.parts(str(subject_id)) if known and known.parts else ()
    return ((subject_type, str(subject_id)), *parts)
