"""What accounts refuse."""

from __future__ import annotations

from audit.enums import Action
from audit.errors import NotVisible, Refused, StaleState


class OwnRolesUnchangeable(Refused):
    """Nobody gives or takes their own roles."""

    message = "You cannot change your own roles. Ask another administrator."
    reason = "OWN_ROLES"


class LastAdministrator(Refused):
    """The house always keeps one active administrator."""

    message = "This is the last active administrator. Give somebody else that role first."
    reason = "LAST_ADMINISTRATOR"


class OwnSignIn(Refused):
    """Nobody resets their own sign-in as its administrator."""

    message = "This is your own sign-in. Change your password and second factor on your own pages."
    reason = "OWN_SIGN_IN"


class PersonTaken(Refused):
    """Somebody has this sign-in name or address by now; a form sent twice meets itself here."""

    message = "Somebody has this sign-in name or e-mail by now. Look at the list of people."
    reason = "PERSON_TAKEN"
    status = 409


class PersonChangedMeanwhile(StaleState):
    """Another administrator saved the same person after this form was opened."""

    message = (
        "Somebody changed this person while your form was open. Nothing was saved: compare your "
        "entries with what stands here now, then save again."
    )
    reason = "PERSON_STALE"


class PersonUnknown(NotVisible):
    """There is no such person; the system's own user counts as none."""

    reason = "PERSON_UNKNOWN"

    def __init__(self, user_id: int) -> None:
        super().__init__(action=Action.USER_CHANGED, subject_type="user", subject_id=user_id)


class SessionUnknown(NotVisible):
    """There is no such session, or it is somebody else's."""

    reason = "SESSION_UNKNOWN"

    def __init__(self, session_id: int) -> None:
        super().__init__(
            action=Action.SESSION_REVOKED, subject_type="session", subject_id=session_id
        )


class NotYoursToUndo(Refused):
    """Who did something takes it back within minutes; everybody else puts it right otherwise."""

    message = "Somebody else did this."
    reason = "NOT_YOURS_TO_UNDO"


class UndoTooLate(StaleState):
    """What was done is taken back within minutes, or put right later."""

    message = "The time to undo this is over."
    reason = "UNDO_TOO_LATE"
