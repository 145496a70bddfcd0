"""Security labels of a source as classes of this house.

Codes: HL7 v3 ActCode (InformationSensitivityPolicy, ActPrivacyLaw) and Confidentiality. A label
that is not known here hides nothing: it is printed on the document, and people classify by it.
"""

from __future__ import annotations

from collections.abc import Iterable

from records.access.enums import SensitivityClass as Class

CLASSES: dict[str, Class] = {
    "PSYTHPN": Class.PSYCHNOTE,
    "42CFRPART2": Class.SUD_P2,
    "ETH": Class.SUD_P2,
    "ETHUD": Class.SUD_P2,
    "OPIOIDUD": Class.SUD_P2,
    "SUD": Class.SUD_P2,
    "PEERREVIEW": Class.PEER_REVIEW,
    "SDV": Class.ABUSE_REPORT,
    "SV": Class.ABUSE_REPORT,
    "VIO": Class.ABUSE_REPORT,
    "HIV": Class.HIV,
    "STD": Class.STI,
    "GDIS": Class.GENETIC,
    "SICKLE": Class.GENETIC,
    "REPRO": Class.REPRO,
    "SEX": Class.REPRO,
    "ADOL": Class.MINOR_CONSENTED,
    "BH": Class.MH,
    "MH": Class.MH,
    "PSY": Class.MH,
    "COGN": Class.MH,
    "DVD": Class.MH,
    "EMOTDIS": Class.MH,
    "R": Class.RESTRICTED_522,
    "V": Class.RESTRICTED_522,
}
# Narrowest circle of readers first: a document has one class, that of its most guarded part.
STRICTEST_FIRST = (
    Class.PEER_REVIEW,
    Class.PSYCHNOTE,
    Class.SUD_COUNSELING,
    Class.SUD_P2,
    Class.FORENSIC_SA,
    Class.ABUSE_REPORT,
    Class.THIRD_PARTY_CONF,
    Class.HIV,
    Class.STI,
    Class.REPRO,
    Class.MINOR_CONSENTED,
    Class.GENETIC,
    Class.MH,
    Class.RESTRICTED_522,
    Class.NORMAL,
)


def class_of(labels: Iterable[str]) -> Class:
    """Return the class that a source's labels ask for."""
    return strictest(CLASSES.get(label.upper(), Class.NORMAL) for label in labels)


def strictest(classes: Iterable[str]) -> Class:
    """Return the most guarded of some classes; NORMAL where there is none."""
    found = {Class(name) for name in classes if name}
    return next((name for name in STRICTEST_FIRST if name in found), Class.NORMAL)
