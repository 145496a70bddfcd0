"""Marks that views carry for the sign-in middleware."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

View = Callable[..., HttpResponseBase]

public = login_not_required
fresh_sign_in_required: Callable[..., Any] = reauthentication_required


def polling(view: View) -> View:
    """Mark `view` as asked by scripts on a timer: it never counts as activity of the person."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    wrapped.is_polling = True  # type: ignore[attr-defined]
    return wrapped


def person(request: HttpRequest) -> User:
    """Return the signed-in person of a request that the sign-in middleware let through.

    Raises:
        TypeError: nobody is signed in, so the view lacks its protection.
    """
    if not isinstance(request.user, User):
        raise TypeError("This view needs a signed-in person")
    return request.user
