"""One's own sessions, each ended by itself; the list and the end of all others are allauth's."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.http import before_duties, person
from accounts.selectors import sessions as selectors
from accounts.services import sessions
from audit.http import requires


@before_duties
@requires(methods=("POST",))
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions; the one that asks is signed out.

    No fresh sign-in is asked for: who sees a stranger in the list shuts them out at once.
    """
    user = person(request)
    session = selectors.get_own(user, session_id)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    sessions.revoke(actor=user, user_id=user.pk, session_keys=[session.session_key])
    messages.success(request, "The session is ended. Its next step asks for a sign-in.")
    return redirect("usersessions_list")
