"""The forms of documents: what each is, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from records.access.services.opening import ChartScope
from records.documents.forms import fields
from records.documents.models import Document
from records.documents.services.filing import DocumentFacts


class FactsForm(forms.Form):
    """What the index of the chart says of a document."""

    type = forms.ChoiceField(label="Type")
    service_on = forms.DateField(label="Date of service")
    encounter = forms.TypedChoiceField(
        label="Encounter", coerce=int, empty_value=None, required=False
    )
    title = forms.CharField(
        label="Title", max_length=160, required=False, help_text="The type's name if left empty"
    )
    sensitivity = forms.ChoiceField(label="Sensitivity", required=False)

    def __init__(self, *args: Any, scope: ChartScope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("type", fields.type_choices(scope))
        self._choose("encounter", fields.encounter_choices(scope))
        self._choose("sensitivity", fields.sensitivity_choices(scope))
        self.fields["type"].error_messages["required"] = "Choose a type of document."

    def _choose(self, name: str, choices: fields.Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def facts(self) -> DocumentFacts:
        """Return what was entered."""
        data = self.cleaned_data
        return DocumentFacts(
            type_code=data["type"],
            title=data["title"],
            service_on=data["service_on"],
            encounter_id=data["encounter"],
            sensitivity=data["sensitivity"],
        )


class NewForm(FactsForm):
    """What a document is that the chart does not hold yet, or shall hold a second time."""

    is_duplicate_meant = forms.BooleanField(label="File it a second time", required=False)


class FilingForm(NewForm):
    """A file and what it is; `filing_key` lets the form file once, however often it is sent."""

    file = fields.DocumentFileField()
    filing_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ("file", "type", "service_on", "encounter", "title", "sensitivity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = fields.size_hint()


class SeenForm(forms.Form):
    """A step on a document; `lock_version` is that of the document the page showed."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput)

    def renew(self, lock_version: int) -> None:
        """Let the form that goes back be saved over what its reader has now seen."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["lock_version"] = str(lock_version)
        self.data = data


class ChangeForm(SeenForm, FactsForm):
    """What is said of a filed document, put right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("sensitivity", self.fields["sensitivity"].choices[1:])  # type: ignore[attr-defined]
        self.fields["sensitivity"].required = True

    @staticmethod
    def initial_of(document: Document) -> dict[str, Any]:
        """Return what is said of the document now."""
        return {
            "type": document.type.code,
            "service_on": document.service_on,
            "encounter": document.encounter_id,
            "title": document.title,
            "sensitivity": document.sensitivity,
            "lock_version": document.lock_version,
        }


class ReasonForm(SeenForm):
    """A step that needs a reason."""

    reason = forms.CharField(
        label="Reason", max_length=200, error_messages={"required": "Say why."}
    )


class ReplaceForm(ReasonForm):
    """A newer version of a document."""

    file = fields.DocumentFileField()
    field_order = ("file", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = fields.size_hint()
        self.fields["reason"].label = "Why the newer version replaces this one"


class MoveForm(ReasonForm):
    """A misfiled document's way to the chart where it belongs."""

    to_patient = forms.IntegerField(widget=forms.HiddenInput)
    to_encounter = forms.TypedChoiceField(
        label="Encounter there", coerce=int, empty_value=None, required=False
    )
    field_order = ("to_encounter", "reason")

    def __init__(self, *args: Any, target: ChartScope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = fields.encounter_choices(target)
        self.fields["to_encounter"].choices = choices  # type: ignore[attr-defined]


def today_initial() -> dict[str, Any]:
    """Return what a new document starts with."""
    return {"service_on": timezone.localdate()}
