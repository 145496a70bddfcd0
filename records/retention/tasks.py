"""What the clock calls in this room."""

from __future__ import annotations

from celery import shared_task


@shared_task
def evaluate() -> None:
    """Compute every chart's answer for today, and let begun destructions go on."""
    from records.retention.services import nightly

    nightly.run()
