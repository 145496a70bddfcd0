"""The forms by which a person is registered and changed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from records.access.selectors import units
from records.patients.enums import BirthPrecision, NameStatus, Sex
from records.patients.forms.fields import TypedDateField, read_day
from records.patients.forms.ssn import REFUSED, UnshownInput, keep, unkeep
from records.patients.models import Patient
from records.patients.rules import birth, registration, ssn
from records.patients.rules.birth import BirthFinding
from records.patients.rules.names import PersonName
from records.patients.rules.registration import NameFinding
from records.patients.services.facts import PERSON_FIELDS, PersonFacts

# A missing family or given name is asked for by its field.
NAME_MESSAGES = {
    NameFinding.DIGIT: "A name has no digits.",
    NameFinding.TITLE: "Leave titles such as Dr or Mrs out of the name.",
    NameFinding.NICKNAME: "Enter nicknames under “Other names”, without quotation marks.",
    NameFinding.TEST_NAME: "Test names do not belong among patients.",
}
SSN_IMPOSSIBLE = "This cannot be a social security number."
SSN_AGAIN = "Type the number again, or choose to go on without it."
JANUARY = (
    "1 January is often entered for a day that is not known. Say how exact the date is, or confirm "
    "it below."
)


class PersonForm(forms.Form):
    """Who the person is."""

    family = forms.CharField(
        label="Family name", max_length=100, error_messages={"required": "Enter the family name."}
    )
    given = forms.CharField(
        label="Given name",
        max_length=100,
        error_messages={"required": "Enter the given name, or choose another kind of name."},
    )
    middle = forms.CharField(label="Middle names", max_length=100, required=False)
    suffix = forms.CharField(label="Suffix", max_length=20, required=False, help_text="Jr, III")
    birth_on = TypedDateField(label="Birth date", required=False, is_vague_allowed=True)
    birth_precision = forms.ChoiceField(
        label="How exact", choices=BirthPrecision, initial=BirthPrecision.DAY
    )
    is_january_meant = forms.BooleanField(label="The person was born on 1 January", required=False)
    sex = forms.ChoiceField(label="Sex", choices=[("", "Choose …"), *Sex.choices])
    name_status = forms.ChoiceField(
        label="Kind of name", choices=NameStatus, initial=NameStatus.LEGAL
    )
    ssn = forms.CharField(
        label="Social security number", required=False, max_length=11, widget=UnshownInput
    )
    ssn_kept = forms.CharField(required=False, widget=forms.HiddenInput)
    is_ssn_refused = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_ssn_left_out = forms.BooleanField(
        label="Go on without the number that was typed", required=False
    )
    is_ssn_withdrawn = forms.BooleanField(label="Remove the number", required=False)
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

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: User,
        patient: Patient | None = None,
        last_four: str = "",
        **kwargs: Any,
    ) -> None:
        self.user = user
        self.patient = patient
        self.last_four = last_four
        super().__init__(keep(data, user.pk), **kwargs)
        self.fields["ssn"].help_text = self._ssn_hint()
        status = self.data.get("name_status") or self.initial.get("name_status", NameStatus.LEGAL)
        self.fields["family"].required = status != NameStatus.UNIDENTIFIED
        self.fields["given"].required = status == NameStatus.LEGAL and not self._was_nameless()

    @property
    def has_ssn(self) -> bool:
        """Tell whether there is a number that could be removed."""
        return bool(self.last_four or self.data.get("ssn_kept"))

    @property
    def was_ssn_refused(self) -> bool:
        """Tell whether what was typed, now or before, cannot be a number."""
        return bool(self.data.get(REFUSED))

    @property
    def asks_january(self) -> bool:
        """Tell whether the first of January has to be confirmed."""
        return any(JANUARY in str(error) for error in self.errors.get("birth_on", []))

    def clean_ssn(self) -> str:
        """Refuse what cannot be a social security number; say nothing of whose it is."""
        text: str = self.cleaned_data["ssn"]
        if not text and self.data.get("ssn_kept") and not self.data.get("is_ssn_withdrawn"):
            try:
                text = unkeep(self.data["ssn_kept"], self.user.pk)
            except ValueError as error:
                raise forms.ValidationError("Type the number again.") from error
        if self.was_ssn_refused and not text and not self._is_ssn_let_go():
            raise forms.ValidationError(SSN_AGAIN)
        if text and not ssn.check(text).is_valid:
            raise forms.ValidationError(f"{SSN_IMPOSSIBLE} {SSN_AGAIN}")
        return text

    def clean(self) -> dict[str, Any]:
        """Check the name by the rules of the index, and how exact the birth date is."""
        cleaned = super().clean() or {}
        if self._is_renamed(cleaned):
            self._check_name(cleaned)
        self._check_birth(cleaned)
        return cleaned

    def facts(self) -> PersonFacts:
        """Return what was entered."""
        return PersonFacts(**{name: self.cleaned_data[name] for name in PERSON_FIELDS})

    def _is_ssn_let_go(self) -> bool:
        return any(self.data.get(name) for name in ("is_ssn_left_out", "is_ssn_withdrawn"))

    def _ssn_hint(self) -> str:
        if self.was_ssn_refused:
            return "What was typed cannot be a number and is not kept"
        kept = self.data.get("ssn_kept")
        if kept:
            try:
                typed = unkeep(kept, self.user.pk)
            except ValueError:
                return "Type the number again"
            return f"{ssn.masked(typed[-4:])} was typed and is kept; leave this empty"
        if self.last_four:
            return f"{ssn.masked(self.last_four)} is stored; type another one to replace it"
        return "Stored encrypted; only the last four are shown"

    def _is_renamed(self, cleaned: dict[str, Any]) -> bool:
        names = ("family", "given", "middle", "name_status")
        return self.patient is None or any(
            cleaned.get(name) != getattr(self.patient, name) for name in names
        )

    def _was_nameless(self) -> bool:
        """Tell whether the person is known by one name only, as some people are."""
        return self.patient is not None and not self.patient.given

    def _check_name(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("name_status") != NameStatus.LEGAL:
            return
        name = PersonName(*(cleaned.get(part) or "" for part in ("family", "given", "middle")))
        for finding in registration.name_findings(name):
            if finding in NAME_MESSAGES:
                self.add_error("family", NAME_MESSAGES[finding])

    def _check_birth(self, cleaned: dict[str, Any]) -> None:
        born, precision = cleaned.get("birth_on"), cleaned.get("birth_precision")
        if not born or not precision:
            return
        typed = read_day(str(self.data.get(self.add_prefix("birth_on"), "")))
        if typed and precision == BirthPrecision.DAY:
            precision = cleaned["birth_precision"] = typed.precision
        stored = self.patient.birth_on if self.patient else None
        if born == stored or cleaned.get("is_january_meant"):
            return
        found = birth.findings(born, precision, today=timezone.localdate())
        # What cannot be true is said first; the service refuses it.
        if found == [BirthFinding.FIRST_OF_JANUARY]:
            self.add_error("birth_on", JANUARY)


class RegisterForm(PersonForm):
    """A new person: with a unit, and a reason where people like them were shown.

    `judged` are those who were shown; `submission_key` lets the form register once, however often
    it is sent.
    """

    unit = forms.TypedChoiceField(label="Unit", coerce=int)
    override_reason = forms.CharField(
        label="Why this is another person",
        max_length=200,
        required=False,
        help_text="For example: twins; father and son; seen with papers",
    )
    judged = forms.CharField(required=False, widget=forms.HiddenInput)
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    field_order = ("family", "given", "middle", "suffix", "birth_on", "sex")

    def __init__(self, data: QueryDict | None = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, user=user, **kwargs)
        choices = [(unit.pk, unit.name) for unit in units.list_open_units(user)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def clean_judged(self) -> frozenset[int]:
        """Return the keys of the people who were shown; anything else was not shown."""
        words = self.cleaned_data["judged"].split(",")
        return frozenset(int(word) for word in words if word.isdecimal() and len(word) < 19)

    def show(self, candidate_ids: list[int]) -> None:
        """Let the form that goes back carry who is shown beside it."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["judged"] = ",".join(map(str, candidate_ids))
        self.data = data
        self.fields["override_reason"].required = True


class EditForm(PersonForm):
    """A registered person; `version` is that of the patient when the form was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def renew(self, version: int) -> None:
        """Let the form that goes back be saved over `version`, which its reader has now seen."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data

    @staticmethod
    def initial_of(patient: Patient) -> dict[str, Any]:
        """Return the stored values; the social security number is never filled in."""
        names = [*PERSON_FIELDS, "version"]
        return {name: getattr(patient, name) for name in names}
