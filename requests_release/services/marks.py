"""The mark of who works on a request: taken, kept, let go, taken over with a note.

A courtesy, never a lock: what guards the data is the request's version, which nothing here changes.
Taking and letting go write no event; whoever takes a mark was shown a page whose event stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed, attributing
from requests_release import access
from requests_release.access import about
from requests_release.errors import MarkElsewhere, RequestUnknown, WorkedOn
from requests_release.models import Comment, Mark, Request, TakeoverNotice
from requests_release.rules import marks as rules
from requests_release.selectors import marks as selectors
from requests_release.selectors.marks import Marked
from requests_release.services import moving

# Two pages at once meet at the row: one inserts it, the other finds it there and leaves it.
TAKE = """
INSERT INTO requests_release_mark AS held (request_id, person_id, since, heard_at)
VALUES (%(request)s, %(person)s, %(now)s, %(now)s)
ON CONFLICT (request_id) DO UPDATE SET
    person_id = CASE WHEN held.heard_at <= %(stale)s
                THEN excluded.person_id ELSE held.person_id END,
    since = CASE WHEN held.heard_at <= %(stale)s THEN excluded.since ELSE held.since END,
    heard_at = CASE WHEN held.heard_at <= %(stale)s OR held.person_id = excluded.person_id
               THEN greatest(held.heard_at, excluded.heard_at) ELSE held.heard_at END
RETURNING person_id, (SELECT display_name FROM accounts_user WHERE id = person_id), since
"""


def take(*, actor: User, request: Request, now: datetime | None = None) -> Marked:
    """Take the mark of a request that nobody holds, or keep one's own; return whose it is now.

    One statement, whoever else asks at the same moment: exactly one holds it afterwards. It is
    for people who may work on the request, which the page that is shown to them has checked.
    """
    now = now or timezone.now()
    values: dict[str, Any] = {
        "request": request.pk,
        "person": actor.pk,
        "now": now,
        "stale": selectors.stale_at(now),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        return Marked(*cursor.fetchone())


def keep(*, actor: User, request_id: int, now: datetime | None = None) -> None:
    """Note that the holder was heard of; who does not hold the mark, or not any more, gets none."""
    now = now or timezone.now()
    held = Mark.objects.filter(request_id=request_id, person=actor)
    held.filter(heard_at__gt=selectors.stale_at(now), heard_at__lt=now).update(heard_at=now)


def let_go(*, actor: User, request_id: int) -> None:
    """Give one's own mark up; where another holds it, or nobody, nothing is to be done.

    Raises:
        RequestUnknown: no such request.
        ChartRefused, ChartUnknown, ChartDestroyed: no ground to the chart; the mark ends by itself.
    """
    request = Request.objects.filter(pk=request_id).first()
    if request is None:
        raise RequestUnknown(subject_type="request", subject_id=request_id)
    access.check_scope(actor=actor, request=request)
    Mark.objects.filter(request_id=request_id, person=actor).delete()


def check_free(*, actor: User, request: Request, held: Marked | None, seen: str) -> None:
    """Check that nobody else works on the request, or that the sender was told of this very mark.

    Raises:
        WorkedOn: somebody else does, and `seen` is not the key of their mark.
    """
    if held is not None and held.person_id != actor.pk and held.key != seen:
        raise WorkedOn(
            f"{held.say(actor.pk)}. Nothing is saved yet, and what you typed still stands here. "
            "Send it again if it is right all the same, or take over first.",
            action=Action.REQUEST_CHANGED,
            detail={"person": held.person_id},
            **about(request),
        )


@attributed
def take_over(*, actor: User, request_id: int, holder_id: int, note: str) -> Comment | None:
    """Take the mark from `holder_id`, who is told who did and why; None where it had ended.

    The note stands in the request's story. The request is locked first, as in every step, so that
    a step at the same moment and two takeovers come one after the other.

    Raises:
        RequestUnknown: no such request.
        ChartRefused, ChartUnknown, ChartDestroyed: no ground to the chart.
        NotWorkedOn, StepNotYours, OwnPreparation: nobody works on it now, or not this person.
        NoteTooShort: the note does not say why.
        MarkElsewhere: a third person holds it by now.
    """
    request = moving.lock(request_id=request_id)
    access.check_scope(actor=actor, request=request)
    access.check_may_work(actor=actor, request=request)
    rules.check_note(note)
    held = take(actor=actor, request=request)
    if held.person_id == actor.pk:
        return None
    if held.person_id != holder_id:
        raise MarkElsewhere(f"{held.say(actor.pk)}.", action=Action.REQUEST_TAKEN_OVER)
    return _pass_on(actor, request, held, note.strip())


def _pass_on(actor: User, request: Request, held: Marked, note: str) -> Comment:
    now = timezone.now()
    Mark.objects.filter(request=request).update(person=actor, since=now, heard_at=now)
    comment = Comment.objects.create(
        request=request, text=note, made_by=actor, took_over_from_id=held.person_id
    )
    TakeoverNotice.objects.create(comment=comment, person_id=held.person_id)
    events.record(
        action=Action.REQUEST_TAKEN_OVER,
        actor=actor,
        detail={"person": actor.pk, "person_before": held.person_id, "comment": comment.pk},
        **about(request),
    )
    return comment


def note_seen(*, actor: User, comments: Iterable[Comment]) -> None:
    """Note that a former holder was shown these notes on why somebody took over."""
    told = [comment.pk for comment in comments]
    if told:
        with attributing(actor):
            rows = TakeoverNotice.objects.filter(comment_id__in=told, person=actor, seen_at=None)
            rows.update(seen_at=timezone.now())
