"""Work that waits for a person, gathered from the rooms that know of it.

Each room registers a source; the home page asks those the person has the permission for. Beside
these a room may register how its queues lie with the team, for those who lead it.
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


@dataclass(frozen=True)
class Load:
    """How much of a queue lies with one person, and the lists that show just that.

    `who` is empty where it lies with nobody yet.
    """

    who: str
    waiting: int
    late: int
    url: str
    late_url: str = ""


@dataclass(frozen=True)
class TeamQueue:
    """A queue of the team, by who holds it; `is_cut` where no further was counted."""

    name: str
    url: str
    loads: tuple[Load, ...]
    is_cut: bool = False

    @property
    def waiting(self) -> int:
        """Return how much waits in all."""
        return sum(load.waiting for load in self.loads)

    @property
    def late(self) -> int:
        """Return how much of it is late."""
        return sum(load.late for load in self.loads)


@dataclass(frozen=True)
class TeamSource:
    """The queues of one desk as those see them who lead it, all counted at once."""

    name: str
    permission: str
    queues: Callable[[User], list[TeamQueue]]


_sources: dict[str, WorkSource] = {}
_teams: dict[str, TeamSource] = {}


def register(source: WorkSource) -> None:
    """Show `source` on the home page of those who hold its permission."""
    _sources[source.name] = source


def sources_for(user: User) -> list[WorkSource]:
    """Return the queues of this person's roles, by name."""
    return [source for _, source in sorted(_sources.items()) if user.has_perm(source.permission)]


def register_team(source: TeamSource) -> None:
    """Show the queues of `source` to those who lead the desk, by its permission."""
    _teams[source.name] = source


def list_team_queues(user: User) -> list[TeamQueue]:
    """Return the queues of the desks that `user` leads, by name of the desk."""
    sources = [source for _, source in sorted(_teams.items()) if user.has_perm(source.permission)]
    return [queue for source in sources for queue in source.queues(user)]
