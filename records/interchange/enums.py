"""Choices of what is received."""

from __future__ import annotations

from django.db import models


class FileKind(models.TextChoices):
    FHIR_BUNDLE = "FHIR_BUNDLE", "FHIR bundle"
    FHIR_NDJSON = "FHIR_NDJSON", "FHIR resources, one a line"
    FHIR_RESOURCE = "FHIR_RESOURCE", "FHIR resource"
    PDF = "PDF", "PDF"
    TIFF = "TIFF", "TIFF"
    JPEG = "JPEG", "JPEG"
    PNG = "PNG", "PNG"
    HL7V2 = "HL7V2", "HL7 v2 messages"
    CCDA = "CCDA", "C-CDA document"
    DICOM = "DICOM", "DICOM"
    FHIR_XML = "FHIR_XML", "FHIR as XML"
    UNKNOWN = "UNKNOWN", "Unknown"


class Reason(models.TextChoices):
    """Why something was not taken up; machines read these, people the message beside them."""

    NOT_YET = "NOT_YET", "This kind of file is not read yet"
    UNKNOWN_KIND = "UNKNOWN_KIND", "The kind of file is not known"
    EMPTY = "EMPTY", "The file is empty"
    TOO_LARGE = "TOO_LARGE", "The file is too large"
    BAD_GZIP = "BAD_GZIP", "The compressed file is damaged"
    BAD_JSON = "BAD_JSON", "The file is not JSON"
    NOT_FHIR = "NOT_FHIR", "The JSON is not FHIR"
    BAD_SHAPE = "BAD_SHAPE", "A part does not have the shape that FHIR says"
    BAD_TEXT = "BAD_TEXT", "A text holds characters that cannot be stored"
    BAD_CODE = "BAD_CODE", "A code is not one that FHIR knows"
    BAD_BASE64 = "BAD_BASE64", "Attached bytes are damaged"
    HASH_MISMATCH = "HASH_MISMATCH", "Attached bytes are not those that were sent"
    IMPOSSIBLE_DATE = "IMPOSSIBLE_DATE", "A date cannot be"
    DATES_REVERSED = "DATES_REVERSED", "An end lies before its beginning"
    DUPLICATE_ID = "DUPLICATE_ID", "Two different resources have one identity"
    PATIENT_MISMATCH = "PATIENT_MISMATCH", "The encounter belongs to another patient"
    PATIENT_REJECTED = "PATIENT_REJECTED", "The patient could not be read"
    DUPLICATE = "DUPLICATE", "The same resource twice"
    NO_RESOURCE = "NO_RESOURCE", "An entry without a resource"
    NO_PATIENT = "NO_PATIENT", "It names no patient"
    SEVERAL_PATIENTS = "SEVERAL_PATIENTS", "It names several patients"
    PATIENT_ELSEWHERE = "PATIENT_ELSEWHERE", "Its patient is in another file"
    BILLING = "BILLING", "Billing is no part of the health record"
    CONTENT_ELSEWHERE = "CONTENT_ELSEWHERE", "Its content is not in the file"
    UNREADABLE = "UNREADABLE", "The file cannot be read from the disk"
    NO_NAME = "NO_NAME", "The patient has no name"
    NO_START = "NO_START", "The encounter has no beginning"
    NO_PAGES = "NO_PAGES", "An attached file cannot be shown as pages"
    UNPRINTABLE = "UNPRINTABLE", "The content cannot be set as pages"
    OTHER_PERSON = "OTHER_PERSON", "The number belongs to somebody else here"
    MOVED_HERE = "MOVED_HERE", "It has been moved, voided or destroyed here"
    UNEXPECTED = "UNEXPECTED", "Something unexpected went wrong"


class Outcome(models.TextChoices):
    """What became of a resource."""

    USED = "USED", "Read into a value"
    SUPPORTING = "SUPPORTING", "Named by others, kept in their source"
    REMAINDER = "REMAINDER", "Left, with a reason"
    REJECTED = "REJECTED", "Not readable"


class Precision(models.TextChoices):
    YEAR = "YEAR", "Year"
    MONTH = "MONTH", "Month"
    DAY = "DAY", "Day"
    TIME = "TIME", "Time"


class ItemKind(models.TextChoices):
    """What something imported has become here."""

    PATIENT = "PATIENT", "Patient"
    ENCOUNTER = "ENCOUNTER", "Encounter"
    DOCUMENT = "DOCUMENT", "Document"
    UNFILED = "UNFILED", "Unfiled file"
    PROVIDER = "PROVIDER", "Practitioner"
    ORGANIZATION = "ORGANIZATION", "Organization"
