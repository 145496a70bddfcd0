"""What the forms of this room share: plain words for what is wrong, days, versions."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

MULTILINE = forms.Textarea(attrs={"rows": 3})
A_DAY = "Write a day such as 03/14/2026 or Mar 14, 2026."
A_NUMBER = "Write a number."
# Beside the words that every form of the house has.
WORDS: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.DateField, {"required": A_DAY, "invalid": A_DAY}),
    (forms.IntegerField, {"required": A_NUMBER, "invalid": A_NUMBER}),
    (forms.EmailField, {"invalid": "Write an address such as name@example.org."}),
)


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
    """A form that says what is wrong in this room's words; a field's own words stand first."""

    own_words: ClassVar[dict[str, dict[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            words = next((words for kind, words in WORDS if isinstance(field, kind)), {})
            field.error_messages |= words | self.own_words.get(name, {})

    def type_over(self, name: str, value: str) -> None:
        """Put a value into a field as if it had been typed; what was sent is left as it was."""
        typed: Any = self.data
        self.data = typed = typed.copy()
        typed[self.add_prefix(name)] = value


class VersionedForm(PlainForm):
    """A form that knows which version of the request its page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def seen_version(self) -> int:
        """Return the version that the page showed; 0 where it was not sent."""
        return int(self.cleaned_data.get("version") or 0)

    def renew(self, version: int) -> None:
        """Let the form go on from `version`, with everything in it as it was typed."""
        self.type_over("version", str(version))
