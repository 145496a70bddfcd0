"""Who is acting, for whom, from where: known anywhere below a request, a job or a command."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from audit.errors import NoActor

ANONYMOUS_NAME = "anonymous"
ANONYMOUS_ROLE = "ANONYMOUS"
NO_ROLE = "NONE"
RECIPIENT_NAME = "Recipient, by link"
RECIPIENT_ROLE = "RECIPIENT"
SYSTEM_NAME = "system"
SYSTEM_ROLE = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event comes from; every field ends up in the event's row."""

    actor_id: int | None
    actor_name: str
    role: str
    request_id: str
    session_digest: str = ""
    client_address: str | None = None
    on_behalf_of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An origin that is worked out only when an event is written.

    A request's user costs a query and its roles another one, so both wait until needed.
    """

    request_id: str
    get_actor_id: Callable[[], int | None]
    resolve: Callable[[], Origin]


_source: ContextVar[Source | None] = ContextVar("audit_source", default=None)


def new_request_id() -> str:
    """Return a fresh id that ties together events, changes and log lines of one piece of work."""
    return uuid.uuid4().hex


def has_origin() -> bool:
    """Return whether anybody is named as acting here."""
    return _source.get() is not None


def current() -> Origin:
    """Return who is acting here.

    Raises:
        NoActor: outside a request and outside `acting` and `acting_as`.
    """
    source = _source.get()
    if source is None:
        raise NoActor("Nobody is named as acting; wrap the work in audit.context.acting_as")
    return source.resolve()


def current_actor_id() -> int | None:
    """Return the acting user's id without working out the rest, or None where nobody is named."""
    source = _source.get()
    return None if source is None else source.get_actor_id()


def current_request_id() -> str:
    """Return the id of this request, job or command, or an empty text where there is none."""
    source = _source.get()
    return "" if source is None else source.request_id


@contextmanager
def acting_from(source: Source) -> Iterator[None]:
    """Let events inside come from `source` (the middleware's way in)."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


@contextmanager
def acting(origin: Origin) -> Iterator[Origin]:
    """Let events inside come from `origin`."""
    source = Source(origin.request_id, lambda: origin.actor_id, lambda: origin)
    with acting_from(source):
        yield origin


@contextmanager
def acting_as(
    user: Any, *, on_behalf_of: Any = None, request_id: str | None = None
) -> Iterator[Origin]:
    """Let events inside come from `user`: in workers, commands and tests.

    `on_behalf_of` is the person whose wish is carried out when that is somebody else. Inside a
    request or an outer `acting_as` the request id, session and address of that are kept.

    Raises:
        NoActor: `user` is not a saved user.
    """
    origin = origin_of(user, request_id=request_id)
    if on_behalf_of is not None:
        origin = replace(origin, on_behalf_of_id=int(getattr(on_behalf_of, "pk", on_behalf_of)))
    with acting(origin):
        yield origin


def origin_of(user: Any, *, request_id: str | None = None) -> Origin:
    """Return the origin of `user`, with request, session and address of what surrounds the call.

    Raises:
        NoActor: `user` is not a saved user.
    """
    if getattr(user, "pk", None) is None:
        raise NoActor("The actor is not a saved user")
    if _source.get() is None:
        return Origin(int(user.pk), name_of(user), role_of(user), request_id or new_request_id())
    around = current()
    if around.actor_id == user.pk:
        return around if request_id is None else replace(around, request_id=request_id)
    return replace(
        around,
        actor_id=int(user.pk),
        actor_name=name_of(user),
        role=role_of(user),
        request_id=request_id or around.request_id,
    )


def system_origin(request_id: str | None = None) -> Origin:
    """Return the origin of the system's own upkeep, which no person asked for."""
    return Origin(None, SYSTEM_NAME, SYSTEM_ROLE, request_id or new_request_id())


def recipient_origin(*, on_behalf_of_id: int | None) -> Origin:
    """Return the origin of somebody outside the house who came with a link and its passcode.

    Who they are is not known here, only who gave them the link, so `on_behalf_of_id` names that
    person; request and address are those of what surrounds the call.

    Raises:
        NoActor: outside a request and outside `acting` and `acting_as`.
    """
    return replace(
        current(),
        actor_id=None,
        actor_name=RECIPIENT_NAME,
        role=RECIPIENT_ROLE,
        on_behalf_of_id=on_behalf_of_id,
    )


def name_of(user: Any) -> str:
    """Return the name that a user carries now."""
    return str(getattr(user, "display_name", "") or user.get_username())


def role_of(user: Any) -> str:
    """Return a user's roles now, joined by `+`; asked for once an instance.

    A user class that knows its roles already offers them as `role_names`.
    """
    known = user.__dict__.get("_audit_role")
    if known is None:
        names = getattr(user, "role_names", None)
        if names is None:
            names = user.groups.values_list("name", flat=True)
        known = user.__dict__["_audit_role"] = "+".join(sorted(names)) or NO_ROLE
    return str(known)
