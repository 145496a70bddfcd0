"""Accountings of disclosures, given to patients and remembered (45 CFR 164.528)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributed
from requests_release.errors import StepNotYours
from requests_release.models import Accounting
from requests_release.permissions import PRINT_ACCOUNTING
from requests_release.rules import accounting as rules
from requests_release.rules.accounting import AccountingRow, Disclosed
from requests_release.selectors import disclosures
from requests_release.services.disclosures import peek_disclosures

LOCK = "SELECT pg_advisory_xact_lock(hashtext('release.accounting'), hashtext(%s))"


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

    The first in any twelve months is free; whether this one may be charged is noted. One that was
    asked for on the same day and for the same period, with nothing disclosed since, is the same
    accounting: printed again (a form sent twice, a page loaded again) it is given once.

    Raises:
        StepNotYours: the role prints no accountings.
        ChartRefused, ChartUnknown, GlassReadsOnly, DisclosuresElsewhere: no ground to see it.
    """
    if not actor.has_perm(PRINT_ACCOUNTING):
        raise StepNotYours(action=Action.ACCOUNTING_PRINTED, patient_id=patient_id)
    scope = peek_disclosures(actor=actor, patient_id=patient_id)
    _lock(patient_id)
    first, last = rules.period(requested_on, wanted_from=wanted_from, wanted_until=wanted_until)
    told = list(disclosures.list_for_accounting(scope, first, last))
    rows = rules.condense(
        [
            Disclosed(
                one.released_on,
                one.recipient_name,
                one.recipient_address,
                one.description,
                one.purpose,
            )
            for one in told
        ]
    )
    asked = {"requested_on": requested_on, "period_from": first, "period_until": last}
    given = disclosures.list_accountings(scope)
    known = given.filter(**asked).first()
    if known is not None and any(one.recorded_at > known.printed_at for one in told):
        known = None
    accounting = known or Accounting.objects.create(
        patient_id=patient_id,
        row_count=len(rows),
        is_chargeable=rules.is_chargeable(
            requested_on, list(given.values_list("requested_on", flat=True))
        ),
        printed_by=actor,
        **asked,
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


def _lock(patient_id: int) -> None:
    # Two forms at once wait for each other here: the second finds what the first has given.
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(patient_id)])
