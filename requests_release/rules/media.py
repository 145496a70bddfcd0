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
# What has to be known of where copies went that nobody came for.
WHERE_TO: dict[DeliveryMethod, str] = {
    DeliveryMethod.MAIL: "the address to which they were mailed",
    DeliveryMethod.FAX: "the number to which they were faxed",
    DeliveryMethod.EMAIL_ENCRYPTED: "the e-mail address to which they were sent",
    DeliveryMethod.EMAIL_PLAIN: "the e-mail address to which they were sent",
    DeliveryMethod.DIRECT: "the Direct address to which they were sent",
}


def ask_where(method: str, address: str) -> str:
    """Ask for where copies went that left this way, or nothing where that is known or not needed.

    The accounting tells the recipient's address if it is known: 45 CFR 164.528(b)(2)(ii).
    """
    missing = WHERE_TO.get(DeliveryMethod(method), "")
    return f"Enter {missing}." if missing and not address.strip() else ""


def told(method: str) -> str:
    """Say how copies left and on which medium: `One-time link, electronic`."""
    way = DeliveryMethod(method)
    medium = MEDIUM_OF[way]
    return f"{way.label}, {medium.label.lower()}" if medium else str(way.label)
