"""Trying to save what was typed: what is refused comes back with all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from audit.errors import Refused
from audit.services import events
from requests_release.errors import NotReady, RequestChanged, WorkedOn
from requests_release.forms.fields import VersionedForm
from requests_release.presenters import changes as presenter
from requests_release.presenters.changes import Difference
from requests_release.selectors import changes
from requests_release.services import marks
from requests_release.views import frames
from requests_release.views.frames import Opened

CONFLICT = 409


@dataclass(frozen=True)
class Shown:
    """A form that was not taken, over the request as it is now; and the answer's status."""

    opened: Opened
    status: int
    values: dict[str, Any] = field(default_factory=dict)


def attempt(deed: Callable[[], object]) -> Refused | None:
    """Do a deed; return the refusal that its form shows, written down as an event.

    Raises:
        Refused: the person may not do it at all.
    """
    try:
        deed()
    except Refused as refused:
        if refused.status != CONFLICT:
            raise
        events.record_refusal(refused)
        return refused
    return None


def attempt_work(opened: Opened, form: VersionedForm, deed: Callable[[], object]) -> Refused | None:
    """Do a deed on a request, once its sender knows who else works on it; else as `attempt`.

    Raises:
        Refused: the person may not do it at all.
    """

    def work() -> None:
        marks.check_free(
            actor=opened.scope.actor,
            request=opened.request,
            held=opened.held,
            seen=form.seen_mark,
        )
        deed()

    return attempt(work)


def show_again(
    opened: Opened,
    form: VersionedForm,
    refused: Refused | None,
    *,
    why_not: Callable[[Opened], str],
    differences: Callable[[Opened], Iterable[Difference]] | None = None,
) -> Shown:
    """Return how a form is shown that was not taken, with everything in it as it was typed.

    A form that was overtaken says who changed the request and when, and goes on from the newest
    version: sent again, it is saved on top. `why_not` says why that is not possible any more.
    """
    if refused is None:
        return Shown(opened, 422 if form.errors else 200)
    fresh = frames.renew(opened)
    if isinstance(refused, WorkedOn) and opened.held:
        form.tell_mark(opened.held.key)
    if not isinstance(refused, RequestChanged):
        _add(refused, form)
        return Shown(fresh, CONFLICT, {"is_typed": True})
    since = changes.list_since(fresh.request, form.seen_version)
    form.renew(fresh.request.version)
    overtaken = presenter.present(
        since,
        actor=opened.scope.actor,
        why_not=why_not(fresh),
        differences=differences(fresh) if differences else (),
    )
    return Shown(fresh, CONFLICT, {"overtaken": overtaken})


def _add(refused: Refused, form: VersionedForm) -> None:
    """Say a refusal beside the fields that it is about, or else of the form as a whole."""
    beside = refused.beside if isinstance(refused, NotReady) else {}
    for name, message in (beside or {"": refused.message}).items():
        form.add_error(name if name in form.fields else None, message)


def unless_editable(opened: Opened) -> str:
    """Say why a request's content cannot be changed now, or nothing where it can."""
    return unless(opened, opened.request.is_editable)


def unless(opened: Opened, is_possible: bool) -> str:
    """Say that the request's state no longer allows the step, or nothing where it does."""
    state = opened.request.get_status_display().lower()
    return "" if is_possible else f"The request is {state} by now, so this can no longer be saved."
