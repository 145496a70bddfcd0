"""Choices of visits and stays."""

from __future__ import annotations

from django.db import models


class EncounterKind(models.TextChoices):
    INPATIENT = "INPATIENT", "Inpatient"
    EMERGENCY = "EMERGENCY", "Emergency"
    OBSERVATION = "OBSERVATION", "Observation"
    OUTPATIENT = "OUTPATIENT", "Outpatient"
    NEWBORN = "NEWBORN", "Newborn"
    SAME_DAY_SURGERY = "SAME_DAY_SURGERY", "Same-day surgery"
    RECURRING = "RECURRING", "Recurring series"
    HOME = "HOME", "Home care"
    VIRTUAL = "VIRTUAL", "Virtual visit"


# Of these a patient is admitted and discharged; they are not recorded as a visit.
STAYS = frozenset({EncounterKind.INPATIENT, EncounterKind.NEWBORN})


def is_visit(kind: str) -> bool:
    """Tell whether the patient visits and is not admitted."""
    return kind not in STAYS


class EncounterStatus(models.TextChoices):
    PLANNED = "PLANNED", "Planned"
    IN_PROGRESS = "IN_PROGRESS", "In progress"
    DISCHARGED = "DISCHARGED", "Discharged"
    CANCELLED = "CANCELLED", "Cancelled"


# A visit that is over was completed; nobody was discharged from it.
VISIT_STATUSES = {EncounterStatus.DISCHARGED: "Completed"}


def status_name(kind: str, status: str) -> str:
    """Return a status in the words of a stay or of a visit."""
    found = EncounterStatus(status)
    return VISIT_STATUSES.get(found, found.label) if is_visit(kind) else found.label


class Disposition(models.TextChoices):
    HOME = "HOME", "Home or self-care"
    HOME_HEALTH = "HOME_HEALTH", "Home with home-health care"
    HOSPITAL = "HOSPITAL", "Another short-term hospital"
    SKILLED_NURSING = "SKILLED_NURSING", "Skilled nursing facility"
    INTERMEDIATE_CARE = "INTERMEDIATE_CARE", "Intermediate care facility"
    REHABILITATION = "REHABILITATION", "Rehabilitation facility"
    LONG_TERM_HOSPITAL = "LONG_TERM_HOSPITAL", "Long-term care hospital"
    PSYCHIATRIC = "PSYCHIATRIC", "Psychiatric hospital or unit"
    HOSPICE = "HOSPICE", "Hospice"
    CUSTODY = "CUSTODY", "Court or law enforcement"
    AGAINST_ADVICE = "AGAINST_ADVICE", "Left against medical advice"
    ELOPED = "ELOPED", "Left without being seen"
    EXPIRED = "EXPIRED", "Died"
    OTHER = "OTHER", "Other"


class ProviderRole(models.TextChoices):
    ATTENDING = "ATTENDING", "Attending"
    ADMITTING = "ADMITTING", "Admitting"
    REFERRING = "REFERRING", "Referring"
    CONSULTING = "CONSULTING", "Consulting"
