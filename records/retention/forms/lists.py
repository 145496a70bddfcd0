"""The filters of the retention desk's lists, as a saved list keeps them."""

from __future__ import annotations

from django import forms

from audit.http import LARGEST_KEY, Filters
from records.retention.enums import BatchStatus, HoldKind
from records.retention.forms.schedule import DueFilterForm, RuleFilterForm

STANDING, LIFTED = "standing", "lifted"
DUE = Filters(
    "Due charts",
    {
        **{name: DueFilterForm.base_fields[name] for name in ("show", "year", "standing", "block")},
        # Which units are a reader's own is for the list to say, to each reader.
        "unit": forms.IntegerField(min_value=1, max_value=LARGEST_KEY),
    },
    numbers={"unit": "unit"},
)
HOLDS = Filters(
    "Holds",
    {
        "show": forms.ChoiceField(choices=[(STANDING, "Standing"), (LIFTED, "Lifted")]),
        "kind": forms.ChoiceField(choices=HoldKind.choices),
    },
)
RULES = Filters(
    "Retention schedule",
    {
        "state": forms.RegexField("^[A-Z]{2}$"),
        **{name: RuleFilterForm.base_fields[name] for name in ("series", "certainty")},
    },
)
BATCHES = Filters("Destruction batches", {"status": forms.ChoiceField(choices=BatchStatus.choices)})
