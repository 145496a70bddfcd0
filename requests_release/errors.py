"""What the release room refuses, in words fit for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.errors import NotVisible, Refused, StaleState


class RequestMoveNotAllowed(StaleState):
    """The request's status does not allow the step."""

    message = "The request's status does not allow this step. Look at it again."
    reason = "REQUEST_MOVE_NOT_ALLOWED"


class OwnPreparation(Refused):
    """Nobody approves what they prepared."""

    message = "You prepared this request. Another person must approve it."
    reason = "OWN_PREPARATION"


class RequestUnknown(NotVisible):
    """There is no such request, or the person may not know of it."""

    message = "There is no such request."
    reason = "REQUEST_UNKNOWN"


class DisclosuresElsewhere(Refused):
    """The chart was destroyed, and the person does not work in the unit that kept it."""

    message = (
        "This chart was destroyed. What was disclosed of it is shown to those who work in the unit "
        "that kept it."
    )
    reason = "DISCLOSURES_ELSEWHERE"
    advice = ("Ask somebody of that unit for the accounting that the patient wants.",)


class RequestChanged(StaleState):
    """Somebody changed the request after this page was loaded."""

    message = "Somebody changed this request after you opened the page. Nothing was saved."
    reason = "REQUEST_CHANGED"


class StepNotYours(Refused):
    """The person's role does not take this step."""

    message = "Your role does not take this step."
    reason = "STEP_NOT_YOURS"


class WorkedOn(StaleState):
    """Somebody else works on the request, and the sender has not been told yet."""

    message = "Somebody else works on this request. Send it again if it is right all the same."
    reason = "WORKED_ON"


class MarkElsewhere(StaleState):
    """The mark that was to be taken over lies with a third person by now."""

    message = "Somebody else works on this request by now."
    reason = "MARK_ELSEWHERE"


class NotWorkedOn(StaleState):
    """Nobody works on a request in this status."""

    message = "Nobody works on the request in the state in which it is now."
    reason = "NOT_WORKED_ON"


class NoteTooShort(Refused):
    """The note on taking over says too little."""

    message = "Say why in a few words: the note is told to who works on it now."
    reason = "NOTE_TOO_SHORT"
    status = 409


class ReasonMissing(Refused):
    """The step needs a reason."""

    message = "Say why: this step needs a reason."
    reason = "REASON_MISSING"
    status = 409


class NotReady(Refused):
    """The request lacks something that the step needs; the message names the first thing.

    `beside` says what is wrong with which field of the form, where it is one of its fields.
    """

    message = "The request is not complete yet."
    reason = "NOT_READY"
    status = 409

    def __init__(
        self, message: str = "", *, beside: Mapping[str, str] | None = None, **facts: Any
    ) -> None:
        self.beside = dict(beside or {})
        super().__init__(message or " ".join(self.beside.values()), **facts)


class DayImpossible(NotReady):
    """A day that contradicts another one."""

    reason = "DAY_IMPOSSIBLE"


class NobodyApproves(Refused):
    """Nobody but its preparers may decide the request; the message says what is missing."""

    message = "Nobody may approve this request."
    reason = "NOBODY_APPROVES"
    status = 409


class FormUsed(Refused):
    """The key of a form has logged a request of another patient or another person already."""

    message = (
        "This form has logged another request already, so nothing was logged now. "
        "Check that the patient above is the right one, and send it again."
    )
    reason = "FORM_USED"
    status = 409


class NothingChosen(Refused):
    """No document, or a document without pages."""

    message = "Choose at least one page of one document."
    reason = "NOTHING_CHOSEN"
    status = 409


class DocumentNotFit(Refused):
    """A document is not current, not this patient's, or its pages are others than chosen."""

    message = "A document was moved, voided or replaced since it was chosen. Choose again."
    reason = "DOCUMENT_NOT_FIT"
    status = 409


class DocumentNotOfChart(DocumentNotFit):
    """A choice names a document that the chart does not show to the person, or not any more."""

    message = (
        "The choice named a document that is not (or not any more) among those of this chart that "
        "you may see. Nothing was saved: what was chosen before stands. Check the list and save "
        "again."
    )
    reason = "DOCUMENT_NOT_OF_CHART"


class PagesNotSeen(Refused):
    """The approver has not ticked every page as seen, or was not shown one that is ticked."""

    message = "Tick every page as seen before you approve."
    reason = "PAGES_NOT_SEEN"
    status = 409


class PackageNotReady(Refused):
    """There is no finished package to deliver."""

    message = "The package is not ready to be delivered."
    reason = "PACKAGE_NOT_READY"
    status = 409


class LinkStillOpen(Refused):
    """Another link for this request is still open."""

    message = "A download link is open already. Recall it before you deliver another way."
    reason = "LINK_STILL_OPEN"
    status = 409


class LinkMade(StaleState):
    """The form has made its link already: it was sent twice, or its answer loaded again."""

    message = (
        "Nothing new was made: this form made its link when it was sent first. "
        "What stands is said below."
    )
    reason = "LINK_MADE"


class LinkUnknown(NotVisible):
    """No link has this token."""

    message = "This link leads nowhere. Check that you copied all of it."
    reason = "LINK_UNKNOWN"


class LinkExpired(Refused):
    """The link's time is over."""

    message = "This link has expired. Ask the records department for a new one."
    reason = "LINK_EXPIRED"
    status = 410


class LinkUsed(Refused):
    """The one download has been made."""

    message = (
        "The copies were downloaded already; the link works once. If that was not you, or the file "
        "is lost, call the records department."
    )
    reason = "LINK_USED"
    status = 410


class LinkClosed(Refused):
    """The link was recalled, or closed after too many wrong passcodes."""

    message = "This link is closed. Ask the records department for a new one."
    reason = "LINK_CLOSED"
    status = 410


class PasscodeWrong(Exception):
    """The passcode is not the link's; counted and recorded already. `left` tries remain."""

    def __init__(self, *, left: int) -> None:
        super().__init__(left)
        self.left = left

    @property
    def message(self) -> str:
        """Return what the person at the screen reads."""
        if not self.left:
            return "The passcode is not right, and the link is closed now. Ask for a new one."
        return (
            f"The passcode is not right. {self.left} {'try' if self.left == 1 else 'tries'} left."
        )
