"""The accounting of disclosures on paper."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from printing import typesetting, words
from requests_release.presenters import disclosures as presenter
from requests_release.rules.accounting import AccountingRow
from requests_release.selectors.disclosures import DisclosureScope
from requests_release.services.accountings import Given


def typeset(scope: DisclosureScope, given: Given) -> bytes:
    """Return an accounting as PDF, with who printed it and when in its foot."""
    accounting = given.accounting
    values: dict[str, Any] = {
        "house": {
            "facility": settings.FACILITY_NAME,
            "facility_lines": settings.FACILITY_LINES,
            "number_label": "Accounting",
            "number": str(accounting.pk),
            "printed_by": scope.actor.display_name,
            "printed_at": words.moment(timezone.now()),
        },
        "patient": presenter.present_line(scope),
        "period_from": words.day(accounting.period_from),
        "period_to": words.day(accounting.period_until),
        "requested_on": words.day(accounting.requested_on),
        "rows": [_row(row) for row in given.rows],
        "signature": {"role": "Prepared by", "name": scope.actor.display_name},
    }
    return typesetting.typeset("accounting_of_disclosures", values)


def _row(row: AccountingRow) -> dict[str, str]:
    values = {
        "date": words.day(row.first.on),
        "recipient": row.first.recipient,
        "address": row.first.recipient_address,
        "description": row.first.description,
        "purpose": row.first.purpose,
    }
    if row.count > 1:
        values["repeats"] = f"{row.count} times; last on {words.day(row.last_on)}"
    return values
