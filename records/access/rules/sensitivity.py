"""The sensitivity classes of documents: what each needs before it may leave (rules 6.4).

The state's own words and notices differ; a class whose gate names the state is checked against
the form that the house uses there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from records.access.enums import SensitivityClass


class Redisclosure(StrEnum):
    """Which statement on redisclosure goes with copies of a class."""

    NONE = "NONE"
    PART2 = "PART2"
    STATE = "STATE"


@dataclass(frozen=True)
class Gate:
    """What a class needs before it is released.

    `is_releasable` is false for what never leaves. `is_in_record_set` is false for what lies
    outside the patient's right of access. `needs_words`: an authorization must name the class;
    `needs_own_form`: and nothing else may be on it; `needs_review`: a professional looks first.
    """

    sensitivity: SensitivityClass
    rule: str
    cite: str
    is_releasable: bool = True
    is_in_record_set: bool = True
    needs_words: bool = False
    needs_own_form: bool = False
    needs_review: bool = False
    redisclosure: Redisclosure = Redisclosure.NONE

    @property
    def label(self) -> str:
        """Return the name of the class."""
        return str(self.sensitivity.label)


_GATES = (
    Gate(SensitivityClass.NORMAL, "Released on any lawful ground.", "45 CFR 164.502"),
    Gate(
        SensitivityClass.PSYCHNOTE,
        "Needs an authorization of its own; never part of an access copy.",
        "45 CFR 164.508(a)(2), 164.524(a)(1)(i)",
        is_in_record_set=False,
        needs_words=True,
        needs_own_form=True,
    ),
    Gate(
        SensitivityClass.SUD_P2,
        "Needs the patient's written consent or a Part 2 court order; the statement on "
        "redisclosure and the consent go with every copy.",
        "42 CFR 2.31-2.33, 2.61-2.67",
        needs_words=True,
        redisclosure=Redisclosure.PART2,
    ),
    Gate(
        SensitivityClass.SUD_COUNSELING,
        "Needs a consent of its own, not combined with any other.",
        "42 CFR 2.31(b)",
        is_in_record_set=False,
        needs_words=True,
        needs_own_form=True,
        redisclosure=Redisclosure.PART2,
    ),
    Gate(
        SensitivityClass.HIV,
        "The authorization names HIV; the state's notice on redisclosure goes with it.",
        "state law; 45 CFR 160.203",
        needs_words=True,
        redisclosure=Redisclosure.STATE,
    ),
    Gate(
        SensitivityClass.STI,
        "The authorization names it; the state's notice on redisclosure goes with it.",
        "state law; 45 CFR 160.203",
        needs_words=True,
        redisclosure=Redisclosure.STATE,
    ),
    Gate(
        SensitivityClass.MH,
        "The authorization names it; a professional looks at it before the patient gets it.",
        "state law; 45 CFR 164.524(a)(3)",
        needs_words=True,
        needs_review=True,
        redisclosure=Redisclosure.STATE,
    ),
    Gate(
        SensitivityClass.GENETIC,
        "The authorization names it; never to a health plan for underwriting.",
        "state law; 45 CFR 164.502(a)(5)(i)",
        needs_words=True,
        redisclosure=Redisclosure.STATE,
    ),
    Gate(
        SensitivityClass.MINOR_CONSENTED,
        "The minor alone decides; a parent does not get it without the minor.",
        "45 CFR 164.502(g)(3)",
        needs_words=True,
    ),
    Gate(
        SensitivityClass.REPRO,
        "The state's shield law is checked by who asks, from where, and what for.",
        "state law",
        needs_review=True,
    ),
    Gate(
        SensitivityClass.ABUSE_REPORT,
        "Who made the report stays hidden.",
        "state law; 45 CFR 164.524(a)(2)(v)",
        needs_review=True,
    ),
    Gate(
        SensitivityClass.FORENSIC_SA,
        "The rules of evidence decide; checked before anything leaves.",
        "state law",
        needs_review=True,
    ),
    Gate(
        SensitivityClass.THIRD_PARTY_CONF,
        "Looked at first: was it told in confidence, or does it harm somebody named in it?",
        "45 CFR 164.524(a)(2)(v), (a)(3)(ii)",
        needs_review=True,
    ),
    Gate(
        SensitivityClass.RESTRICTED_522,
        "Not to the health plan: the patient paid in full and asked for it.",
        "45 CFR 164.522(a)(1)(vi)",
    ),
    Gate(
        SensitivityClass.PEER_REVIEW,
        "No part of the designated record set; never released.",
        "45 CFR 164.501; state peer-review law",
        is_releasable=False,
        is_in_record_set=False,
    ),
)

GATES: dict[SensitivityClass, Gate] = {gate.sensitivity: gate for gate in _GATES}


def gate_of(sensitivity: str) -> Gate:
    """Return the gate of a class.

    Raises:
        ValueError: there is no such class.
    """
    return GATES[SensitivityClass(sensitivity)]
