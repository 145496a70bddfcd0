"""Reading a signed form, element by element."""

from __future__ import annotations

from typing import Any

from django import forms

from records.access.enums import SensitivityClass
from requests_release.enums import AuthorizedPurpose
from requests_release.forms.fields import PastDay, VersionedForm
from requests_release.models import Authorization
from requests_release.rules import authorization as rules
from requests_release.services.authorizations import FormFacts

PROTECTED = [
    (name.value, name.label) for name in SensitivityClass if name != SensitivityClass.NORMAL
]
NEEDED = "Needed before submission."
NEEDED_OF_ANOTHER = "Needed where the patient did not sign."
CHECKS = {
    "names_us": "It names us as the one who may disclose",
    "has_revocation_statement": "It tells of the right to revoke, and how",
    "has_condition_statement": "It says whether treatment or payment depends on it",
    "has_redisclosure_statement": "It warns of redisclosure",
    "is_plain": "Its language is plain",
    "has_remuneration_statement": "It states remuneration (marketing, sale)",
    "is_sought_by_us": "We asked for this authorization",
    "is_copy_given": "The patient has a copy",
    "is_conditioned": "Treatment, payment or enrollment was made to depend on it",
    "is_combined": "It is combined with another permission",
    "is_known_false": "Something material in it is known to be false",
    "has_event_occurred": "The event with which it ends has occurred",
}


class AuthorizationForm(VersionedForm):
    """The checklist beside the form; nothing is required, defects are named afterwards."""

    NEEDED_LATER = (
        "document",
        "file",
        "scope",
        "recipients",
        "purpose",
        "signed_on",
        "signer_name",
        "authority",
        "expires_on",
        "expiry_event",
    )
    document = forms.TypedChoiceField(
        label="Form already in the chart", coerce=int, empty_value=None, required=False
    )
    file = forms.FileField(
        label="Or add the signed form",
        required=False,
        help_text="PDF, TIFF, JPEG or PNG. One of both is needed.",
    )
    scope = forms.CharField(
        label="Which information", max_length=300, required=False, help_text=NEEDED
    )
    scope_from = forms.DateField(label="Dates of service from", required=False)
    scope_until = forms.DateField(label="until", required=False)
    classes = forms.MultipleChoiceField(
        label="Protected classes that it names in the words the law wants",
        choices=PROTECTED,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    recipients = forms.CharField(
        label="Who may receive",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"One on each line, as the form names them. {NEEDED}",
    )
    purpose = forms.ChoiceField(
        label="Purpose",
        choices=[("", "None stated"), *AuthorizedPurpose.choices],
        required=False,
        help_text=NEEDED,
    )
    signed_on = PastDay(label="Signed on", required=False, help_text=NEEDED)
    is_signed_by_patient = forms.BooleanField(
        label="Signed by the patient", required=False, initial=True
    )
    signer_name = forms.CharField(
        label="Else signed by", max_length=160, required=False, help_text=NEEDED_OF_ANOTHER
    )
    authority = forms.CharField(
        label="Authority of the signer",
        max_length=160,
        required=False,
        help_text=NEEDED_OF_ANOTHER,
    )
    is_authority_proven = forms.BooleanField(label="Proof of authority seen", required=False)
    expires_on = forms.DateField(
        label="Expires on", required=False, help_text="A day or an event: needed before submission."
    )
    expiry_event = forms.CharField(label="Or with the event", max_length=160, required=False)

    def __init__(self, *args: Any, documents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_filed = False
        self._offer(documents)
        for name, label in CHECKS.items():
            self.fields[name] = forms.BooleanField(label=label, required=False)

    def _offer(self, documents: list[tuple[int, str]]) -> None:
        field: Any = self.fields["document"]
        field.choices = [("", "Choose …"), *documents]

    @property
    def checks(self) -> list[Any]:
        """Return the fields of the checklist, in order."""
        return [self[name] for name in CHECKS]

    def clean(self) -> dict[str, Any]:
        """Check that there is a form to read, and that its days can follow each other."""
        data: dict[str, Any] = super().clean() or {}
        document, file = data.get("document"), data.get("file")
        # A form that is recorded already stands chosen; one that is added takes its place.
        is_old_choice = document is not None and document == self.initial.get("document")
        if not file and not document:
            self.add_error("file", "Add the signed form, or choose it from the chart.")
        elif file and document and not is_old_choice:
            self.add_error("file", "Add the signed form, or choose it from the chart: one of both.")
        first, last = data.get("scope_from"), data.get("scope_until")
        if first and last and last < first:
            self.add_error("scope_until", "This day lies before the first one.")
        wrong = rules.find_disorder(
            signed_on=data.get("signed_on"), expires_on=data.get("expires_on")
        )
        for name, message in wrong.items():
            self.add_error(name, message)
        return data

    def keep_filed(self, document_id: int, documents: list[tuple[int, str]]) -> None:
        """Choose the added form, now that it lies in the chart, should the page be shown again."""
        self._offer(documents)
        self.is_filed = True
        self.cleaned_data["document"] = document_id
        self.type_over("document", str(document_id))

    def say_file_is_gone(self) -> None:
        """Ask for an added form again where another field kept it from being filed.

        A browser sends a file once; unlike what was typed it is not there when the page is shown.
        """
        is_gone = bool(self.files.get("file")) and bool(self.errors) and not self.is_filed
        if is_gone and "file" not in self.errors:
            self.add_error("file", "Choose the file again: it was not kept.")

    def facts(self) -> FormFacts:
        """Return what the form says."""
        data = self.cleaned_data
        values = {name: data[name] for name in FormFacts.__dataclass_fields__}
        values["classes"] = tuple(data["classes"])
        values["recipients"] = tuple(data["recipients"].splitlines())
        return FormFacts(**values)


def initial_of(form: Authorization | None) -> dict[str, Any]:
    """Return a recorded authorization as its checklist shows it."""
    if form is None:
        return {"recipients": "", "scope": ""}
    values = {name: getattr(form, name) for name in FormFacts.__dataclass_fields__}
    return values | {"recipients": "\n".join(form.recipients), "document": form.document_id}
