"""Words for codes, and labels for patients."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db.models import TextChoices

from audit import subjects
from audit.context import NO_ROLE

# Roles whose words are more than their code.
ROLE_WORDS = {"COMPLIANCE": "Compliance officer"}


# Long exports ask for the same few words in every line, and Django walks all of an enum for each.
@lru_cache(maxsize=1024)
def word(choices: type[TextChoices], code: str) -> str:
    """Return the words for a stored code; one that is no longer known stands for itself."""
    return str(choices(code).label) if code in choices.values else code


def label_patients(ids: Iterable[int | None]) -> dict[str, str]:
    """Return the label of each patient, in one call of the room that knows them."""
    return subjects.labels(subjects.PATIENT, {value for value in ids if value is not None})


def label_subjects(named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the label of each subject (type, id), in one call for each type of the room it is of.

    A type without an id, and no type at all, stand for themselves.
    """
    wanted: dict[str, set[str]] = {}
    for subject_type, subject_id in named:
        wanted.setdefault(subject_type, set()).add(subject_id)
    found: dict[tuple[str, str], str] = {}
    for subject_type, ids in wanted.items():
        labels = subjects.labels(subject_type, ids - {""}) if subject_type else {}
        found |= {(subject_type, value): labels.get(value, subject_type) for value in ids}
    return found


def label_people(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the name of each person by number, in one call."""
    found = subjects.labels(subjects.PERSON, {value for value in ids if value is not None})
    return {int(value): name for value, name in found.items()}


def roles(text: str) -> str:
    """Return the words for roles as an event keeps them: `Clerk, Provider` for CLERK+PROVIDER."""
    if text == NO_ROLE:
        return "No role"
    return ", ".join(
        ROLE_WORDS.get(role) or role.replace("_", " ").capitalize() for role in text.split("+")
    )


def words(choices: type[TextChoices], codes: Iterable[str]) -> str:
    """Return the words for several codes, in the order of the alphabet."""
    return ", ".join(sorted(word(choices, code) for code in codes))
