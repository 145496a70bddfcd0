"""What the clock calls in this room."""

from __future__ import annotations

from celery import shared_task


@shared_task
def close_expired_glass() -> None:
    """End every emergency access whose time is over."""
    from records.access.services import glass

    glass.close_expired()


@shared_task
def lapse_access_requests() -> None:
    """Let every undecided access request lapse whose time is over."""
    from records.access.services import access_requests

    access_requests.lapse_over()
