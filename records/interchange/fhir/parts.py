"""Reads the data types that FHIR resources are made of."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from printing import words
from records.interchange.enums import Precision, Reason
from records.interchange.fhir.node import Node
from records.interchange.values import (
    AddressValue,
    IdentifierValue,
    Moment,
    NameValue,
    Period,
    TelecomValue,
)

CODE_SYSTEMS = {
    "http://snomed.info/sct": "SNOMED",
    "http://loinc.org": "LOINC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/ndc": "NDC",
}
UNITS = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[in_i]": "in",
    "[lb_av]": "lb",
    "kg/m2": "kg/m²",
    "{score}": "",
    "{nominal}": "",
    "{count}": "",
    "1": "",
}
POWER = re.compile(r"10\*(-?\d+)")
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
DIGITS = 6  # significant ones that are shown
SSN = "http://hl7.org/fhir/sid/us-ssn"


def identifiers(node: Node) -> tuple[IdentifierValue, ...]:
    """Return the identifiers that have a value."""
    found = (identifier(item) for item in node.nodes("identifier"))
    return tuple(item for item in found if item.value)


def identifier(node: Node) -> IdentifierValue:
    kind = node.node("type")
    codes = [coding.text("code") for coding in kind.nodes("coding")]
    system = node.text("system")
    told = next((code for code in codes if code), "") or kind.text("text")
    return IdentifierValue(
        system=system,
        type="SS" if system == SSN else told,
        value=node.text("value"),
        use=node.text("use"),
        assigner=node.node("assigner").text("display"),
        period=node.period("period"),
    )


def name(node: Node) -> NameValue:
    return NameValue(
        use=node.text("use"),
        family=node.text("family"),
        given=node.texts("given"),
        prefix=node.texts("prefix"),
        suffix=node.texts("suffix"),
        text=node.text("text"),
        period=node.period("period"),
    )


def address(node: Node) -> AddressValue:
    return AddressValue(
        use=node.text("use"),
        type=node.text("type"),
        lines=node.texts("line"),
        city=node.text("city"),
        district=node.text("district"),
        state=node.text("state"),
        postal_code=node.text("postalCode"),
        country=node.text("country"),
        text=node.text("text"),
        period=node.period("period"),
    )


def telecoms(node: Node) -> tuple[TelecomValue, ...]:
    """Return the phones and addresses that have a value, in the order of their rank."""
    ranked = sorted(node.nodes("telecom"), key=lambda item: item.whole("rank") or 0)
    return tuple(
        TelecomValue(
            item.text("system"), item.text("use"), item.text("value"), item.period("period")
        )
        for item in ranked
        if item.text("value")
    )


def is_npi(value: str) -> bool:
    """Say whether `value` is a National Provider Identifier: ten digits with their check digit."""
    if not re.fullmatch(r"[12]\d{9}", value, re.ASCII):
        return False
    digits = [int(digit) for digit in "80840" + value]
    total = sum(
        digit if index % 2 else sum(divmod(digit * 2, 10))
        for index, digit in enumerate(reversed(digits), start=1)
    )
    return total % 10 == 0


def concept(node: Node) -> str:
    """Return the words of a CodeableConcept: its text, else a display, else a code."""
    text = node.text("text")
    if text:
        return text
    codings = node.nodes("coding")
    displays = (item.text("display") for item in codings)
    return next((word for word in displays if word), "") or next(
        (code for code in (item.text("code") for item in codings) if code), ""
    )


def concepts(nodes: list[Node]) -> str:
    return "; ".join(word for word in map(concept, nodes) if word)


def codes(node: Node) -> str:
    """Return the codes of a CodeableConcept with the names of their systems."""
    found = []
    for coding in node.nodes("coding"):
        code, system = coding.text("code"), CODE_SYSTEMS.get(coding.text("system"), "")
        if code:
            found.append(f"{system} {code}".strip())
    return ", ".join(found)


def code_of(node: Node) -> str:
    """Return the first code of a CodeableConcept."""
    return next((item.text("code") for item in node.nodes("coding") if item.text("code")), "")


def labels(node: Node) -> tuple[str, ...]:
    """Return the confidentiality and sensitivity codes that a resource carries."""
    marks = [*node.node("meta").nodes("security")]
    for concept_node in node.nodes("securityLabel"):
        marks.extend(concept_node.nodes("coding"))
    return tuple(code for code in (mark.text("code") for mark in marks) if code)


def unit(text: str) -> str:
    """Return a UCUM unit as people write it."""
    text = POWER.sub(lambda match: "10" + match.group(1).translate(RAISED), text)
    return UNITS.get(text, text)


def figure(value: Decimal) -> str:
    """Return a number with at most six significant digits, as it came where it has fewer."""
    digits = len(value.as_tuple().digits)
    if not value.is_finite() or digits <= DIGITS or value == value.to_integral_value():
        return f"{value}" if abs(value.adjusted()) > 20 else f"{value:f}"
    places = Decimal(1).scaleb(value.adjusted() - DIGITS + 1)
    rounded = value.quantize(min(places, Decimal(1))).normalize()
    return f"{rounded}" if abs(rounded.adjusted()) > 20 else f"{rounded:f}"


def is_shortened(node: Node) -> bool:
    """Say whether a quantity is shown with fewer digits than it has."""
    value = node.number("value")
    return value is not None and figure(value) != f"{value}"


def amount(node: Node) -> tuple[str, str]:
    """Return a Quantity's figure, with its comparator, and its unit."""
    value = node.number("value")
    shown = "" if value is None else figure(value)
    return node.text("comparator") + shown, unit(node.text("unit") or node.text("code"))


def quantity(node: Node) -> str:
    return " ".join(part for part in amount(node) if part)


def between(node: Node) -> str:
    """Return a Range."""
    low, high = quantity(node.node("low")), quantity(node.node("high"))
    if low and high:
        return f"{amount(node.node('low'))[0]} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def ratio(node: Node) -> str:
    parts = quantity(node.node("numerator")), quantity(node.node("denominator"))
    return " / ".join(part for part in parts if part)


def day(moment: Moment | None) -> str:
    """Return the day of a moment as people of the house read it, no more precise than given."""
    if moment is None:
        return ""
    if moment.precision == Precision.YEAR:
        return f"{moment.on.year:04}"
    if moment.precision == Precision.MONTH:
        return f"{words.MONTHS[moment.on.month - 1]} {moment.on.year:04}"
    return words.day(moment.on if moment.at is None else here(moment.at).date())


def when(moment: Moment | None) -> str:
    """Return day and time in the house's zone, with its name; as given where none was given."""
    if moment is None or moment.precision != Precision.TIME:
        return day(moment)
    if moment.at is None:
        return f"{day(moment)}, {moment.text[11:16]}"
    return f"{day(moment)}, {here(moment.at):%H:%M %Z}"


def here(at: datetime) -> datetime:
    """Return an instant in the house's zone; the calendar's first and last hours stay abroad."""
    try:
        return timezone.localtime(at)
    except OverflowError:
        return at


def span(period: Period) -> str:
    """Return a period; its day only once where it begins and ends on one."""
    start, end = period.start, period.end
    if start is None or end is None:
        return f"from {when(start)}" if start else f"until {when(end)}" if end else ""
    if when(start) == when(end):
        return when(start)
    if day(start) == day(end) and end.precision == Precision.TIME:
        return f"{when(start)} – {when(end).removeprefix(f'{day(end)}, ')}"
    return f"{when(start)} – {when(end)}"


def check_order(node: Node, key: str, period: Period) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        FhirUnreadable: the end lies before the start.
    """
    start, end = period.start, period.end
    if start is None or end is None:
        return
    if start.at and end.at:
        is_reversed = end.at < start.at
    else:
        is_reversed = (
            end.on < start.on
            if end.precision in (Precision.DAY, Precision.TIME)
            else end.on.year < start.on.year
        )
    if is_reversed:
        raise node.refuse(key, "ends before it begins", Reason.DATES_REVERSED)
