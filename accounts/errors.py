"""What accounts refuse."""

from __future__ import annotations

from audit.enums import Action
from audit.errors import NotVisible, Refused, StaleState


class OwnRolesUnchangeable(Refused):
    """Nobody gives or takes their own roles."""

    message = "You cannot change your own roles. Ask another administrator."
    reason = "OWN_ROLES"


class AdministratorNotAlone(Refused):
    """The administrator sees no patient, so the role is held with no other."""

    message = (
        "Administrator cannot be combined with another role: an administrator sees no patient, and "
        "every other role leads to patients. Choose either Administrator or the other roles."
    )
    reason = "ADMINISTRATOR_NOT_ALONE"
    status = 422

    def __init__(self, user_id: int | None = None) -> None:
        super().__init__(
            action=Action.ROLE_GRANTED,
            subject_type="user" if user_id else "",
            subject_id=user_id or "",
        )


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


class SavedListUnknown(NotVisible):
    """There is no such saved list or list, or it is not this person's to change or open."""

    reason = "SAVED_LIST_UNKNOWN"

    def __init__(self, list_id: int | None = None) -> None:
        super().__init__(
            action=Action.SAVED_LIST_CHANGED,
            subject_type="saved_list" if list_id else "",
            subject_id=list_id or "",
        )


class SavedListRefused(Refused):
    """What was entered cannot be saved as it is; it can be mended where it was entered."""

    field: str | None = None

    def __init__(self, list_id: int | None = None) -> None:
        super().__init__(
            action=Action.SAVED_LIST_CHANGED,
            subject_type="saved_list" if list_id else "",
            subject_id=list_id or "",
        )


class SavedListNameTaken(SavedListRefused):
    """A person's saved lists of one list have names of their own, in any case of letters."""

    message = "You have a saved list of this name. Choose another."
    reason = "SAVED_LIST_NAME_TAKEN"
    status = 409
    field = "name"


class SavedListEmpty(SavedListRefused):
    """What is in force holds no filter that a saved list may hold."""

    message = "There is no filter here to save. Set one on the list, then save it there."
    reason = "SAVED_LIST_EMPTY"
    status = 422


class SavedListsFull(SavedListRefused):
    """A person keeps so many saved lists of one list and no more."""

    message = "You have as many saved lists of this list as are kept. Remove one first."
    reason = "SAVED_LISTS_FULL"
    status = 409


class SavedListStale(SavedListRefused):
    """The same person changed it in another window after this form was opened."""

    message = (
        "You changed this saved list in another window meanwhile. Nothing was saved: compare, then "
        "save again."
    )
    reason = "SAVED_LIST_STALE"
    status = 409
