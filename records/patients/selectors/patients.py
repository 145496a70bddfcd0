"""A patient as the chart's pages read it, through an opened scope."""

from __future__ import annotations

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from records.access.services.opening import ChartScope
from records.patients.enums import IdentifierKind
from records.patients.models import Address, Contact, Identifier, Name, Patient, Phone

HISTORY_MODELS = (Patient, Name, Address, Phone, Contact)


def get_patient(scope: ChartScope) -> Patient:
    """Return the patient of an opened chart with its unit, in one query."""
    return Patient.objects.select_related("unit").get(pk=scope.patient_id)


def get_patient_whole(scope: ChartScope) -> Patient:
    """Return the patient with names, numbers, phones, addresses and contacts: six queries."""
    return (
        Patient.objects.select_related("unit__facility")
        .prefetch_related("names", "identifiers", "phones", "addresses", "contacts")
        .get(pk=scope.patient_id)
    )


def get_last_four(patient: Patient) -> str:
    """Return the last four digits of the social security number, or an empty text."""
    found = Identifier.objects.filter(patient=patient, kind=IdentifierKind.SSN, is_current=True)
    return found.values_list("last_four", flat=True).first() or ""


def list_history(scope: ChartScope) -> QuerySet[LogEntry]:
    """Return what was changed about the patient, newest first, with before and after."""
    types = ContentType.objects.get_for_models(*HISTORY_MODELS)
    related = Q()
    for model in HISTORY_MODELS[1:]:
        ids = model._default_manager.filter(patient_id=scope.patient_id).values("pk")  # type: ignore[attr-defined]
        related |= Q(content_type=types[model], object_id__in=ids)
    own = Q(content_type=types[Patient], object_id=scope.patient_id)
    return LogEntry.objects.filter(own | related).select_related("actor").order_by("-pk")


def map_labels(patient_ids: set[int]) -> dict[int, tuple[str, str, str]]:
    """Return (family, given, number) of each patient, in one query; for lists of other rooms."""
    rows = Patient.objects.filter(pk__in=patient_ids).values_list("pk", "family", "given", "mrn")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def find_by_mrn(number: str) -> int | None:
    """Return the patient who has, or had, a record number; None if nobody."""
    kinds = [IdentifierKind.MRN, IdentifierKind.FORMER_MRN]
    found = Identifier.objects.filter(value_key=number, kind__in=kinds)
    return found.values_list("patient_id", flat=True).first()
