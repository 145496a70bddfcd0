"""Accountings of disclosures, given to patients and remembered (45 CFR 164.528)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributed
from records.access.services import opening
from requests_release.errors import StepNotYours
from requests_release.models import Accounting
from requests_release.permissions import PRINT_ACCOUNTING
from requests_release.rules import accounting as rules
from requests_release.rules.accounting import AccountingRow, Disclosed
from requests_release.selectors import disclosures


@dataclass(frozen=True)
class Given:
    """An accounting as it was given, with its rows."""

    accounting: Accounting
    rows: list[AccountingRow]


@attributed
def give(
    *,
    actor: User,
    patient_id: int,
    requested_on: date,
    wanted_from: date | None = None,
    wanted_until: date | None = None,
) -> Given:
    """Put together what belongs in an accounting, and write that it was given.

    The first in any twelve months is free; whether this one may be charged is noted.

    Raises:
        StepNotYours: the role prints no accountings.
        ChartRefused, ChartUnknown, ChartDestroyed: no ground to the chart.
    """
    if not actor.has_perm(PRINT_ACCOUNTING):
        raise StepNotYours(action=Action.ACCOUNTING_PRINTED, patient_id=patient_id)
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    first, last = rules.period(requested_on, wanted_from=wanted_from, wanted_until=wanted_until)
    rows = rules.condense(
        [
            Disclosed(
                one.released_on,
                one.recipient_name,
                one.recipient_address,
                one.description,
                one.purpose,
            )
            for one in disclosures.list_for_accounting(scope, first, last)
        ]
    )
    earlier = disclosures.list_accountings(scope).values_list("requested_on", flat=True)
    accounting = Accounting.objects.create(
        patient_id=patient_id,
        requested_on=requested_on,
        period_from=first,
        period_until=last,
        row_count=len(rows),
        is_chargeable=rules.is_chargeable(requested_on, list(earlier)),
        printed_by=actor,
    )
    events.record(
        action=Action.ACCOUNTING_PRINTED,
        actor=actor,
        patient_id=patient_id,
        purpose=Purpose.PATIENT_REQUEST,
        subject_type="accounting",
        subject_id=accounting.pk,
        detail={"rows": len(rows)},
    )
    return Given(accounting, rows)
