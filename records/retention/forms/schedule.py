"""The forms of the schedule and of the list of due charts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from records.access.selectors import units
from records.retention.enums import Block, Certainty, RecordSeries, TermKind
from records.retention.models import ScheduleRule
from records.retention.selectors import schedule
from records.retention.selectors.due import FREE, HELD, Wanted
from records.retention.services.schedule import NewTerms

LONGEST = 100
DUE_NOW, BLOCKED = "now", "blocked"


class RuleForm(forms.Form):
    """What a row of the schedule says from a day on."""

    years = forms.IntegerField(label="Years", min_value=0, max_value=LONGEST, required=False)
    cite = forms.CharField(label="Citation", max_length=200)
    certainty = forms.ChoiceField(label="Certainty", choices=Certainty)
    effective_from = forms.DateField(label="In force from")
    verified_on = forms.DateField(label="Source read on", initial=timezone.localdate)
    note = forms.CharField(
        label="Note", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: ScheduleRule, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(row, name) for name in ("years", "cite", "note", "certainty")
        }
        super().__init__(*args, **kwargs)
        if row.term_kind == TermKind.PERMANENT:
            del self.fields["years"]
        else:
            self.fields["years"].required = True

    def terms(self) -> NewTerms:
        """Return what was entered."""
        values = {"years": None} | self.cleaned_data
        return NewTerms(**values | {"certainty": Certainty(values["certainty"])})


class RuleFilterForm(forms.Form):
    """Which rows of the schedule are shown."""

    state = forms.ChoiceField(label="State", required=False)
    series = forms.ChoiceField(
        label="Series", required=False, choices=[("", "All"), *RecordSeries.choices]
    )
    certainty = forms.ChoiceField(
        label="Certainty", required=False, choices=[("", "All"), *Certainty.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state, state) for state in schedule.list_states()]
        self.fields["state"].choices = [("", "All"), *states]  # type: ignore[attr-defined]


class DueFilterForm(forms.Form):
    """Which charts the list of due charts shows; it lives in the address."""

    show = forms.ChoiceField(
        label="Due",
        required=False,
        choices=[(DUE_NOW, "Now"), ("all", "Ever"), (BLOCKED, "Without a date")],
    )
    year = forms.IntegerField(label="In the year", required=False, min_value=1900, max_value=2300)
    unit = forms.TypedChoiceField(label="Unit", required=False, coerce=int, empty_value=None)
    standing = forms.ChoiceField(
        label="Holds",
        required=False,
        choices=[("", "Held or not"), (FREE, "Not held"), (HELD, "Held")],
    )
    block = forms.ChoiceField(
        label="Because", required=False, choices=[("", "Any reason"), *Block.choices]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(unit.pk, unit.name) for unit in units.list_open_units(user)]
        self.fields["unit"].choices = [("", "All of mine"), *found]  # type: ignore[attr-defined]

    def wanted(self, today: date) -> Wanted:
        """Return what the list is asked for; without anything said, what is due now."""
        values = self.cleaned_data
        show, year = values["show"] or DUE_NOW, values["year"]
        since = date(year, 1, 1) if year else None
        until = date(year, 12, 31) if year else (today if show == DUE_NOW else None)
        return Wanted(
            since=since,
            until=until,
            unit_id=values["unit"],
            standing=values["standing"],
            block=values["block"],
            is_blocked=show == BLOCKED,
        )
