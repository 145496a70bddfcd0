"""Choices of the patient index."""

from __future__ import annotations

from django.db import models


class Sex(models.TextChoices):
    FEMALE = "FEMALE", "Female"
    MALE = "MALE", "Male"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


class BirthPrecision(models.TextChoices):
    DAY = "DAY", "Exact day"
    MONTH = "MONTH", "Month and year"
    YEAR = "YEAR", "Year only"
    ESTIMATED = "ESTIMATED", "Estimated"
    UNKNOWN = "UNKNOWN", "Unknown"


class PatientStatus(models.TextChoices):
    ACTIVE = "ACTIVE", "Active"
    MERGED = "MERGED", "Merged into another person"
    DESTROYED = "DESTROYED", "Record destroyed"


class NameStatus(models.TextChoices):
    LEGAL = "LEGAL", "Legal name"
    NEWBORN = "NEWBORN", "Newborn, not yet named"
    UNIDENTIFIED = "UNIDENTIFIED", "Not identified"


class NameKind(models.TextChoices):
    LEGAL = "LEGAL", "Legal"
    FORMER = "FORMER", "Former"
    MAIDEN = "MAIDEN", "Maiden"
    ALIAS = "ALIAS", "Alias"
    PREFERRED = "PREFERRED", "Preferred"
    TEMPORARY = "TEMPORARY", "Given until named or identified"


class IdentifierKind(models.TextChoices):
    MRN = "MRN", "Medical record number"
    FORMER_MRN = "FORMER_MRN", "Former medical record number"
    OTHER_MRN = "OTHER_MRN", "Number at another facility"
    ENTERPRISE = "ENTERPRISE", "Enterprise number"
    SSN = "SSN", "Social security number"
    ACCOUNT = "ACCOUNT", "Account number"
    MEDICARE = "MEDICARE", "Medicare number"
    MEDICAID = "MEDICAID", "Medicaid number"
    INSURANCE = "INSURANCE", "Insurance member number"
    DRIVERS_LICENSE = "DRIVERS_LICENSE", "Driver's license"
    PASSPORT = "PASSPORT", "Passport"
    OTHER = "OTHER", "Other"


class AddressKind(models.TextChoices):
    HOME = "HOME", "Home"
    MAILING = "MAILING", "Mailing"
    TEMPORARY = "TEMPORARY", "Temporary"
    WORK = "WORK", "Work"
    BIRTH = "BIRTH", "Place of birth"
    CONFIDENTIAL = "CONFIDENTIAL", "Confidential, asked for by the patient"


class PhoneKind(models.TextChoices):
    HOME = "HOME", "Home"
    MOBILE = "MOBILE", "Mobile"
    WORK = "WORK", "Work"
    FAX = "FAX", "Fax"
    CONFIDENTIAL = "CONFIDENTIAL", "Confidential, asked for by the patient"
    OTHER = "OTHER", "Other"


class ContactKind(models.TextChoices):
    NEXT_OF_KIN = "NEXT_OF_KIN", "Next of kin"
    EMERGENCY = "EMERGENCY", "Emergency contact"
    MOTHER = "MOTHER", "Mother"
    FATHER = "FATHER", "Father"
    GUARDIAN = "GUARDIAN", "Guardian"
    PERSONAL_REPRESENTATIVE = "PERSONAL_REPRESENTATIVE", "Personal representative"
    SPOUSE = "SPOUSE", "Spouse or partner"
    CHILD = "CHILD", "Child"
    OTHER = "OTHER", "Other"


class MatchField(models.TextChoices):
    SSN = "SSN", "Social security number"
    BIRTH = "BIRTH", "Birth date"
    PHONE = "PHONE", "Phone"
    FAMILY = "FAMILY", "Family name"
    ZIP = "ZIP", "ZIP code"
    GIVEN = "GIVEN", "Given name"
    SEX = "SEX", "Sex"
    ADDRESS = "ADDRESS", "Street address"
    EMAIL = "EMAIL", "E-mail"


class MatchLevel(models.TextChoices):
    AGREE = "AGREE", "Same"
    PARTIAL = "PARTIAL", "Near"
    DISAGREE = "DISAGREE", "Differs"
    MISSING = "MISSING", "Not known"


class MatchBand(models.TextChoices):
    PROBABLE = "PROBABLE", "Probable duplicate"
    POSSIBLE = "POSSIBLE", "Possible duplicate"
    UNLIKELY = "UNLIKELY", "Not a duplicate"


class QueryKind(models.TextChoices):
    MRN = "MRN", "Medical record number"
    SSN = "SSN", "Social security number"
    SSN_LAST4 = "SSN_LAST4", "Last four of the social security number"
    BIRTH = "BIRTH", "Birth date"
    PHONE = "PHONE", "Phone"
    ACCOUNT = "ACCOUNT", "Account number"
    NAME = "NAME", "Name"


class MatchStyle(models.TextChoices):
    EXACT = "EXACT", "Exact"
    PREFIX = "PREFIX", "Begins with"
    FUZZY = "FUZZY", "Sounds or looks like"
