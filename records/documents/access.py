"""May this person see and file a loose file: those who may open the unit's charts."""

from __future__ import annotations

from accounts.models import User
from audit.enums import Action
from records.access.selectors import rights
from records.documents.errors import UnfiledUnknown
from records.documents.models import UnfiledFile


def list_unit_ids(actor: User) -> list[int]:
    """Return the units whose waiting files `actor` sees."""
    return sorted(rights.get_unit_rights(actor).open_units)


def check_unfiled(actor: User, row: UnfiledFile, action: Action) -> None:
    """Refuse a file that waits in a unit whose charts `actor` may not open.

    Raises:
        UnfiledUnknown: it is not the actor's to see.
    """
    if row.unit_id not in rights.get_unit_rights(actor).open_units:
        raise UnfiledUnknown(action=action, subject_type="unfiled", subject_id=row.pk)
