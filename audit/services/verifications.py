"""Verifies the trail and puts on record that it was verified, and with what result."""

from __future__ import annotations

from datetime import datetime

from audit import context
from audit.enums import Action, Basis, Outcome, Purpose
from audit.selectors import verification
from audit.selectors.verification import Report
from audit.services import events, seals


def verify_trail(*, since: datetime | None = None, until: datetime | None = None) -> Report:
    """Check the trail (see `audit.selectors.verification`) and write the event of it.

    Raises:
        NoActor: nobody is named as acting.
        ValueError: no usable sealing key is set.
    """
    context.current()
    report = verification.verify(seals.get_public_keys(), since=since, until=until)
    events.record(
        action=Action.TRAIL_VERIFIED,
        outcome=Outcome.FAILED if report.broken_count else Outcome.SUCCESS,
        basis=Basis.SYSTEM,
        purpose=Purpose.OVERSIGHT,
        detail={
            "broken": report.broken_count,
            "seals": sum(tally.seals for tally in report.tallies.values()),
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
        },
    )
    return report
