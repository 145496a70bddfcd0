"""The social security number in forms: typed once, never sent back to the screen.

A form that comes back with an error carries the number encrypted for the person who typed it, so
that nothing they entered is lost and no answer of the server holds the number. Of one that cannot
be a number it carries only that there was one: it is typed again, or left out on purpose.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django import forms
from django.http import QueryDict

from accounts import crypto
from records.patients.rules import ssn

PLACE = ("form", "ssn")
TYPED = "ssn"
KEPT = "ssn_kept"
REFUSED = "is_ssn_refused"


class UnshownInput(forms.TextInput):
    """A text field whose value never goes back to the browser."""

    def format_value(self, value: Any) -> None:
        """Return nothing, whatever was typed."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Return the field's attributes; no browser keeps it as a draft either."""
        return super().build_attrs(base_attrs, extra_attrs) | {"data-no-draft": True}


def keep(data: QueryDict | None, user_id: int) -> QueryDict | None:
    """Return what was sent, with the typed number beside it as ciphertext for this person.

    What cannot be a number is not kept, nor is one that was typed before it: the form remembers
    that it was refused.
    """
    text = data.get(TYPED, "").strip() if data is not None else ""
    if data is None or not text:
        return data
    typed = ssn.check(text)
    kept = data.copy()
    for name in (KEPT, REFUSED):
        kept.pop(name, None)
    if typed.is_valid:
        sealed = crypto.encrypt_field(*PLACE, user_id, typed.digits)
        kept[KEPT] = urlsafe_b64encode(sealed).decode()
    else:
        kept[REFUSED] = "on"
    return kept


def unkeep(text: str, user_id: int) -> str:
    """Return the digits that `keep` encrypted for this person.

    Raises:
        ValueError: the text is not from such a form.
    """
    try:
        return crypto.decrypt_field(*PLACE, user_id, urlsafe_b64decode(text))
    except (ValueError, crypto.FieldDamaged) as error:
        raise ValueError("not a number kept by a form of this person") from error
