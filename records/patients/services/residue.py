"""What remains of a patient whose chart is destroyed: the residual abstract, and nothing else.

rules 4.6: name, aliases, birth date, sex, record numbers, mother's maiden name, death date stay
for ever; where the person lived, how they were reached and who their kin were go.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditlog.context import disable_auditlog
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import User
from audit.writes import attributed
from records.patients import tracking
from records.patients.models import Address, Contact, Patient, Phone
from records.patients.services import life

OUTSIDE_ABSTRACT = (
    "gender_identity",
    "language",
    "race",
    "ethnicity",
    "email",
    "override_reason",
)
PURGE = f"DELETE FROM auditlog_logentry WHERE {tracking.ENTRIES}"


@attributed
def reduce(*, actor: User, patient_id: int) -> Patient:
    """Reduce a patient to the residual abstract and close the chart.

    Field history is written of none of it; what stood there before goes with `purge_history`.
    """
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    with disable_auditlog():
        for model in (Address, Phone, Contact):
            model._default_manager.filter(patient=patient).delete()
        for name in OUTSIDE_ABSTRACT:
            setattr(patient, name, "")
        patient.save(update_fields=OUTSIDE_ABSTRACT)
        return life.mark_destroyed(actor=actor, patient_id=patient_id)


@attributed
def purge_history(*, actor: User, patient_ids: Sequence[int]) -> int:
    """Remove the before-and-after values kept of these patients; return how many entries went."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE, tracking.entries_of(patient_ids))
        return int(cursor.rowcount)


def has_history(patient_ids: Sequence[int]) -> bool:
    """Tell whether before-and-after values of any of these patients are left."""
    kind = ContentType.objects.get_for_model(Patient)
    return LogEntry.objects.filter(content_type=kind, object_id__in=patient_ids).exists()
