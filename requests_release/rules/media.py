"""On which medium copies leave, by the way they leave."""

from __future__ import annotations

from requests_release.enums import DeliveryMethod, Medium

MEDIUM_OF: dict[DeliveryMethod, Medium | None] = {
    DeliveryMethod.PICKUP: Medium.PAPER,
    DeliveryMethod.MAIL: Medium.PAPER,
    DeliveryMethod.FAX: Medium.PAPER,
    DeliveryMethod.PORTAL: Medium.ELECTRONIC,
    DeliveryMethod.EMAIL_ENCRYPTED: Medium.ELECTRONIC,
    DeliveryMethod.EMAIL_PLAIN: Medium.ELECTRONIC,
    DeliveryMethod.MEDIA: Medium.ELECTRONIC,
    DeliveryMethod.DIRECT: Medium.ELECTRONIC,
    DeliveryMethod.INSPECTION: None,
}


def told(method: str) -> str:
    """Say how copies left and on which medium: `One-time link, electronic`."""
    way = DeliveryMethod(method)
    medium = MEDIUM_OF[way]
    return f"{way.label}, {medium.label.lower()}" if medium else str(way.label)
