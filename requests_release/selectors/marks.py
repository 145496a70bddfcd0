"""Who works on a request just now, and what a former holder was told and has not looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from printing import words
from requests_release.models import Comment, Mark, Request, TakeoverNotice
from requests_release.rules import marks as rules


@dataclass(frozen=True)
class Marked:
    """A mark that still holds: whose, and since when."""

    person_id: int
    name: str
    since: datetime

    @property
    def key(self) -> str:
        """Return what tells this mark from any other of the request."""
        return f"{self.person_id}.{self.since.timestamp():.6f}"

    @property
    def since_words(self) -> str:
        """Return since when: the time of today, the whole moment of an earlier day."""
        here = timezone.localtime(self.since)
        return f"{here:%H:%M}" if here.date() == timezone.localdate() else words.moment(here)

    def say(self, reader_id: int) -> str:
        """Say to a reader who works on the request."""
        if reader_id == self.person_id:
            return f"You have been working on this since {self.since_words}"
        return f"{self.name} has been working on this since {self.since_words}"


def stale_at(now: datetime | None = None) -> datetime:
    """Return the moment up to which a holder must have been heard of for a mark to be stale."""
    return rules.stale_at(now=now or timezone.now(), minutes=settings.RELEASE_MARK_MINUTES)


def find_held(request: Request) -> Marked | None:
    """Return the mark of a request that was read together with its mark, if it still holds."""
    mark: Mark | None = getattr(request, "mark", None)
    if mark is None or mark.heard_at <= stale_at():
        return None
    return Marked(mark.person_id, mark.person.display_name, mark.since)


def get_held(request_id: int) -> Marked | None:
    """Return the mark of a request, if it still holds, in one query."""
    found = Mark.objects.filter(request_id=request_id, heard_at__gt=stale_at())
    row = found.values_list("person_id", "person__display_name", "since").first()
    return Marked(*row) if row else None


def list_told(comments: Iterable[Comment], user: User) -> list[Comment]:
    """Return the notes on taking over from `user` that they have not looked at, of those read."""
    notices = ((comment, getattr(comment, "notice", None)) for comment in comments)
    return [
        comment
        for comment, notice in notices
        if notice is not None and notice.person_id == user.pk and notice.seen_at is None
    ]


def list_unseen(user: User) -> QuerySet[TakeoverNotice]:
    """Return which takeovers `user` was told of and has not looked at, oldest first."""
    rows = TakeoverNotice.objects.filter(person=user, seen_at__isnull=True)
    return rows.select_related("comment__made_by", "comment__request").order_by("pk")
