"""Choices of custody and rights."""

from __future__ import annotations

from enum import Enum, auto

from django.db import models


class Use(Enum):
    """What a chart is opened for; an emergency access is for reading alone."""

    READING = auto()  # pages on the screen, and the face sheet
    WORK = auto()  # whatever changes the chart, adds to it, or takes a copy out of it


class SensitivityClass(models.TextChoices):
    NORMAL = "NORMAL", "Ordinary"
    PSYCHNOTE = "PSYCHNOTE", "Psychotherapy notes"
    SUD_P2 = "SUD_P2", "Substance-use programme (42 CFR Part 2)"
    SUD_COUNSELING = "SUD_COUNSELING", "Substance-use counselling notes"
    HIV = "HIV", "HIV"
    STI = "STI", "Sexually transmitted infection"
    MH = "MH", "Mental health"
    GENETIC = "GENETIC", "Genetic"
    MINOR_CONSENTED = "MINOR_CONSENTED", "Consented by the minor"
    REPRO = "REPRO", "Reproductive or gender care"
    ABUSE_REPORT = "ABUSE_REPORT", "Abuse report"
    FORENSIC_SA = "FORENSIC_SA", "Forensic examination"
    THIRD_PARTY_CONF = "THIRD_PARTY_CONF", "Confidence of a third party"
    RESTRICTED_522 = "RESTRICTED_522", "Restricted at the patient's request"
    PEER_REVIEW = "PEER_REVIEW", "Peer review"


class ChartStatus(models.TextChoices):
    OPEN = "OPEN", "In use"
    MERGED = "MERGED", "Merged into another chart"
    DESTROYED = "DESTROYED", "Destroyed"


class UnitRight(models.TextChoices):
    VIEW_CHART = "view_chart", "Open the unit's charts"
    VIEW_PROTECTED = "view_protected", "See the unit's protected classes"


class ReviewOutcome(models.TextChoices):
    JUSTIFIED = "JUSTIFIED", "Justified"
    UNJUSTIFIED = "UNJUSTIFIED", "Not justified"


class AccessRequestStatus(models.TextChoices):
    ASKED = "ASKED", "Asked"
    GRANTED = "GRANTED", "Granted"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    LAPSED = "LAPSED", "Lapsed"
