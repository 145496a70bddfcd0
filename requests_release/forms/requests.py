"""Logging a request and correcting what was logged."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from records.access.enums import SensitivityClass
from records.access.selectors import sensitivity
from requests_release.enums import (
    AuthorizedPurpose,
    Channel,
    Medium,
    ReleaseBasis,
    RequesterKind,
    RequestKind,
)
from requests_release.forms.fields import LinesField, PastDay, PlainForm, VersionedForm, today
from requests_release.models import Request
from requests_release.rules import bases, due_dates, receipts
from requests_release.rules.due_dates import DueFacts
from requests_release.services.requesters import RequesterFacts
from requests_release.services.requests import RequestFacts

# Amendments and accountings are answered elsewhere; these two release copies.
KINDS = [(kind.value, kind.label) for kind in (RequestKind.ACCESS, RequestKind.DISCLOSURE)]
OWN = {RequesterKind.PATIENT, RequesterKind.PERSONAL_REPRESENTATIVE, RequesterKind.DIRECTED_PARTY}


class RequestForm(PlainForm):
    """Who asks for what, why, and on which ground."""

    NEEDED_LATER = ("identity_proof", "purpose_note", "stated_due_on")
    requester_kind = forms.ChoiceField(label="Who asks", choices=RequesterKind)
    requester_name = forms.CharField(label="Name of person or office", max_length=160)
    requester_address = LinesField(label="Address", max_length=300, required=False)
    requester_phone = forms.CharField(label="Phone", max_length=40, required=False)
    requester_fax = forms.CharField(label="Fax", max_length=40, required=False)
    requester_email = forms.EmailField(label="E-mail", required=False)
    identity_proof = forms.CharField(
        label="Identity and authority verified by",
        max_length=200,
        required=False,
        help_text="Photo ID seen, letterhead, call back, … Needed before submission.",
    )
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    basis = forms.ChoiceField(label="Ground", choices=ReleaseBasis)
    purpose = forms.ChoiceField(label="Purpose", choices=AuthorizedPurpose)
    purpose_note = forms.CharField(
        label="Purpose in words",
        max_length=200,
        required=False,
        help_text="Stands in the accounting of disclosures. Needed where the purpose is Other.",
    )
    scope = LinesField(label="What is asked for", max_length=500)
    scope_from = forms.DateField(label="Dates of service from", required=False)
    scope_until = forms.DateField(label="until", required=False)
    received_on = PastDay(label="Received on", initial=today)
    channel = forms.ChoiceField(label="Came by", choices=Channel)
    medium = forms.ChoiceField(label="Copies wanted on", choices=Medium)
    stated_due_on = forms.DateField(
        label="Date in the order, subpoena or notice",
        required=False,
        help_text="Needed where the paper alone says by when: order, subpoena, notice, letter.",
    )
    recipient_name = forms.CharField(
        label="Copies go to", max_length=160, required=False, help_text="If not to who asks"
    )
    recipient_address = LinesField(label="At the address", max_length=300, required=False)

    def __init__(self, *args: Any, born_on: date | None = None, **kwargs: Any) -> None:
        """Take the earliest day on which the patient can have been born, if that is known."""
        super().__init__(*args, **kwargs)
        self._born_on = born_on

    def clean_received_on(self) -> date:
        """Return the day of receipt.

        Raises:
            ValidationError: no request can have come on it.
        """
        day: date = self.cleaned_data["received_on"]
        wrong = receipts.find_objection(day, born_on=self._born_on, today=timezone.localdate())
        if wrong:
            raise forms.ValidationError(wrong, code="impossible")
        return day

    def clean(self) -> dict[str, Any]:
        """Check what must agree with each other."""
        data: dict[str, Any] = super().clean() or {}
        self._check_stated(data)
        first, last = data.get("scope_from"), data.get("scope_until")
        if first and last and last < first:
            self.add_error("scope_until", "This day lies before the first one.")
        if data.get("kind") == RequestKind.ACCESS and data.get("requester_kind") not in OWN:
            self.add_error(
                "kind", "Access is for the patient, a representative, or whom the patient names."
            )
        is_own = data.get("basis") in (ReleaseBasis.ACCESS, ReleaseBasis.DIRECTIVE)
        if is_own and data.get("kind") == RequestKind.DISCLOSURE:
            self.add_error("basis", "The right of access does not carry a disclosure to another.")
        if data.get("kind") == RequestKind.ACCESS and data.get("basis") and not is_own:
            self.add_error("basis", "Access to the own record rests on the right of access.")
        is_other = data.get("purpose") == AuthorizedPurpose.OTHER
        # An emptied field alone: one that was too long keeps its own error.
        if is_other and data.get("purpose_note") == "":
            self.add_error("purpose_note", "Say in a few words what the copies are for.")
        return data

    def _check_stated(self, data: dict[str, Any]) -> None:
        """Ask for the day in the paper where nothing else says by when the request is due."""
        kind, asked = data.get("kind"), data.get("requester_kind")
        received_on = data.get("received_on")
        is_empty = data.get("stated_due_on", "unreadable") is None
        if not (is_empty and kind and asked and received_on):
            return
        facts = DueFacts(RequestKind(kind), RequesterKind(asked), received_on)
        missing = due_dates.find_missing(facts)
        if missing:
            self.add_error(
                "stated_due_on",
                f"Enter the {missing.label}: nothing else says by when this is due.",
            )

    def requester_facts(self) -> RequesterFacts:
        """Return who asks."""
        data = self.cleaned_data
        return RequesterFacts(
            kind=data["requester_kind"],
            name=data["requester_name"],
            address=data["requester_address"],
            phone=data["requester_phone"],
            fax=data["requester_fax"],
            email=data["requester_email"],
        )

    def facts(self) -> RequestFacts:
        """Return what was asked for."""
        data = self.cleaned_data
        return RequestFacts(**{name: data[name] for name in RequestFacts.__dataclass_fields__})


class LogForm(RequestForm):
    """A new request; the key makes sending it twice do no harm."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class EditForm(RequestForm, VersionedForm):
    """A correction."""


def initial_of(request: Request) -> dict[str, Any]:
    """Return a request as its form shows it."""
    asked = request.requester
    names = [name for name in RequestFacts.__dataclass_fields__ if name != "stated_due_on"]
    stated = request.due_on if request.due_label.startswith(("date", "return date")) else None
    return {name: getattr(request, name) for name in names} | {
        "requester_kind": asked.kind,
        "requester_name": asked.name,
        "requester_address": asked.address,
        "requester_phone": asked.phone,
        "requester_fax": asked.fax,
        "requester_email": asked.email,
        "stated_due_on": stated,
        "version": request.version,
    }


class SensitiveForm(VersionedForm):
    """What a professional has looked at, and orders that open protected classes."""

    reviewed_classes = forms.MultipleChoiceField(
        label="Looked at and let pass by a licensed professional",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    review_note = forms.CharField(
        label="Which professional, and when", max_length=200, required=False
    )
    has_part2_order = forms.BooleanField(
        label="A court order under 42 CFR 2.64-2.66 with a subpoena is on file", required=False
    )
    is_emergency = forms.BooleanField(label="Medical emergency, 42 CFR 2.51", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewed_classes"].choices = [  # type: ignore[attr-defined]
            (gate.sensitivity.value, SensitivityClass(gate.sensitivity).label)
            for gate in sensitivity.list_gates()
            if gate.needs_review
        ]

    def clean(self) -> dict[str, Any]:
        """Check that a review names its professional."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("reviewed_classes") and not data.get("review_note", "").strip():
            self.add_error("review_note", "Say which professional looked at it, and when.")
        return data


def checks_of(basis: str) -> tuple[str, ...]:
    """Return what the preparer confirms for a ground."""
    return bases.rule_of(basis).checks
