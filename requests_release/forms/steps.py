"""The small forms of single steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from printing import words
from requests_release.enums import DeliveryMethod, WaitReason
from requests_release.errors import NoteTooShort
from requests_release.forms.fields import LinesField, PastDay, PlainForm, VersionedForm, today
from requests_release.rules import accounting, marks, media

HANDED = [
    (method.value, method.label) for method in DeliveryMethod if method != DeliveryMethod.PORTAL
]
SAY_WHY = "Say why: the reason stands in the timeline."


class StepForm(VersionedForm):
    """A step that needs nothing but the version."""


class ReasonForm(VersionedForm):
    """A step with its reason."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": SAY_WHY},
    )


class HoldForm(VersionedForm):
    """Why work stops."""

    wait_reason = forms.ChoiceField(label="Waiting for", choices=WaitReason)
    note = forms.CharField(label="Note", max_length=200, required=False)


class RevokeForm(VersionedForm):
    """When the patient's revocation came."""

    received_on = PastDay(label="Revocation received on", initial=today)


class ExtendForm(VersionedForm):
    """The written notice of delay."""

    notice_on = PastDay(label="Notice sent on", initial=today)
    complete_by = forms.DateField(label="Answered by")
    reason = forms.CharField(
        label="Reason given", max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class PersonForm(VersionedForm):
    """To whom a request is given."""

    person = forms.TypedChoiceField(label="Give to", coerce=int)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            (user.pk, user.display_name) for user in people
        ]


class TakeOverForm(PlainForm):
    """Why somebody takes a request over from who works on it."""

    holder = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Why you take over",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the timeline.",
        error_messages={"required": NoteTooShort.message},
    )

    def clean_note(self) -> str:
        """Return the note.

        Raises:
            ValidationError: it is no few words.
        """
        note: str = self.cleaned_data["note"]
        try:
            marks.check_note(note)
        except NoteTooShort as short:
            raise forms.ValidationError(short.message, code="short") from short
        return note


class SubmitForm(VersionedForm):
    """Submission, with the person who is asked to look."""

    reviewer = forms.TypedChoiceField(
        label="Ask for approval", coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].choices = [  # type: ignore[attr-defined]
            ("", "Any of these"),
            *((user.pk, user.display_name) for user in people),
        ]

    has_no_records = forms.BooleanField(
        label="There are no records that answer the request", required=False
    )


class DecisionForm(VersionedForm):
    """Approve, return or deny, with the approver's words."""

    NEEDED_LATER = ("comment",)
    decision = forms.ChoiceField(
        choices=[
            ("approve", "Approve"),
            ("return", "Return"),
            ("deny", "Deny"),
            ("none", "Confirm that there are no records"),
        ]
    )
    comment = forms.CharField(
        label="Comment",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to return or deny",
    )

    def clean(self) -> dict[str, Any]:
        """Check that a return or denial says why."""
        data: dict[str, Any] = super().clean() or {}
        needs_words = data.get("decision") in ("return", "deny")
        if needs_words and not data.get("comment", "").strip():
            self.add_error("comment", "Say what is wrong: returning and denying need words.")
        return data


class CommentForm(PlainForm):
    """A remark in the timeline."""

    text = forms.CharField(
        label="Comment", max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class LinkForm(VersionedForm):
    """How long a one-time link lasts; the key makes sending it twice make one link."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    days = forms.IntegerField(
        label="Days until it expires",
        min_value=1,
        max_value=30,
        initial=7,
        help_text="The link works once. Give the passcode another way than the link: by phone, not "
        "in the same mail.",
    )


class HandOverForm(VersionedForm):
    """That copies were mailed, faxed or handed over."""

    NEEDED_LATER = ("sent_to",)
    method = forms.ChoiceField(label="How", choices=HANDED)
    handed_on = PastDay(label="On", initial=today)
    tracking_note = forms.CharField(
        label="Tracking number, or to whom", max_length=200, required=False
    )
    sent_to = LinesField(
        label="Address or number they went to",
        max_length=300,
        required=False,
        help_text="The request names none. Needed where they were mailed, faxed or sent by e-mail.",
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        """Ask where the copies went only where the request's recipient has no address."""
        super().__init__(*args, **kwargs)
        if address:
            del self.fields["sent_to"]

    def clean(self) -> dict[str, Any]:
        """Check that it is said where copies went that nobody came for."""
        data: dict[str, Any] = super().clean() or {}
        if "method" in data and "sent_to" in data:
            missing = media.ask_where(data["method"], data["sent_to"])
            if missing:
                self.add_error("sent_to", missing)
        return data


class PasscodeForm(PlainForm):
    """What the requester types on the page of the link."""

    passcode = forms.CharField(
        label="Passcode",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AccountingForm(PlainForm):
    """For which time a patient wants an accounting."""

    requested_on = PastDay(label="Asked for on", initial=today)
    wanted_from = forms.DateField(label="From", required=False, help_text="At most six years back")
    wanted_until = PastDay(label="Until", required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or of which nothing can be accounted for."""
        data: dict[str, Any] = super().clean() or {}
        asked, first = data.get("requested_on"), data.get("wanted_from")
        last = data.get("wanted_until")
        if asked and first:
            earliest, latest = accounting.period(asked)
            if first < earliest:
                self.add_error("wanted_from", f"At most six years back: {words.day(earliest)}.")
            elif first > latest:
                self.add_error("wanted_from", "This lies after the day on which it was asked for.")
        if first and last and last < first:
            self.add_error("wanted_until", "This day lies before the first one.")
        return data
