"""The certificate of destruction on paper."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from printing import typesetting
from printing.words import day, moment
from records.patients.rules import mrn
from records.retention.models import Certificate

# Days are stored as the machine writes them, so that the content's hash stands for one meaning.
STORED_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def typeset(certificate: Certificate, reader: User, now: datetime) -> bytes:
    """Return the certificate as PDF: exactly what is stored of it, and who printed it when."""
    house: dict[str, Any] = {
        "facility": certificate.content["facility"] or settings.FACILITY_NAME,
        "facility_lines": [],
        "number_label": "Certificate",
        "number": certificate.number,
        "printed_by": reader.display_name,
        "printed_at": moment(now),
    }
    values = {"house": house, **present(certificate.content)}
    return typesetting.typeset("destruction_certificate", values)


def present(content: dict[str, Any]) -> dict[str, Any]:
    """Return the stored content as the page writes it: days in words, record numbers in pairs."""
    values = {key: value for key, value in content.items() if key not in ("facility", "number")}
    shown: dict[str, Any] = _in_words(values)
    for record in shown["records"]:
        record["number"] = mrn.display(record["number"])
    return shown


def _in_words(value: Any) -> Any:
    if isinstance(value, str):
        return STORED_DAY.sub(_day_in_words, value)
    if isinstance(value, list):
        return [_in_words(item) for item in value]
    return {key: _in_words(item) for key, item in value.items()}


def _day_in_words(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found.group()))
    except ValueError:
        return found.group()
