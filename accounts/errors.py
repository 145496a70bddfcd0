"""What accounts refuse."""

from __future__ import annotations

from audit.errors import Refused


class OwnRolesUnchangeable(Refused):
    """Nobody gives or takes their own roles."""

    message = "You cannot change your own roles. Ask another administrator."
    reason = "OWN_ROLES"


class LastAdministrator(Refused):
    """The house always keeps one active administrator."""

    message = "This is the last active administrator. Give somebody else that role first."
    reason = "LAST_ADMINISTRATOR"
