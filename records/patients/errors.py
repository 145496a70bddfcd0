"""What the patient index refuses, in words fit for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.errors import Refused, StaleState


class PatientChangedMeanwhile(StaleState):
    """Somebody saved the same patient after this form was opened."""

    message = (
        "Somebody changed this patient while your form was open. "
        "Your entries are below; compare them with what is stored now."
    )
    reason = "PATIENT_STALE"


class FactsRefused(Refused):
    """What was entered cannot be true; `field` says where."""

    reason = "FACTS_REFUSED"

    def __init__(self, field: str, message: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.field = field


class CandidatesNotJudged(Refused):
    """People like this one exist, and nobody has said why this is another person (MPI-2).

    `candidates` gives for each patient the reason why they may be the same person.
    """

    message = "People like this one are registered already. Choose one, or say why this is another."
    reason = "CANDIDATES_NOT_JUDGED"
    status = 409

    def __init__(self, candidates: Mapping[int, str], **facts: Any) -> None:
        super().__init__(**facts)
        self.candidates = dict(candidates)


class NumberTaken(Refused):
    """The record number belongs, or once belonged, to somebody else."""

    message = "This record number is taken. A number is never given twice."
    reason = "NUMBER_TAKEN"
    status = 409
