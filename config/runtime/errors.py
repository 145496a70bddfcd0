"""What can go wrong at start, said in one line."""

from __future__ import annotations


class CannotStart(Exception):
    """A server or process that cannot be started; the message is one line for the person there."""
