"""Which filters of a list's address a saved list holds: codes, days and numbers of people alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from audit.http import Filters

# How many saved lists a person has of one list.
MOST = 20
# The address of a list without filters, which does not open with the reader's default.
UNFILTERED = "?list=all"
FIT = re.compile(r"[A-Za-z0-9_-]+")


def keep(query: QueryDict, filters: Filters) -> str:
    """Return what a saved list holds of an address, each filter in the list's own order.

    A filter that the list does not name is left out, and so is every value that its field would
    not take: what names a patient, and what somebody typed, is in no field that is kept.
    """
    kept = [
        (name, text)
        for name, field in filters.kept.items()
        for text in _texts(field, query.getlist(name))
        if FIT.fullmatch(text)
    ]
    return urlencode(kept)


def list_left_out(query: QueryDict, filters: Filters) -> list[str]:
    """Return a sentence for each filter in force that a saved list does not hold."""
    return [text for name, text in filters.left_out.items() if query.get(name, "").strip()]


def _texts(field: forms.Field, values: Sequence[str]) -> list[str]:
    if not values:
        return []
    if isinstance(field, forms.MultipleChoiceField):
        return sorted({value for value in values if field.valid_value(value)})
    # Of a key that stands twice in an address a list reads the last.
    try:
        found = field.clean(values[-1])
    except forms.ValidationError:
        return []
    return [] if found is None else [str(found)]
