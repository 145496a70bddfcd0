"""The filters of the board, as a saved list keeps them."""

from __future__ import annotations

from django import forms

from audit import subjects
from audit.http import Filters
from requests_release.enums import RequestKind, RequestStatus
from requests_release.selectors.boards import NOBODY

BOARD = Filters(
    "Release requests",
    {
        "view": forms.ChoiceField(choices=[("board", "Board"), ("list", "List")]),
        "status": forms.MultipleChoiceField(choices=RequestStatus.choices),
        "due": forms.ChoiceField(choices=[("soon", "Due soon"), ("late", "Late")]),
        "kind": forms.ChoiceField(choices=RequestKind.choices),
        "mine": forms.ChoiceField(choices=[("1", "Assigned to me")]),
        "preparer": forms.RegexField(rf"^({NOBODY}|[0-9]{{1,18}})$"),
    },
    numbers={"preparer": subjects.PERSON},
)
