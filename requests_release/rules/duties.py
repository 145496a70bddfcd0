"""Who takes which step of a request, in words for the screen.

A test holds the words to the table of roles.
"""

from __future__ import annotations

from requests_release.permissions import APPROVE_REQUEST, DELIVER_RELEASE, PREPARE_REQUEST

WHO = {
    PREPARE_REQUEST: "A clerk or a supervisor prepares requests",
    APPROVE_REQUEST: "A supervisor decides this",
    DELIVER_RELEASE: "A clerk or a supervisor delivers copies",
}
NOT_YOUR_ROLE = {
    PREPARE_REQUEST: "your role does not prepare requests.",
    APPROVE_REQUEST: "your role does not approve releases.",
    DELIVER_RELEASE: "your role does not deliver copies.",
}


def not_yours(permission: str) -> str:
    """Say whose step it is, to somebody whose role does not carry it."""
    return f"{WHO[permission]}; {NOT_YOUR_ROLE[permission]}"


def own(asked: str) -> str:
    """Say who decides next, to who prepared the request; `asked` is who was named for it."""
    who = f"{asked} was asked to decide it" if asked else "A supervisor who took no part decides it"
    return f"You prepared this request. {who}."
