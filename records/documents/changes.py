"""Who hears of a document that was changed: rooms above that register."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction

Listener = Callable[[int], object]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Let `listener` hear the id of every document that changed: moved, voided, replaced, renamed.

    It is called once the change is committed, in its own time: what it does may fail, or be lost
    with its process, so it is only what a sweep would do later.
    """
    _listeners.append(listener)


def tell(document_id: int) -> None:
    """Tell everybody who listens, once this transaction is committed."""
    for listener in _listeners:
        transaction.on_commit(partial(listener, document_id), robust=True)
