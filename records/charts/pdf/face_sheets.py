"""The face sheet on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from printing import typesetting
from records.charts.presenters.face_sheet import FaceSheet, Facts


def typeset(sheet: FaceSheet, reader: User, at: datetime) -> bytes:
    """Return the face sheet as PDF, with the reader's name and the time in its foot."""
    return typesetting.typeset("face_sheet", _values(sheet, reader, at))


def _values(sheet: FaceSheet, reader: User, at: datetime) -> dict[str, Any]:
    panels = {
        "Identity": sheet.identity,
        "Reach": sheet.reach,
        "Next of kin and contacts": sheet.people,
    }
    return {
        "house": {
            "facility": sheet.facility or settings.FACILITY_NAME,
            "facility_lines": [],
            "printed_by": reader.display_name,
            "printed_at": f"{timezone.localtime(at):%b %-d, %Y, %H:%M}",
        },
        "patient": {
            "name": sheet.name,
            "number": sheet.number,
            "born": sheet.born,
            "sex": sheet.sex,
        },
        "panels": [_panel(heading, facts) for heading, facts in panels.items() if facts],
        "encounters": {
            "kind": "TABLE",
            "columns": [
                {"label": label}
                for label in ("Account", "Kind", "From", "To", "Unit and bed", "Attending")
            ],
            "rows": [
                [
                    encounter.account,
                    encounter.kind,
                    encounter.begins,
                    encounter.ends,
                    encounter.place,
                    encounter.attending,
                ]
                for encounter in sheet.encounters
            ],
            "empty": "No encounter is recorded.",
        },
    }


def _panel(heading: str, facts: Facts) -> dict[str, Any]:
    rows = [{"label": label, "value": value} for label, value in facts]
    return {"heading": heading, "blocks": [{"kind": "FACTS", "facts": rows, "columns": 2}]}
