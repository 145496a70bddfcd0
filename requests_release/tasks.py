"""What the clock calls in this room."""

from __future__ import annotations

from celery import shared_task


@shared_task
def keep_up() -> None:
    """Take back approvals that no longer stand, and remove the bytes of void packages."""
    from requests_release.services import packages

    packages.void_changed()
    packages.remove_erased()
