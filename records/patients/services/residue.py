"""What remains of a patient whose chart is destroyed: the residual abstract, and nothing else.

rules 4.6: name, aliases, birth date, sex, record numbers, mother's maiden name, death date stay
for ever; where the person lived, how they were reached, who their kin were and every other number
of theirs (social security, insurance, accounts) go.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditlog.context import disable_auditlog
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from audit.writes import attributed
from records.patients import tracking
from records.patients.models import Address, Contact, Identifier, Patient, Phone
from records.patients.models.identifiers import KEPT_KINDS
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
        destroyed = life.mark_destroyed(actor=actor, patient_id=patient_id)
        # Last: PostgreSQL lets numbers go only once the chart is destroyed.
        _other_numbers([patient_id]).delete()
    return destroyed


@attributed
def purge_history(*, actor: User, patient_ids: Sequence[int]) -> int:
    """Remove the before-and-after values kept of these patients; return how many entries went."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE, tracking.entries_of(patient_ids))
        return int(cursor.rowcount)


def has_numbers(patient_ids: Sequence[int]) -> bool:
    """Tell whether a number that does not belong to the abstract is left of any of them."""
    return _other_numbers(patient_ids).exists()


def has_history(patient_ids: Sequence[int]) -> bool:
    """Tell whether before-and-after values of any of these patients are left."""
    kind = ContentType.objects.get_for_model(Patient)
    return LogEntry.objects.filter(content_type=kind, object_id__in=patient_ids).exists()


def _other_numbers(patient_ids: Sequence[int]) -> QuerySet[Identifier]:
    return Identifier.objects.filter(patient_id__in=patient_ids).exclude(kind__in=KEPT_KINDS)
