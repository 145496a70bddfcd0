"""What the encounters room refuses, in words fit for the screen."""

from __future__ import annotations

from typing import Any

from audit.errors import NotVisible, Refused, StaleState


class EncounterMoveNotAllowed(StaleState):
    """The encounter's status does not allow the step."""

    message = "The encounter's status does not allow this step. Look at it again."
    reason = "ENCOUNTER_MOVE_NOT_ALLOWED"


class EncounterUnknown(NotVisible):
    """There is no such encounter in the chart, or the person may not know of it."""

    message = "There is no such encounter."
    reason = "ENCOUNTER_UNKNOWN"


class DatesRefused(Refused):
    """A date that cannot be; `field` says where."""

    reason = "DATES_REFUSED"

    def __init__(self, field: str, message: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.field = field


class UnitRefused(Refused):
    """The unit is neither one of the person's own nor the chart's."""

    message = "You cannot open charts of this unit, so you cannot admit to it."
    reason = "UNIT_REFUSED"
    field = "unit"


class StayOpen(Refused):
    """The patient has an open stay already."""

    message = "This patient has an open stay. Discharge it first, or transfer within it."
    reason = "STAY_OPEN"
    status = 409


class EncounterChangedMeanwhile(StaleState):
    """Somebody saved the same encounter after this form was opened."""

    message = "Somebody changed this encounter while your form was open. Look at it again."
    reason = "ENCOUNTER_STALE"


class AccountTaken(Refused):
    """Another encounter has this account number."""

    message = "This account number is taken."
    reason = "ACCOUNT_TAKEN"
    status = 409
    field = "account_number"


class ProviderUnknown(NotVisible):
    """There is no such practitioner."""

    message = "There is no such practitioner."
    reason = "PROVIDER_UNKNOWN"


class ProviderChangedMeanwhile(StaleState):
    """Somebody saved the same practitioner after this form was opened."""

    message = (
        "Somebody changed this practitioner while your form was open. Nothing was saved: compare "
        "your entries with what stands here now, then save again."
    )
    reason = "PROVIDER_STALE"


class NumberTaken(Refused):
    """Another practitioner has this national number by now."""

    message = "Another practitioner has this number."
    reason = "NUMBER_TAKEN"
    status = 409


class LinkRefused(Refused):
    """The sign-in cannot be this practitioner's, or not any more; the message says why."""

    reason = "LINK_REFUSED"
    status = 409


class OwnLink(Refused):
    """Nobody gives themselves a ground to open charts."""

    message = "You cannot link your own sign-in: another administrator does that."
    reason = "OWN_LINK"
    status = 403
