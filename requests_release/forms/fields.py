"""What the forms of this room share: days, lines, versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

MULTILINE = forms.Textarea(attrs={"rows": 3})


def today() -> Any:
    """Return the facility's day."""
    return timezone.localdate()


class PastDay(forms.DateField):
    """A day that is not in the future."""

    def clean(self, value: Any) -> Any:
        """Return the day.

        Raises:
            ValidationError: it lies in the future, or is none.
        """
        day = super().clean(value)
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet.", code="future")
        return day


class LinesField(forms.CharField):
    """Text of several lines, whose ends are the same whatever they were typed on."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> Any:
        """Return the text without spaces at the end of its lines."""
        return "\n".join(line.rstrip() for line in (super().to_python(value) or "").splitlines())


class PlainForm(forms.Form):
    """A form whose values can be put in as if they had been typed.

    A field of `NEEDED_LATER` may be left empty now and is no optional one: its hint says when it is
    needed.
    """

    NEEDED_LATER: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NEEDED_LATER:
            field: Any = self.fields[name]
            field.is_needed_later = True

    def type_over(self, name: str, value: str) -> None:
        """Put a value into a field as if it had been typed; what was sent is left as it was."""
        typed: Any = self.data
        self.data = typed = typed.copy()
        typed[self.add_prefix(name)] = value


class VersionedForm(PlainForm):
    """A form that knows which version of the request its page showed, and whose mark it told of."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    seen_mark = ""

    def clean(self) -> dict[str, Any]:
        """Return what was typed; of whose mark the sender was told is no part of that."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.seen_mark = data.pop("mark", "")
        return data

    @property
    def seen_version(self) -> int:
        """Return the version that the page showed; 0 where it was not sent."""
        return int(self.cleaned_data.get("version") or 0)

    def renew(self, version: int) -> None:
        """Let the form go on from `version`, with everything in it as it was typed."""
        self.type_over("version", str(version))

    def tell_mark(self, key: str) -> None:
        """Let the form be sent again, now that its sender was told who holds the mark."""
        self.type_over("mark", key)
