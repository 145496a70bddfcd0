"""Choices of schedules, holds and destruction."""

from __future__ import annotations

from django.db import models


class RecordClass(models.TextChoices):
    """Whose record it is: the kind of provider that keeps it."""

    HOSPITAL = "HOSPITAL", "Hospital"
    CRITICAL_ACCESS = "CRITICAL_ACCESS", "Critical access hospital"
    PHYSICIAN = "PHYSICIAN", "Physician practice"
    CLINIC = "CLINIC", "Community clinic"
    RURAL_HEALTH = "RURAL_HEALTH", "Rural health clinic or federally qualified health center"
    NURSING_FACILITY = "NURSING_FACILITY", "Nursing facility"
    HOME_HEALTH = "HOME_HEALTH", "Home health agency"
    HOSPICE = "HOSPICE", "Hospice"
    DIALYSIS = "DIALYSIS", "Dialysis facility"
    OUTPATIENT_REHAB = "OUTPATIENT_REHAB", "Comprehensive outpatient rehabilitation facility"
    REHAB_AGENCY = "REHAB_AGENCY", "Rehabilitation agency"
    SURGERY_CENTER = "SURGERY_CENTER", "Ambulatory surgery center"
    PROCUREMENT = "PROCUREMENT", "Organ procurement organization"


class RecordSeries(models.TextChoices):
    """What part of the record it is."""

    HEALTH_RECORD = "HEALTH_RECORD", "Health record"
    SUMMARY = "SUMMARY", "Discharge summary or basic data"
    DIAGNOSTIC_IMAGE = "DIAGNOSTIC_IMAGE", "Diagnostic images and tracings"
    MAMMOGRAM = "MAMMOGRAM", "Mammograms"
    FETAL_STRIP = "FETAL_STRIP", "Fetal heart monitor strips"
    LABORATORY = "LABORATORY", "Laboratory reports"
    PATHOLOGY = "PATHOLOGY", "Pathology and cytology reports"
    BLOOD_PRODUCT = "BLOOD_PRODUCT", "Blood-product records"
    IMMUNIZATION = "IMMUNIZATION", "Immunization record"
    FORENSIC_EXAM = "FORENSIC_EXAM", "Sexual-assault examination"
    BIRTH_DEATH_DATA = "BIRTH_DEATH_DATA", "Birth and death data"
    TRANSFER_LOG = "TRANSFER_LOG", "Emergency transfer records and central log"
    ORDER_SUPPORT = "ORDER_SUPPORT", "Documents supporting orders and certifications"
    MASTER_INDEX = "MASTER_INDEX", "Master patient index"
    REGISTER = "REGISTER", "Registers of births, deaths and operations"
    INDEX = "INDEX", "Disease, operation and physician indexes"
    PRIVACY_DOCUMENT = "PRIVACY_DOCUMENT", "Privacy documents"
    DESTRUCTION_RECORD = "DESTRUCTION_RECORD", "Destruction certificates and stubs"


class RuleSource(models.TextChoices):
    FEDERAL = "FEDERAL", "Federal"
    STATE = "STATE", "State"
    PAYER = "PAYER", "Payer contract"
    PROFESSIONAL = "PROFESSIONAL", "Professional guidance"
    POLICY = "POLICY", "House policy"


class Certainty(models.TextChoices):
    HIGH = "HIGH", "Read in the source"
    MEDIUM = "MEDIUM", "To be confirmed"
    LOW = "LOW", "Doubtful: confirm before use"


class Population(models.TextChoices):
    ALL = "ALL", "Everybody"
    ADULT = "ADULT", "Of age at the latest service"
    MINOR = "MINOR", "Under age at a service"


class TermKind(models.TextChoices):
    """What a term counts from; `years` is the age for UNTIL_BIRTHDAY and unused for PERMANENT."""

    AFTER_LAST_ENCOUNTER = "AFTER_LAST_ENCOUNTER", "Years after the last encounter"
    AFTER_RECORD = "AFTER_RECORD", "Years after the record was made"
    UNTIL_BIRTHDAY = "UNTIL_BIRTHDAY", "Until the birthday"
    AFTER_MAJORITY = "AFTER_MAJORITY", "Years after coming of age"
    AFTER_DEATH = "AFTER_DEATH", "Years after death"
    AFTER_CONTRACT = "AFTER_CONTRACT", "Years after the payer's contract or audit ended"
    PERMANENT = "PERMANENT", "Never"


class Payer(models.TextChoices):
    MEDICARE_ADVANTAGE = "MEDICARE_ADVANTAGE", "Medicare Advantage"
    PART_D = "PART_D", "Medicare Part D"
    MEDICAID_MANAGED = "MEDICAID_MANAGED", "Medicaid managed care"


class Block(models.TextChoices):
    """Why a chart is not destroyed, whatever its date says."""

    BIRTH_UNKNOWN = "BIRTH_UNKNOWN", "The birth date is not known"
    TRIGGER_UNKNOWN = "TRIGGER_UNKNOWN", "The date that a rule counts from is not known"
    DATES_CONTRADICT = "DATES_CONTRADICT", "The dates contradict each other"
    NO_STATE_RULE = "NO_STATE_RULE", "No rule of this state is loaded"
    PERMANENT = "PERMANENT", "A rule keeps it for ever"
    HOLD = "HOLD", "A hold stands"
    OPEN_REQUEST = "OPEN_REQUEST", "A request is open"
    OPEN_AUDIT = "OPEN_AUDIT", "An audit or a claim is open"
    OPEN_ENCOUNTER = "OPEN_ENCOUNTER", "An encounter is open"
    OPEN_IDENTITY = "OPEN_IDENTITY", "A question of identity is open"
    RESEARCH = "RESEARCH", "It serves research"
    NOTICE_NOT_SENT = "NOTICE_NOT_SENT", "The notice that the state asks for was not sent"


class HoldKind(models.TextChoices):
    LITIGATION = "LITIGATION", "Litigation"
    SUBPOENA = "SUBPOENA", "Subpoena or preservation demand"
    CLAIM = "CLAIM", "Claim letter"
    AUDIT = "AUDIT", "Audit or investigation"
    RELEASE_REQUEST = "RELEASE_REQUEST", "Open release request"
    RESEARCH = "RESEARCH", "Research"
    OTHER = "OTHER", "Other"


class BatchStatus(models.TextChoices):
    PROPOSED = "PROPOSED", "Proposed"
    FIRST_APPROVED = "FIRST_APPROVED", "Approved once"
    APPROVED = "APPROVED", "Approved"
    EXECUTING = "EXECUTING", "Being destroyed"
    DONE = "DONE", "Destroyed"
    RETURNED = "RETURNED", "Returned"
    CANCELLED = "CANCELLED", "Cancelled"


class ApprovalStep(models.TextChoices):
    FIRST = "FIRST", "First approval"
    SECOND = "SECOND", "Second approval"


class ItemOutcome(models.TextChoices):
    WAITING = "WAITING", "Waiting"
    DESTROYED = "DESTROYED", "Destroyed"
    HELD = "HELD", "Left out: a hold stands"
    CHANGED = "CHANGED", "Left out: no longer due"
    FAILED = "FAILED", "Failed"


class DestructionMethod(models.TextChoices):
    CRYPTOGRAPHIC_ERASE = "CRYPTOGRAPHIC_ERASE", "Erasure of the keys"
    SHRED = "SHRED", "Cross-cut shredding"
    PULP = "PULP", "Pulping"
    PULVERIZE = "PULVERIZE", "Pulverizing"
    BURN = "BURN", "Burning"
    DEVICE_SANITIZE = "DEVICE_SANITIZE", "The device's own sanitize command"
