"""Emergency access as tests bring it about."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from records.access.enums import ReviewOutcome
from records.access.services import glass
from tests.factories.people import again

REASON = "Brought in unconscious, no history known"


def break_it(user, patient, reason=REASON):
    return glass.break_glass(actor=again(user), patient_id=patient.pk, reason=reason)


def broken_ago(user, patient, **ago):
    """An emergency access that was broken and closed some time ago."""
    with time_machine.travel(timezone.now() - timedelta(**ago), tick=False):
        row = break_it(user, patient)
        return glass.close(actor=user, glass_id=row.pk)


def review(actor, row, outcome=ReviewOutcome.JUSTIFIED, note="Looked at what an emergency needs"):
    return glass.review(actor=actor, glass_id=row.pk, outcome=outcome, note=note)
