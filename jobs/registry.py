"""Which function does the steps of which kind of job."""

from __future__ import annotations

from collections.abc import Callable

from jobs.models import Job

# A handler does one step of the job in one service call and returns whether more is to do.
Handler = Callable[[Job], bool]
# A closer tells the room that the job has failed for good.
Closer = Callable[[Job], None]

_handlers: dict[str, Handler] = {}
_closers: dict[str, Closer] = {}


def register(kind: str, handler: Handler, *, on_failure: Closer | None = None) -> None:
    """Let `handler` do the steps of jobs of `kind`, and `on_failure` hear of final failures."""
    _handlers[kind] = handler
    if on_failure:
        _closers[kind] = on_failure


def get_handler(kind: str) -> Handler:
    """Return the handler of `kind`.

    Raises:
        KeyError: no room registered this kind.
    """
    return _handlers[kind]


def get_closer(kind: str) -> Closer | None:
    """Return what hears of final failures of `kind`, if anything."""
    return _closers.get(kind)
