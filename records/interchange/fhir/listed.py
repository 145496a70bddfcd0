"""Reads the clinical resources that are listed one a row: conditions, medications, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from records.interchange.fhir import parts, wording
from records.interchange.fhir.bundle import Entry
from records.interchange.fhir.names import Names
from records.interchange.fhir.node import Node
from records.interchange.values import Column, Moment

Cells = tuple[str, ...]
Reader = Callable[[Node, Entry, Names], Cells]
DATES = (
    "effectiveDateTime",
    "effectiveInstant",
    "performedDateTime",
    "occurrenceDateTime",
    "onsetDateTime",
    "recordedDate",
    "authoredOn",
    "started",
    "date",
    "dateTime",
    "created",
    "sent",
    "issued",
    "startDate",
    "dateAsserted",
    "whenHandedOver",
    "authored",
)
PERIODS = ("effectivePeriod", "performedPeriod", "occurrencePeriod", "onsetPeriod", "period")


def begun(node: Node) -> Moment | None:
    """Return the moment a clinical resource is about, to put resources in order."""
    for key in DATES:
        if isinstance(node.data.get(key), str):
            return node.moment(key)
    for key in PERIODS:
        if isinstance(node.data.get(key), dict):
            return node.period(key).start
    return None


def condition(node: Node, entry: Entry, names: Names) -> Cells:
    state = parts.concept(node.node("clinicalStatus"))
    verified = parts.concept(node.node("verificationStatus"))
    return (
        parts.concept(node.node("code")),
        ", ".join(word for word in (state, "" if verified == "confirmed" else verified) if word),
        wording.variant(node, "onset") or parts.when(node.moment("recordedDate")),
        wording.variant(node, "abatement"),
        noted(node, parts.concept(node.node("severity")), parts.concepts(node.nodes("bodySite"))),
        parts.codes(node.node("code")),
    )


def allergy(node: Node, entry: Entry, names: Names) -> Cells:
    reactions = [
        ", ".join(
            word
            for word in (parts.concepts(item.nodes("manifestation")), item.text("severity"))
            if word
        )
        for item in node.nodes("reaction")
    ]
    verified = parts.concept(node.node("verificationStatus"))
    state = parts.concept(node.node("clinicalStatus"))
    return (
        parts.concept(node.node("code")),
        ", ".join([*node.texts("category"), *filter(None, [node.text("type")])]),
        node.text("criticality"),
        "; ".join(word for word in reactions if word),
        ", ".join(word for word in (state, "" if verified == "confirmed" else verified) if word),
        parts.when(node.moment("recordedDate")),
        noted(node),
    )


def medication(node: Node, entry: Entry, names: Names) -> Cells:
    drug = wording.variant(node, "medication")
    if node.has("medicationReference"):
        drug = names.of(node.node("medicationReference"), entry)
    dosages = node.one_or_many("dosageInstruction") + node.one_or_many("dosage")
    reasons = [parts.concept(item) for item in node.nodes("reasonCode")]
    reasons += [names.of(item, entry) for item in node.nodes("reasonReference")]
    who = node.node("requester") or node.node("informationSource")
    return (
        drug,
        MEDICATION_ACTS[entry.type],
        "; ".join(word for word in map(dosage, dosages) if word),
        node.text("status"),
        wording.variant(node, "effective") or parts.when(begun(node)),
        "; ".join(dict.fromkeys(word for word in reasons if word)),
        names.of(who, entry) if who else "",
        noted(node),
    )


MEDICATION_ACTS = {
    "MedicationRequest": "ordered",
    "MedicationStatement": "reported",
    "MedicationAdministration": "given",
    "MedicationDispense": "dispensed",
}


def dosage(node: Node) -> str:
    """Return how a medicine is taken."""
    if node.text("text"):
        return node.text("text")
    rates = node.nodes("doseAndRate") or [node]
    doses = [wording.variant(item, "dose") or parts.quantity(item.node("dose")) for item in rates]
    needed = "as needed" if node.flag("asNeededBoolean") else ""
    return ", ".join(
        word
        for word in (
            *doses,
            parts.concept(node.node("route")),
            wording.timing(node.node("timing")),
            needed or parts.concept(node.node("asNeededCodeableConcept")),
            node.text("patientInstruction"),
        )
        if word
    )


def immunization(node: Node, entry: Entry, names: Names) -> Cells:
    return (
        parts.concept(node.node("vaccineCode")),
        wording.variant(node, "occurrence"),
        node.text("status"),
        parts.quantity(node.node("doseQuantity")),
        node.text("lotNumber"),
        noted(node, parts.concept(node.node("statusReason"))),
        parts.codes(node.node("vaccineCode")),
    )


def procedure(node: Node, entry: Entry, names: Names) -> Cells:
    reasons = [parts.concept(item) for item in node.nodes("reasonCode")]
    reasons += [names.of(item, entry) for item in node.nodes("reasonReference")]
    performers = [names.of(item.node("actor"), entry) for item in node.nodes("performer")]
    return (
        parts.concept(node.node("code")),
        wording.variant(node, "performed"),
        node.text("status"),
        "; ".join(dict.fromkeys(word for word in reasons if word)),
        "; ".join(word for word in performers if word),
        noted(node, parts.concepts(node.nodes("bodySite")), parts.concept(node.node("outcome"))),
        parts.codes(node.node("code")),
    )


def imaging(node: Node, entry: Entry, names: Names) -> Cells:
    series = node.nodes("series")
    sites = [wording.coding(item.node("bodySite")) for item in series]
    kinds = [wording.coding(item.node("modality")) for item in series]
    titles = [image.text("title") for item in series for image in item.nodes("instance")]
    images = node.whole("numberOfInstances")
    return (
        node.text("description") or parts.concepts(node.nodes("procedureCode")) or unique(titles),
        parts.when(node.moment("started")),
        unique(kinds) or unique([wording.coding(item) for item in node.nodes("modality")]),
        unique(sites),
        f"{node.whole('numberOfSeries') or len(series)} / {'?' if images is None else images}",
        next((item.value for item in parts.identifiers(node)), ""),
        noted(node),
    )


def goal(node: Node, entry: Entry, names: Names) -> Cells:
    targets = [
        " ".join(
            word
            for word in (
                parts.concept(item.node("measure")),
                wording.variant(item, "detail"),
                wording.variant(item, "due"),
            )
            if word
        )
        for item in node.nodes("target")
    ]
    return (
        parts.concept(node.node("description")),
        node.text("lifecycleStatus"),
        parts.concept(node.node("achievementStatus")),
        "; ".join(word for word in targets if word),
        noted(node),
    )


def unique(words: list[str]) -> str:
    return "; ".join(dict.fromkeys(word for word in words if word))


def noted(node: Node, *more: str) -> str:
    """Return remarks: what was passed in, then the notes that people wrote."""
    notes = [item.text("text") for item in node.nodes("note")]
    return "; ".join(word for word in (*more, *notes) if word)


@dataclass(frozen=True)
class Listing:
    """How one kind of resource is listed."""

    heading: str
    columns: tuple[Column, ...]
    read: Reader


MEDICATIONS = Listing(
    "Medications",
    (
        Column("Medication", 5),
        Column("Act"),
        Column("Directions", 3),
        Column("Status"),
        Column("When"),
        Column("For", 3),
        Column("By", 2),
        Column("Note", 3),
    ),
    medication,
)
LISTINGS = {
    "Condition": Listing(
        "Conditions",
        (
            Column("Condition", 5),
            Column("Status"),
            Column("Since"),
            Column("Until"),
            Column("Note", 3),
            Column("Code"),
        ),
        condition,
    ),
    "AllergyIntolerance": Listing(
        "Allergies and intolerances",
        (
            Column("Substance", 4),
            Column("Kind"),
            Column("Criticality"),
            Column("Reaction", 4),
            Column("Status"),
            Column("Recorded"),
            Column("Note", 3),
        ),
        allergy,
    ),
    **dict.fromkeys(MEDICATION_ACTS, MEDICATIONS),
    "Immunization": Listing(
        "Immunizations",
        (
            Column("Vaccine", 5),
            Column("When"),
            Column("Status"),
            Column("Dose"),
            Column("Lot"),
            Column("Note", 3),
            Column("Code"),
        ),
        immunization,
    ),
    "Procedure": Listing(
        "Procedures",
        (
            Column("Procedure", 5),
            Column("When"),
            Column("Status"),
            Column("For", 3),
            Column("By", 2),
            Column("Note", 3),
            Column("Code"),
        ),
        procedure,
    ),
    "ImagingStudy": Listing(
        "Imaging studies",
        (
            Column("Study", 4),
            Column("When"),
            Column("Kind", 2),
            Column("Site", 2),
            Column("Series / images"),
            Column("Study number", 3),
            Column("Note", 3),
        ),
        imaging,
    ),
    "Goal": Listing(
        "Goals",
        (
            Column("Goal", 6),
            Column("Status"),
            Column("Progress"),
            Column("Target", 3),
            Column("Note", 3),
        ),
        goal,
    ),
}
