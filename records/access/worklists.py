"""Work that waits for a person, gathered from the rooms that know of it.

Each room registers a source; the home page asks those the person has the permission for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User


@dataclass(frozen=True)
class WorkItem:
    """One line of the home page: why it is here, what to do, by when, and where it is worked.

    `patient_id` is set where the line shows a patient, so that the event of the page names them;
    `may_name_patient` where it shows words that nobody has read yet, such as a file's name: the
    event then says that the page was looked at. `since` is None where nobody noted when it began.
    """

    why: str
    what: str
    url: str
    since: datetime | None
    due_on: date | None = None
    patient_id: int | None = None

    may_name_patient: bool = False

@dataclass(frozen=True)
class WorkSource:
    """A queue: how many wait for this person (counted up to a limit), and the oldest few."""

    name: str
    permission: str
    url_name: str
    count: Callable[[User], int]
    oldest: Callable[[User, int], list[WorkItem]]


_sources: dict[str, WorkSource] = {}


def register(source: WorkSource) -> None:
    """Show `source` on the home page of those who hold its permission."""
    _sources[source.name] = source


def sources_for(user: User) -> list[WorkSource]:
    """Return the queues of this person's roles, by name."""
    return [source for _, source in sorted(_sources.items()) if user.has_perm(source.permission)]
