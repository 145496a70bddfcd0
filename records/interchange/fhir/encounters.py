"""Reads encounters."""

from __future__ import annotations

from records.encounters.enums import EncounterKind, EncounterStatus
from records.interchange.enums import Reason
from records.interchange.fhir import parts
from records.interchange.fhir.bundle import Entry, Index, reference
from records.interchange.fhir.node import Node
from records.interchange.values import EncounterValue, Period, Reference, sealed

KINDS = {
    "IMP": EncounterKind.INPATIENT,
    "ACUTE": EncounterKind.INPATIENT,
    "NONAC": EncounterKind.INPATIENT,
    "EMER": EncounterKind.EMERGENCY,
    "OBSENC": EncounterKind.OBSERVATION,
    "SS": EncounterKind.SAME_DAY_SURGERY,
    "HH": EncounterKind.HOME,
    "VR": EncounterKind.VIRTUAL,
}
STATUSES = {
    "planned": EncounterStatus.PLANNED,
    "arrived": EncounterStatus.IN_PROGRESS,
    "triaged": EncounterStatus.IN_PROGRESS,
    "in-progress": EncounterStatus.IN_PROGRESS,
    "onleave": EncounterStatus.IN_PROGRESS,
    "finished": EncounterStatus.DISCHARGED,
    "cancelled": EncounterStatus.CANCELLED,
    "entered-in-error": EncounterStatus.CANCELLED,
}
LEADING = ("ATND", "PPRF", "SPRF", "ADM")


def encounter(entry: Entry, key: str, index: Index) -> EncounterValue:
    """Read an Encounter.

    Raises:
        FhirUnreadable: a part has a wrong shape, the status is none, or it ends before it begins.
    """
    node = entry.node
    period = node.period("period")
    parts.check_order(node, "period", period)
    stay = node.node("hospitalization")
    left = stay.node("dischargeDisposition")
    class_code = node.node("class").text("code")
    return sealed(
        EncounterValue(
            source_key=key,
            aliases=entry.aliases,
            identifiers=parts.identifiers(node),
            kind=KINDS.get(class_code, EncounterKind.OUTPATIENT).value,
            class_code=class_code,
            status=status(node, period),
            source_status=node.text("status"),
            start=period.start,
            end=period.end,
            type=parts.concepts(node.nodes("type")),
            reason=reason(node, entry, index),
            provider=leading(node, entry, index),
            organization=found(node.node("serviceProvider"), entry, index),
            locations=tuple(locations(node, entry, index)),
            admit_source=parts.concept(stay.node("admitSource")),
            disposition=parts.concept(left),
            disposition_code=parts.code_of(left),
        )
    )


def status(node: Node, period: Period) -> str:
    """Return our status; FHIR's `unknown` is told by whether the encounter has ended."""
    code = node.text("status")
    if code == "unknown":
        return (EncounterStatus.DISCHARGED if period.end else EncounterStatus.IN_PROGRESS).value
    if code not in STATUSES:
        raise node.refuse("status", "is no status of an encounter", Reason.BAD_CODE)
    return STATUSES[code].value


def reason(node: Node, entry: Entry, index: Index) -> str:
    """Return why the patient came: reasons as codes, then conditions referred to."""
    words = [parts.concept(item) for item in node.nodes("reasonCode")]
    for item in node.nodes("reasonReference"):
        target = index.find(item, entry)
        words.append(
            item.text("display") or (parts.concept(target.node.node("code")) if target else "")
        )
    return "; ".join(dict.fromkeys(word for word in words if word))


def leading(node: Node, entry: Entry, index: Index) -> Reference | None:
    """Return the provider who led the encounter: the attending one, else the first named."""
    ranked: list[tuple[int, Reference]] = []
    for participant in node.nodes("participant"):
        who = found(participant.node("individual"), entry, index)
        if who and not who.text.startswith(("RelatedPerson/", "Patient/")):
            ranked.append((rank(participant), who))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def rank(participant: Node) -> int:
    codes = [
        coding.text("code") for kind in participant.nodes("type") for coding in kind.nodes("coding")
    ]
    places = [LEADING.index(code) for code in codes if code in LEADING]
    return min(places, default=len(LEADING))


def found(node: Node, entry: Entry, index: Index) -> Reference | None:
    return reference(node, index.find(node, entry)) if node else None


def locations(node: Node, entry: Entry, index: Index) -> list[str]:
    """Return the places of the encounter in order, each once."""
    names = []
    for item in node.nodes("location"):
        place = item.node("location")
        target = index.find(place, entry)
        names.append(
            place.text("display")
            or (target.node.text("name") if target else "")
            or place.text("reference")
        )
    return list(dict.fromkeys(name for name in names if name))
