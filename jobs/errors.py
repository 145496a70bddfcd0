"""What stops a piece of background work."""

from __future__ import annotations


class JobFailed(Exception):
    """The work cannot succeed however often it is tried; a person has to look.

    `code` is stored and shown; it holds no patient details.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LeaseLost(Exception):
    """Another worker has taken the job over; this one must stop without a trace."""
