"""The details of an event as labels and values: codes stay codes, keys become words."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

# Keys whose own words say too little. Other keys are their own words.
LABELS = {
    "code": "Error code",
    "from": "State before",
    "kind": "Kind",
    "left": "Tries left",
    "list": "List",
    "missing": "Missing",
    "sign_in": "Sign-in typed (keyed hash)",
    "to": "State after",
}
MISSING_RIGHT = "Missing right"


def rows(stored: str, taken: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return each detail of an event as label and value.

    `taken` are labels that the event's own columns have: a detail of the same name says so.
    """
    found = [(_label(name, value), _text(value)) for name, value in json.loads(stored).items()]
    return [(f"{label} (detail)" if label in taken else label, text) for label, text in found]


def _label(name: str, value: Any) -> str:
    if name == "missing" and _are_rights(value):
        return MISSING_RIGHT
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def _are_rights(value: Any) -> bool:
    """Tell whether what is missing are rights, `room.what_one_may`, and not a count of pages."""
    values = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) and "." in one for one in values)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
