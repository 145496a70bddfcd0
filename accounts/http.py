"""Marks that views carry for the sign-in middleware, and what every view says of a deed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.account.internal.flows import reauthentication
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from accounts.services.undoing import UNDO_FOR

View = Callable[..., HttpResponseBase]
First = Callable[..., HttpResponseBase | None]

public = login_not_required


def fresh_sign_in_required(*, first: First | None) -> Callable[[View], View]:
    """Let a view answer only people who proved within five minutes who they are.

    Nobody proves it in vain: `first` is called before the proof is asked, with what the view is
    called with. It raises the refusal that the deed would meet, returns an answer where there is
    nothing left to do, or None where the proof is worth its while; None in its place says that no
    state stands in the way. It writes nothing, and shows no more than may be seen without a proof.
    What it looked at may be other by then, so the view's service looks again.

    A form that was sent meanwhile waits in the session and is carried out after the proof. Stands
    below `requires`, for the same reason. Tests read the rule from the view's
    `needs_fresh_sign_in`.

    Raises:
        ReauthenticationRequired: from the view; allauth answers it with the page that asks.
    """
    return _fresh(first, methods=("GET", "HEAD", "POST"))


def fresh_sign_in_to_post(*, first: First | None) -> Callable[[View], View]:
    """As `fresh_sign_in_required`, for pages that anybody of the role may look at."""
    return _fresh(first, methods=("POST",))


def ask_for_proof(
    request: HttpRequest, first: Callable[[], HttpResponseBase | None]
) -> HttpResponseBase | None:
    """Return None where the person has just proved who they are, else what `first` answers.

    Raises:
        ReauthenticationRequired: the proof is owed, and nothing stands in its way.
    """
    if not _is_stale(request):
        return None
    # Who only looks has given up a form that waited for the proof: it is not carried out.
    request.session.pop(reauthentication.STATE_SESSION_KEY, None)
    answer = first()
    if answer is None:
        raise ReauthenticationRequired
    return answer


def _is_stale(request: HttpRequest) -> bool:
    return bool(reauthentication.is_reauthentication_required(request, app="chartroom"))


def _fresh(first: First | None, methods: tuple[str, ...]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            answer = ask_for_proof(
                request, lambda: first(request, *args, **kwargs) if first else None
            )
            return view(request, *args, **kwargs) if answer is None else answer

        checked.needs_fresh_sign_in = methods  # type: ignore[attr-defined]
        return checked

    return decorate


def polling(view: View) -> View:
    """Mark `view` as asked by scripts on a timer: it never counts as activity of the person."""
    return _marked(view, "is_polling")


def before_duties(view: View) -> View:
    """Mark `view` as open to people who still owe a password or a second factor."""
    return _marked(view, "is_before_duties")


def person(request: HttpRequest) -> User:
    """Return the signed-in person of a request that the sign-in middleware let through.

    Raises:
        TypeError: nobody is signed in, so the view lacks its protection.
    """
    if not isinstance(request.user, User):
        raise TypeError("This view needs a signed-in person")
    return request.user


def say_undoable(request: HttpRequest, text: str, *, url: str, done_at: datetime) -> None:
    """Tell the person what was done, with a button that posts to `url` and how long it does."""
    until = done_at + UNDO_FOR
    messages.success(request, text, extra_tags=f"undo:{url} until:{until.isoformat()}")


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether the page itself asks, for a part of it."""
    return bool(getattr(request, "htmx", False))


def is_by_script(request: HttpRequest) -> bool:
    """Say whether a page's script asks, which keeps its page whatever the answer is."""
    return is_htmx(request) or request.headers.get("X-Requested-With") == "fetch"


def _marked(view: View, name: str) -> View:
    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    setattr(wrapped, name, True)
    return wrapped
