"""Whose chart an address is about, as far as the rooms say so.

A refusal for want of a permission comes before any view has looked at anything; its event shall
still be found by the patient. A room registers, once at start, what its addresses carry:

    owners.register("document_id", Document, "patient_id")
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

_registry: dict[str, tuple[type[Model], str]] = {}


def register(argument: str, model: type[Model], column: str) -> None:
    """Say that an address's `argument` is a key of `model`, whose `column` holds the patient."""
    _registry[argument] = (model, column)


def find_patient(keys: Mapping[str, int]) -> int | None:
    """Return the patient of the first record that an address names, or None; one query at most."""
    argument = next((name for name in keys if name in _registry), None)
    if argument is None:
        return None
    model, column = _registry[argument]
    found = model._base_manager.filter(pk=keys[argument]).values_list(column, flat=True).first()
    return None if found is None else int(found)
