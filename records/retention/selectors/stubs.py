"""Stubs: what is left of destroyed charts, and when they were destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from records.retention.models import Certificate, Stub


def get_stub(patient_id: int) -> Stub | None:
    """Return the stub of a destroyed chart with its batch, or None."""
    return Stub.objects.select_related("item__batch", "unit").filter(pk=patient_id).first()


def map_destroyed(patient_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when each of these patients' charts was destroyed; others are not in it."""
    rows = Stub.objects.filter(pk__in=list(patient_ids))
    return dict(rows.values_list("pk", "destroyed_at"))


def get_certificate(batch_id: int) -> Certificate | None:
    """Return the certificate of a batch, or None."""
    return Certificate.objects.select_related("batch").filter(batch_id=batch_id).first()
