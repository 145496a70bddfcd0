"""Attribution of writes: who changes a tracked table is set inside the transaction itself.

`SET LOCAL` vanishes in autocommit and a session setting leaks to the next request over a kept
connection, so both settings are made by `set_config(…, true)` inside `transaction.atomic()`. The
triggers of `audit.append_only.TrackChanges` refuse the application's writes without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from audit import context
from audit.errors import NoActor

P = ParamSpec("P")
T = TypeVar("T")

SET_ACTOR = (
    "SELECT set_config('chartroom.actor', %s, true), set_config('chartroom.request', %s, true)"
)
KEPT = "_chartroom_attribution"
NOBODY = ("", "")


def attributed(service: Callable[P, T]) -> Callable[P, T]:
    """Run a service in a transaction whose row changes carry its `actor`.

    The service takes `actor` by keyword, as every service does.

    Raises:
        NoActor: `actor` is missing or is not a saved user.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with attributing(kwargs.get("actor")):
            return service(*args, **kwargs)

    return run


@contextmanager
def attributing(actor: Any) -> Iterator[None]:
    """Open a transaction (a savepoint inside another) whose row changes carry `actor`.

    Events inside that name no actor come from the same person. A nested call for the same actor
    and request sets nothing again; one for another actor gives the outer actor back at its end.

    Raises:
        NoActor: `actor` is not a saved user.
    """
    if getattr(actor, "pk", None) is None:
        raise NoActor("Only a saved user can change records")
    is_same = context.current_actor_id() == actor.pk
    around = nullcontext() if is_same else context.acting_as(actor)
    with around, transaction.atomic(), _settings(str(actor.pk)):
        yield


def is_attributed() -> bool:
    """Return whether the open transaction already carries an actor."""
    return connection.in_atomic_block and getattr(connection, KEPT, NOBODY) != NOBODY


@contextmanager
def _settings(actor_id: str) -> Iterator[None]:
    """Set the transaction's actor; after success set the outer one (or none) again.

    Where the transaction ends here, and after an error, there is nothing to give back: the end
    of the transaction or the savepoint's rollback takes the settings away.
    """
    values = (actor_id, context.current_request_id())
    outer = getattr(connection, KEPT, NOBODY)
    if values == outer:
        yield
        return
    _set(values)
    setattr(connection, KEPT, values)
    try:
        yield
    finally:
        setattr(connection, KEPT, outer)
    if connection.savepoint_ids:
        _set(outer)


def _set(values: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET_ACTOR, values)
