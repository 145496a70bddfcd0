"""The repeating rows of the person's page: other names, phones, addresses, contacts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet, formset_factory

from records.patients.enums import AddressKind, ContactKind, NameKind, PhoneKind
from records.patients.forms.fields import TypedDateField
from records.patients.models import Patient
from records.patients.rules import addresses, phones
from records.patients.rules.names import PersonName
from records.patients.services.facts import (
    AddressFact,
    ContactFact,
    OtherName,
    PhoneFact,
    ReachFacts,
)

MOST_ROWS = 30


PLACE = ("line1", "line2", "city", "state", "postal_code", "country")
Place = tuple[str, ...]
NO_STATE = "There is no such state. Enter its two letters, such as PA; abroad, enter the country."
NO_ZIP = "A ZIP code has 5 digits, or 5 and 4: 17101-1234. Abroad, enter the country."


class RowForm(forms.Form):
    """One row of a group; left empty it stands for nothing.

    `main` is the field without which the others say nothing.
    """

    main: ClassVar[str]
    needed: ClassVar[str]

    @property
    def is_blank(self) -> bool:
        """Whether nothing but the kind stands in the row."""
        return not any(self[name].value() for name in self.fields if name != "kind")

    def clean(self) -> dict[str, Any]:
        """Refuse a row that lacks its main part, instead of dropping what else was typed."""
        cleaned = super().clean() or {}
        others = [v for k, v in cleaned.items() if k not in ("kind", self.main)]
        if self.main in cleaned and not cleaned[self.main] and any(others):
            self.add_error(self.main, self.needed)
        return cleaned


class OtherNameForm(RowForm):
    """A former name, maiden name or alias."""

    main = "family"
    needed = "Enter the family name, or empty the row."

    kind = forms.ChoiceField(
        label="Kind",
        choices=[choice for choice in NameKind.choices if choice[0] != NameKind.LEGAL],
        initial=NameKind.ALIAS,
    )
    family = forms.CharField(label="Family name", max_length=100, required=False)
    given = forms.CharField(label="Given name", max_length=100, required=False)
    middle = forms.CharField(label="Middle", max_length=100, required=False)
    suffix = forms.CharField(label="Suffix", max_length=20, required=False)

    def fact(self) -> OtherName | None:
        """Return the name, None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("family"):
            return None
        name = PersonName(data["family"], data["given"], data["middle"], data["suffix"])
        return OtherName(NameKind(data["kind"]), name)


class PhoneForm(RowForm):
    """A telephone number."""

    main = "number"
    needed = "Enter the number, or empty the row."

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


class AddressForm(RowForm):
    """An address."""

    main = "line1"
    needed = "Enter the street, or empty the row."
    COLUMNS = (*PLACE, "valid_from", "valid_until")

    kind = forms.ChoiceField(label="Kind", choices=AddressKind)
    line1 = forms.CharField(label="Street", max_length=120, required=False)
    line2 = forms.CharField(label="Second line", max_length=120, required=False)
    city = forms.CharField(label="City", max_length=80, required=False)
    state = forms.CharField(label="State", max_length=40, required=False)
    postal_code = forms.CharField(label="ZIP code", max_length=20, required=False)
    country = forms.CharField(label="Country", max_length=40, required=False)
    valid_from = TypedDateField(label="From", required=False)
    valid_until = TypedDateField(label="Until", required=False, is_future_allowed=True)

    def __init__(self, *args: Any, stored: frozenset[Place] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored

    def clean(self) -> dict[str, Any]:
        """Refuse an address that ends before it begins, or that cannot be in its country."""
        cleaned = super().clean()
        self._check_place(cleaned)
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "The address ends before it begins.")
        return cleaned

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        """Check state and ZIP code, where they are given, of an address that was not there before.

        What was stored, or came from elsewhere, may stay as it is.
        """
        place = tuple(str(cleaned.get(name, "")) for name in PLACE)
        if place in self.stored or not addresses.is_in_states(cleaned.get("country", "")):
            return
        for name, read, message in (
            ("state", addresses.read_state, NO_STATE),
            ("postal_code", addresses.read_zip, NO_ZIP),
        ):
            typed = cleaned.get(name)
            meant = read(typed) if typed else ""
            if meant is None:
                self.add_error(name, message)
            else:
                cleaned[name] = meant

    def fact(self) -> AddressFact | None:
        """Return the address, None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("line1"):
            return None
        return AddressFact(AddressKind(data["kind"]), **{name: data[name] for name in self.COLUMNS})


class ContactForm(RowForm):
    """Next of kin or another person to turn to."""

    main = "name"
    needed = "Enter the name, or empty the row."

    kind = forms.ChoiceField(label="Kind", choices=ContactKind)
    name = forms.CharField(label="Name", max_length=160, required=False)
    relationship = forms.CharField(label="Relationship", max_length=60, required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    address = forms.CharField(label="Address", max_length=200, required=False)

    def fact(self) -> ContactFact | None:
        """Return the contact, None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("name"):
            return None
        return ContactFact(
            ContactKind(data["kind"]),
            data["name"],
            data["relationship"],
            data["phone"],
            data["address"],
        )


GROUPS: dict[str, tuple[str, type[RowForm]]] = {
    "names": ("Other names", OtherNameForm),
    "phones": ("Phones", PhoneForm),
    "addresses": ("Addresses", AddressForm),
    "contacts": ("Next of kin and contacts", ContactForm),
}


class Reach:
    """The repeating groups of the page: a set of rows each, always with one empty row.

    Of what was sent about a `patient`, addresses that are stored already are not checked.
    """

    def __init__(
        self,
        data: Any = None,
        patient: Patient | None = None,
        typed: dict[str, list[dict[str, Any]]] | None = None,
    ) -> None:
        self.groups: list[tuple[str, BaseFormSet[Any]]] = []
        for name, (label, form) in GROUPS.items():
            factory = formset_factory(form, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 10)
            stored = _rows(patient, name, form) if patient else []
            initial = None if data else stored or (typed or {}).get(name)
            known = {"stored": _places(stored)} if form is AddressForm else {}
            formset = factory(data, prefix=name, initial=initial, form_kwargs=known)
            self.groups.append((label, formset))

    def is_valid(self) -> bool:
        """Tell whether every row of every group can be used; all are asked, for their errors."""
        found = [formset.is_valid() for _, formset in self.groups]
        return all(found)

    def facts(self) -> ReachFacts:
        """Return what was entered; empty rows are left out."""
        found: dict[str, tuple[Any, ...]] = {
            name: tuple(fact for form in formset if (fact := form.fact()))
            for name, (_, formset) in zip(GROUPS, self.groups, strict=True)
        }
        return ReachFacts(**found)

    @property
    def errors(self) -> list[tuple[forms.BoundField, str]]:
        """Return every field of a row that is wrong, with what is wrong."""
        return [
            (form[name], messages[0])
            for _, formset in self.groups
            for form in formset
            for name, messages in form.errors.items()
        ]

    def refuse(self, place: str, message: str) -> bool:
        """Put what a service refused beside its field (`phones-0-number`); tell if there is one."""
        for _, formset in self.groups:
            for form in formset:
                for name in form.fields:
                    if form.add_prefix(name) == place:
                        form.add_error(name, message)
                        return True
        return False


def _places(rows: list[dict[str, Any]]) -> frozenset[Place]:
    return frozenset(tuple(row[name] for name in PLACE) for row in rows)


def _rows(patient: Patient, name: str, form: type[forms.Form]) -> list[dict[str, Any]]:
    columns = list(form.base_fields)
    stored = sorted(getattr(patient, name).all(), key=lambda row: row.pk)
    return [{column: getattr(row, column) for column in columns} for row in stored]
