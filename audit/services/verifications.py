"""Verifies the trail and puts on record that it was verified, and with what result."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from audit import context, tasks
from audit.enums import Action, Basis, Outcome, Purpose
from audit.errors import Refused
from audit.selectors import events as log
from audit.selectors import verification
from audit.selectors.verification import Report
from audit.services import events, seals

# When the clock verifies; what it verifies is what a person can ask for at any time.
DAILY_AT = time(3, 30, tzinfo=UTC)
# A worker gives up by then, so a verification that has not ended never will.
LONGEST = timedelta(minutes=15)


class VerificationUnderWay(Refused):
    """One verification at a time: it reads much."""

    message = "The log is being verified already; its result shows here."
    status = 409
    reason = "VERIFICATION_UNDER_WAY"


class WorkerUnreachable(Refused):
    """The queue takes no message, so nothing was asked for."""

    message = "The worker cannot be reached just now, so nothing was asked for. Try again later."
    status = 503
    reason = "WORKER_UNREACHABLE"


def get_asked() -> log.EventRow | None:
    """Return the event that asked for the verification that is under way, if one is."""
    return log.get_verification_asked(since=datetime.now(UTC) - LONGEST)


def ask(*, actor: Any) -> None:
    """Let the worker verify now what the clock verifies daily; the event says who asked.

    Raises:
        VerificationUnderWay: one was asked for and has not ended.
        WorkerUnreachable: the queue cannot be reached; no event says that it was asked.
    """
    action = Action.TRAIL_VERIFICATION_ASKED
    if get_asked():
        raise VerificationUnderWay(action=action)
    with transaction.atomic():
        events.record(action=action, actor=actor, basis=Basis.ROLE, purpose=Purpose.OVERSIGHT)
        try:
            tasks.verify_recent.delay()
        except (OSError, OperationalError) as error:
            raise WorkerUnreachable(action=action) from error


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
