"""Stubs: what is left of destroyed charts, and when they were destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from audit.enums import Action
from records.access.selectors import rights
from records.retention.errors import StubUnknown
from records.retention.models import Certificate, Stub


def get_stub(patient_id: int) -> Stub | None:
    """Return the stub of a destroyed chart with its batch, or None."""
    return Stub.objects.select_related("item__batch", "unit").filter(pk=patient_id).first()


def get_visible_stub(user: User, patient_id: int) -> Stub:
    """Return the stub of a destroyed chart of whose patient the person may know.

    Raises:
        StubUnknown: there is none, or it is of a unit that the directory does not show them.
    """
    stub = get_stub(patient_id)
    if stub is None or stub.unit_id not in rights.get_unit_rights(user).directory_units:
        raise StubUnknown(patient_id=patient_id, action=Action.CHART_OPENED)
    return stub


def is_shown_whole(user: User, stub: Stub) -> bool:
    """Tell whether the person works in the unit that kept the chart.

    Others, to whom the directory shows the patient, learn who it was and when it went, not when
    and why the patient was here (minimum necessary, 45 CFR 164.502(b)).
    """
    return stub.unit_id in rights.get_unit_rights(user).open_units


def map_destroyed(patient_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when each of these patients' charts was destroyed; others are not in it."""
    rows = Stub.objects.filter(pk__in=list(patient_ids))
    return dict(rows.values_list("pk", "destroyed_at"))


def get_certificate(batch_id: int) -> Certificate | None:
    """Return the certificate of a batch, or None."""
    return Certificate.objects.select_related("batch").filter(batch_id=batch_id).first()
