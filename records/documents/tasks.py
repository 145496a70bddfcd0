"""What the clock calls in this room."""

from __future__ import annotations

from celery import shared_task


@shared_task
def sweep_orphans() -> int:
    """Remove what crashes left in the vault; return how many files."""
    from accounts.selectors.users import get_system_user
    from audit import context
    from records.documents.services import upkeep

    with context.acting(context.system_origin()):
        return upkeep.sweep(actor=get_system_user())
