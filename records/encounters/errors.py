"""What the encounters room refuses, in words fit for the screen."""

from __future__ import annotations

from audit.errors import StaleState


class EncounterMoveNotAllowed(StaleState):
    """The encounter's status does not allow the step."""

    message = "The encounter's status does not allow this step. Look at it again."
    reason = "ENCOUNTER_MOVE_NOT_ALLOWED"
