"""Kinds of attached document, by LOINC, as types of this house."""

from __future__ import annotations

CLINICAL_SUMMARY = "CLINICAL_SUMMARY"
OUTSIDE_RECORD = "OUTSIDE_RECORD"

# LOINC code and the words it is displayed by; senders give either.
TYPES: dict[str, str] = {
    "11488-4": "CONSULTATION",
    "consultation note": "CONSULTATION",
    "consult note": "CONSULTATION",
    "11502-2": "LAB",
    "laboratory report": "LAB",
    "11504-8": "OPERATIVE_REPORT",
    "surgical operation note": "OPERATIVE_REPORT",
    "operative note": "OPERATIVE_REPORT",
    "28570-0": "OPERATIVE_REPORT",
    "procedure note": "OPERATIVE_REPORT",
    "11506-3": "PROGRESS_NOTE",
    "progress note": "PROGRESS_NOTE",
    "11526-1": "PATHOLOGY",
    "pathology study": "PATHOLOGY",
    "11524-6": "ECG",
    "ekg study": "ECG",
    "11369-6": "IMMUNIZATION",
    "history of immunization": "IMMUNIZATION",
    "18748-4": "IMAGING",
    "diagnostic imaging study": "IMAGING",
    "18842-5": "DISCHARGE_SUMMARY",
    "discharge summary": "DISCHARGE_SUMMARY",
    "34111-5": "ED_RECORD",
    "emergency department note": "ED_RECORD",
    "34117-2": "HISTORY_PHYSICAL",
    "history and physical note": "HISTORY_PHYSICAL",
    "34133-9": CLINICAL_SUMMARY,
    "summary of episode note": CLINICAL_SUMMARY,
    "34746-8": "NURSING",
    "nurse note": "NURSING",
    "57016-8": "AUTHORIZATION",
    "privacy policy acknowledgment document": "AUTHORIZATION",
    "57133-1": "REFERRAL",
    "referral note": "REFERRAL",
    "59284-0": "CONSENT",
    "consent document": "CONSENT",
    "64290-0": "INSURANCE",
    "health insurance card": "INSURANCE",
}


def type_of(words: str) -> str:
    """Return the type for a source's code or words; a record from elsewhere where none fits."""
    return TYPES.get(" ".join(words.lower().split()), OUTSIDE_RECORD)
