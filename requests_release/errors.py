"""What the release room refuses, in words fit for the screen."""

from __future__ import annotations

from audit.errors import Refused, StaleState


class RequestMoveNotAllowed(StaleState):
    """The request's status does not allow the step."""

    message = "The request's status does not allow this step. Look at it again."
    reason = "REQUEST_MOVE_NOT_ALLOWED"


class OwnPreparation(Refused):
    """Nobody approves what they prepared."""

    message = "You prepared this request. Another person must approve it."
    reason = "OWN_PREPARATION"
