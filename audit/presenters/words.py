"""Words for codes, and labels for patients."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import TextChoices

from audit import subjects


def word(choices: type[TextChoices], code: str) -> str:
    """Return the words for a stored code; one that is no longer known stands for itself."""
    return str(choices(code).label) if code in choices.values else code


def label_patients(ids: Iterable[int | None]) -> dict[str, str]:
    """Return the label of each patient, in one call of the room that knows them."""
    return subjects.labels(subjects.PATIENT, {value for value in ids if value is not None})


def words(choices: type[TextChoices], codes: Iterable[str]) -> str:
    """Return the words for several codes, in the order of the alphabet."""
    return ", ".join(sorted(word(choices, code) for code in codes))
