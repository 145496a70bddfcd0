"""A fresh proof of who somebody is, which a page of any room asks for.

What a proof is, how long it lasts and how it is asked for is known to the accounts room, which
stands above this one. It registers that, once at start:

    proofs.register(ask_for_proof)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]
# What is looked at before the proof is asked for; an answer of its own stands in the proof's place.
First = Callable[[], HttpResponseBase | None]
Ask = Callable[[HttpRequest, First], HttpResponseBase | None]
METHODS = ("GET", "HEAD", "POST")


class NobodyAsks(RuntimeError):
    """No room has registered how a proof is asked for, so nobody is let through."""


def _nobody(request: HttpRequest, first: First) -> HttpResponseBase | None:
    raise NobodyAsks("No room has registered how a fresh proof is asked for")


_ask: Ask = _nobody


def register(ask: Ask) -> None:
    """Register how a proof is asked for.

    `ask` returns None where the person has just proved who they are; else what `first` answers, or,
    where that is None, it raises what leads to the page that asks.
    """
    global _ask
    _ask = ask


def fresh_proof_required(
    *, first: Callable[..., HttpResponseBase | None]
) -> Callable[[View], View]:
    """Let a view answer only people who have just proved who they are.

    Nobody proves it in vain: `first` is called before the proof is asked for, with what the view is
    called with. It raises the refusal that the deed would meet, returns an answer where there is
    nothing to prove for, or None. It writes nothing. Stands below `audit.http.requires`, for the
    same reason. Tests read the rule from the view's `needs_fresh_sign_in`.

    Raises:
        NobodyAsks: from the view, when no room has registered how.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer = _ask(request, lambda: first(request, *args, **kwargs))
            return view(request, *args, **kwargs) if answer is None else answer

        checked.needs_fresh_sign_in = METHODS  # type: ignore[attr-defined]
        return checked

    return decorate
