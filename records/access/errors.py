"""What access refuses, in words fit for the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from audit.errors import NotVisible, Refused, StaleState


class ChartRefused(Refused):
    """The person may know of the chart but has no ground to open it."""

    message = (
        "You have no ground to open this chart: it is not in your units, and no care, task or "
        "grant leads you to it."
    )
    reason = "NO_GROUND"
    # The page of the refusal offers to ask those who may give rights on the chart.
    can_ask = True
    ask_advice = (
        "Ask for access, and say for which task you need the chart: whoever gives rights on it "
        "decides."
    )
    advice = (
        "If somebody should have assigned this work to you, ask them to do so; the right comes "
        "with the task.",
    )

    def __init__(
        self,
        *,
        can_break_glass: bool = False,
        find_asked: Callable[[], Any] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(**facts)
        self.can_break_glass = can_break_glass
        self._find_asked = find_asked

    @cached_property
    def asked(self) -> Any:
        """What the person asked for already and may hear of here, looked up for the page alone.

        Most refusals are never shown: a list asks whether a chart may be opened, a worker too.
        """
        return self._find_asked() if self._find_asked else None


class FacilityTaken(Refused):
    """A facility has this code."""

    message = "A facility has this code."
    reason = "FACILITY_TAKEN"
    status = 409


class GlassReadsOnly(Refused):
    """The person is in the chart by an emergency access, and wants more than to read."""

    message = (
        "An emergency access is for reading: nothing can be changed, filed, copied or released "
        "by it."
    )
    reason = "GLASS_READS_ONLY"
    can_ask = True
    advice = (
        "To work on the chart, ask for access, or ask a supervisor of its unit to assign the task "
        "to you.",
    )


class ChartUnknown(NotVisible):
    """There is no such chart, or the person may not know of it."""

    message = "There is no such chart."
    reason = "CHART_UNKNOWN"


class ChartDestroyed(Refused):
    """The chart has served its term and was destroyed; only its stub remains."""

    message = "This chart was destroyed under the retention schedule; nobody can open it any more."
    reason = "CHART_DESTROYED"
    status = 403


class ClassHidden(NotVisible):
    """The document lies in a sensitivity class that the reader's scope does not show."""

    message = "There is no such document."
    reason = "CLASS_HIDDEN"


class GlassNotNeeded(Refused):
    """The person already has a ground to open the chart."""

    message = "You already have a ground to open this chart."
    reason = "GLASS_NOT_NEEDED"
    status = 409


class GlassReviewOverdue(Refused):
    """An earlier break of the glass by this person waits for its review too long."""

    message = "An earlier emergency access of yours has not been reviewed in time."
    advice = ("Ask a compliance officer to review it; then you can break the glass again.",)
    reason = "GLASS_REVIEW_OVERDUE"
    status = 403


class OwnGlassReview(Refused):
    """Nobody reviews their own break of the glass."""

    message = "Another person must review your own emergency access."
    reason = "OWN_GLASS"
    status = 403


class GlassStillOpen(Refused):
    """Nobody judges what is still going on."""

    message = "This emergency access is not over yet. Review it when it has ended."
    reason = "GLASS_OPEN"
    status = 409


class GlassAlreadyReviewed(Refused):
    """Somebody has reviewed it in the meantime."""

    message = "This emergency access has been reviewed already."
    reason = "GLASS_REVIEWED"
    status = 409


class MoveRefused(Refused):
    """The chart cannot be moved, or not there, or not by this person; the message says why."""

    reason = "MOVE_REFUSED"
    advice = (
        "A supervisor who works in both units of the facility can move the chart; an administrator "
        "gives the right on a unit.",
    )


class ChartMovedMeanwhile(StaleState):
    """Somebody moved the chart after this form was opened."""

    message = (
        "Somebody moved this chart while your form was open. Nothing was changed: look where it "
        "is now, then send the form again."
    )
    reason = "CHART_MOVED"


class UnitChangedMeanwhile(StaleState):
    """Another administrator saved the same unit after this form was opened."""

    message = (
        "Somebody changed this unit while your form was open. Nothing was saved: compare your "
        "entries with what stands here now, then save again."
    )
    reason = "UNIT_STALE"


class UnitTaken(Refused):
    """A unit has this code by now; a form sent twice meets itself here."""

    message = "A unit has this code by now. Look at the list of units."
    reason = "UNIT_TAKEN"
    status = 409


class OwnRights(Refused):
    """Nobody grants rights to themselves."""

    message = "You cannot grant rights to yourself."
    reason = "OWN_RIGHTS"
    status = 403


class AccessNotNeeded(Refused):
    """The person who asks for access can open the chart already."""

    message = "You can open this chart already."
    reason = "ACCESS_NOT_NEEDED"
    status = 409


class AccessRequestUnknown(NotVisible):
    """There is no such access request, or it is not this person's to decide or withdraw."""

    message = "There is no such access request."
    reason = "ACCESS_REQUEST_UNKNOWN"


class OwnAccessRequest(Refused):
    """Nobody decides on access that they asked for themselves."""

    message = "Another person must decide on your own access request."
    reason = "OWN_ACCESS_REQUEST"
    status = 403


class AccessRequestClosed(StaleState):
    """Somebody else decided first, or it was withdrawn or has lapsed."""

    message = "This access request is closed already. Nothing was changed."
    reason = "ACCESS_REQUEST_CLOSED"


class AccessRequestOver(StaleState):
    """The time for which access was asked has passed undecided."""

    message = "The time for which access was asked is over, so there is nothing left to decide."
    reason = "ACCESS_REQUEST_OVER"


class AskerGone(Refused):
    """Whoever asked is not active any more, or their roles open no charts."""

    message = (
        "Whoever asked cannot use the right: the sign-in is closed, or its roles open no charts. "
        "Decline the access request."
    )
    reason = "ASKER_GONE"
    status = 409
