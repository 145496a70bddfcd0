"""The filters of a list in words, each with the address of the list without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

LEFT_OUT = ("after", "before")


@dataclass(frozen=True)
class Chip:
    """A filter in force: what it is, and the address without it."""

    label: str
    value: str
    url: str


def chips(form: forms.Form, query: QueryDict) -> list[Chip]:
    """Return a chip for each field of a valid form that narrows the list."""
    return [
        Chip(
            label=str(bound.label),
            value=_word(bound.field, form.cleaned_data[bound.name]),
            url=_without(query, bound.name),
        )
        for bound in form
        if form.cleaned_data.get(bound.name) not in (None, "")
    ]


def _word(field: Any, value: Any) -> str:
    choices = dict(getattr(field, "choices", []))
    return str(choices.get(value, value))


def _without(query: QueryDict, name: str) -> str:
    left = query.copy()
    for key in (name, *LEFT_OUT):
        left.pop(key, None)
    return f"?{left.urlencode()}"
