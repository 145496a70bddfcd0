"""The certificate of destruction on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from printing import typesetting
from records.retention.models import Certificate


def typeset(certificate: Certificate, reader: User, now: datetime) -> bytes:
    """Return the certificate as PDF: exactly its stored content, and who printed it when."""
    content = {
        key: value
        for key, value in certificate.content.items()
        if key not in ("facility", "number")
    }
    house: dict[str, Any] = {
        "facility": certificate.content["facility"] or settings.FACILITY_NAME,
        "facility_lines": [],
        "number_label": "Certificate",
        "number": certificate.number,
        "printed_by": reader.display_name,
        "printed_at": timezone.localtime(now).strftime("%b %-d, %Y, %H:%M"),
    }
    return typesetting.typeset("destruction_certificate", {"house": house, **content})
