"""The system's own work on charts: switched on for one stretch of work and one unit, never a right.

An import that an operator orders on the machine has no signed-in person behind it. It acts as the
user of scheduled work, who is inactive, holds no role and cannot sign in, so that no right could
be given to it by mistake. Inside `on` that user may register people in one unit and add to charts;
outside it, and in any signed-in session, it may do nothing. Events name the ground SYSTEM.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from accounts.models import User
from accounts.models.user import SYSTEM_USERNAME
from audit import context

_unit: ContextVar[int | None] = ContextVar("access_system_unit", default=None)


class NotSystemWork(RuntimeError):
    """Somebody else than the system, or somebody signed in, tried to work as the system."""


@contextmanager
def on(actor: User, unit_id: int) -> Iterator[None]:
    """Let the system user register people in `unit_id` and write into charts, inside only.

    Raises:
        NotSystemWork: `actor` is a person, or a signed-in session surrounds the call.
    """
    is_session = context.has_origin() and context.current().session_digest
    if actor.username != SYSTEM_USERNAME or is_session:
        raise NotSystemWork("Only commands and workers work as the system")
    token = _unit.set(unit_id)
    try:
        yield
    finally:
        _unit.reset(token)


def unit_of(actor: User) -> int | None:
    """Return the unit in which `actor` works as the system here; None for everybody else."""
    return _unit.get() if actor.username == SYSTEM_USERNAME else None
