"""Request numbers for the search from anywhere."""

from __future__ import annotations

import re

from django.urls import reverse

from accounts.models import User
from records.access import finders
from records.access.finders import Finder, Hit
from requests_release.enums import RequestStatus
from requests_release.permissions import VIEW_REQUEST
from requests_release.selectors import boards

# As it is written, or by hand: `r2026 123`.
NUMBER = re.compile(r"R(\d{4})[-\s]?(\d{1,6})", re.IGNORECASE)


def _find(user: User, text: str) -> list[Hit]:
    match = NUMBER.fullmatch(text.strip())
    card = boards.find_by_number(user, f"R{match[1]}-{int(match[2]):06d}") if match else None
    if card is None:
        return []
    state = RequestStatus(card.status).label
    return [
        Hit(
            label=f"Release request {card.number}",
            note=f"{card.patient_name} · {card.requester} · {state}",
            url=reverse("requests_release:request_detail", kwargs={"request_id": card.request_id}),
            patient_id=card.patient_id,
        )
    ]


def register() -> None:
    """Let requests be found by number, by those who see the board."""
    finders.register(Finder("Release requests", VIEW_REQUEST, _find))
