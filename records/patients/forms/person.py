"""The forms by which a person is registered and changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from accounts.models import User
from records.access.selectors import units
from records.patients.enums import (
    AddressKind,
    BirthPrecision,
    ContactKind,
    NameKind,
    NameStatus,
    PhoneKind,
    Sex,
)
from records.patients.forms.fields import TypedDateField
from records.patients.models import Patient
from records.patients.rules import phones, ssn
from records.patients.rules.names import PersonName
from records.patients.services.facts import (
    PERSON_FIELDS,
    AddressFact,
    ContactFact,
    OtherName,
    PersonFacts,
    PhoneFact,
    ReachFacts,
)


class PersonForm(forms.Form):
    """Who the person is."""

    family = forms.CharField(label="Family name", max_length=100)
    given = forms.CharField(label="Given name", max_length=100, required=False)
    middle = forms.CharField(label="Middle names", max_length=100, required=False)
    suffix = forms.CharField(label="Suffix", max_length=20, required=False, help_text="Jr, III")
    birth_on = TypedDateField(label="Birth date", required=False)
    birth_precision = forms.ChoiceField(
        label="How exact", choices=BirthPrecision, initial=BirthPrecision.DAY
    )
    sex = forms.ChoiceField(label="Sex", choices=[("", "Choose …"), *Sex.choices])
    name_status = forms.ChoiceField(
        label="Kind of name", choices=NameStatus, initial=NameStatus.LEGAL
    )
    ssn = forms.CharField(
        label="Social security number",
        required=False,
        max_length=11,
        help_text="Stored encrypted; only the last four are shown",
    )
    email = forms.EmailField(label="E-mail", required=False)
    language = forms.CharField(label="Language", max_length=40, required=False)
    mother_maiden_name = forms.CharField(
        label="Mother's maiden name", max_length=100, required=False
    )
    gender_identity = forms.CharField(label="Gender identity", max_length=40, required=False)
    race = forms.CharField(label="Race", max_length=80, required=False)
    ethnicity = forms.CharField(label="Ethnicity", max_length=80, required=False)
    birth_order = forms.IntegerField(
        label="Order in a multiple birth", min_value=1, max_value=9, required=False
    )
    died_on = TypedDateField(label="Date of death", required=False)
    is_confidential_address = forms.BooleanField(
        label="Has asked to be reached at another address or by other means", required=False
    )

    def clean_ssn(self) -> str:
        """Refuse what cannot be a social security number; say nothing of whose it is."""
        text: str = self.cleaned_data["ssn"]
        if text and not ssn.check(text).is_valid:
            raise forms.ValidationError("This cannot be a social security number.")
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for a given name unless the person has none to give."""
        cleaned = super().clean() or {}
        is_named = cleaned.get("name_status") == NameStatus.LEGAL
        if is_named and not cleaned.get("given") and not self.errors:
            self.add_error("given", "Enter the given name, or choose another kind of name.")
        return cleaned

    def facts(self) -> PersonFacts:
        """Return what was entered."""
        return PersonFacts(**{name: self.cleaned_data[name] for name in PERSON_FIELDS})


class RegisterForm(PersonForm):
    """A new person: with a unit, and a reason where people like them were shown."""

    unit = forms.TypedChoiceField(label="Unit", coerce=int)
    override_reason = forms.CharField(
        label="Why this is another person",
        max_length=200,
        required=False,
        help_text="Needed when one of the people below could be this one",
    )
    field_order = ("family", "given", "middle", "suffix", "birth_on", "sex")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(unit.pk, unit.name) for unit in units.list_open_units(user)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]


class EditForm(PersonForm):
    """A registered person; `version` is that of the patient when the form was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(patient: Patient) -> dict[str, Any]:
        """Return the stored values; the social security number is never filled in."""
        names = [*PERSON_FIELDS, "version"]
        return {name: getattr(patient, name) for name in names}


class OtherNameForm(forms.Form):
    """A former name, maiden name or alias."""

    kind = forms.ChoiceField(
        label="Kind", choices=[c for c in NameKind.choices if c[0] != NameKind.LEGAL]
    )
    family = forms.CharField(label="Family name", max_length=100, required=False)
    given = forms.CharField(label="Given name", max_length=100, required=False)

    def fact(self) -> OtherName | None:
        """Return the name, None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("family"):
            return None
        return OtherName(NameKind(data["kind"]), PersonName(data["family"], data["given"]))


class PhoneForm(forms.Form):
    """A telephone number."""

    kind = forms.ChoiceField(label="Kind", choices=PhoneKind)
    number = forms.CharField(label="Number", max_length=40, required=False)

    def clean_number(self) -> str:
        """Refuse what cannot be a telephone number."""
        number: str = self.cleaned_data["number"]
        if number and phones.parse(number) is None:
            raise forms.ValidationError("This cannot be a telephone number.")
        return number

    def fact(self) -> PhoneFact | None:
        """Return the number, None where the row was left empty."""
        data = self.cleaned_data
        return PhoneFact(PhoneKind(data["kind"]), data["number"]) if data.get("number") else None


class AddressForm(forms.Form):
    """An address."""

    kind = forms.ChoiceField(label="Kind", choices=AddressKind)
    line1 = forms.CharField(label="Street", max_length=120, required=False)
    line2 = forms.CharField(label="Second line", max_length=120, required=False)
    city = forms.CharField(label="City", max_length=80, required=False)
    state = forms.CharField(label="State", max_length=40, required=False)
    postal_code = forms.CharField(label="ZIP code", max_length=20, required=False)
    valid_until = TypedDateField(label="Until", required=False)

    def fact(self) -> AddressFact | None:
        """Return the address, None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("line1"):
            return None
        names = ("line1", "line2", "city", "state", "postal_code", "valid_until")
        return AddressFact(AddressKind(data["kind"]), **{name: data[name] for name in names})


class ContactForm(forms.Form):
    """Next of kin or another person to turn to."""

    kind = forms.ChoiceField(label="Kind", choices=ContactKind)
    name = forms.CharField(label="Name", max_length=160, required=False)
    relationship = forms.CharField(label="Relationship", max_length=60, required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False)

    def fact(self) -> ContactFact | None:
        """Return the contact, None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("name"):
            return None
        return ContactFact(
            ContactKind(data["kind"]), data["name"], data["relationship"], data["phone"]
        )


GROUPS: dict[str, tuple[str, type[forms.Form]]] = {
    "names": ("Other names", OtherNameForm),
    "phones": ("Phones", PhoneForm),
    "addresses": ("Addresses", AddressForm),
    "contacts": ("Next of kin and contacts", ContactForm),
}


class Reach:
    """The repeating groups of the page: a set of rows each, always with one empty row."""

    def __init__(self, data: Any = None, patient: Patient | None = None) -> None:
        self.groups: list[tuple[str, BaseFormSet[Any]]] = []
        for name, (label, form) in GROUPS.items():
            factory = formset_factory(form, extra=1, max_num=30, absolute_max=40)
            initial = _rows(patient, name, form) if patient else None
            self.groups.append((label, factory(data, prefix=name, initial=initial)))

    def is_valid(self) -> bool:
        """Tell whether every row of every group can be used; all are asked, for their errors."""
        found = [formset.is_valid() for _, formset in self.groups]
        return all(found)

    def facts(self) -> ReachFacts:
        """Return what was entered; empty rows are left out."""
        found = {
            formset.prefix: tuple(fact for form in formset if (fact := form.fact()))
            for _, formset in self.groups
        }
        return ReachFacts(**found)


def _rows(patient: Patient, name: str, form: type[forms.Form]) -> list[dict[str, Any]]:
    columns = list(form.base_fields)
    return [{c: getattr(row, c) for c in columns} for row in getattr(patient, name).all()]
