"""What the clock calls in this room."""

from __future__ import annotations

from celery import shared_task


@shared_task
def expire_idle_sessions() -> None:
    """End sessions that were left behind."""
    from accounts.services import sessions

    sessions.expire_idle()
