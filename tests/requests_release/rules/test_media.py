"""On which medium copies leave."""

import pytest

from requests_release.enums import DeliveryMethod
from requests_release.rules import media


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("PORTAL", "One-time link, electronic"),
        ("MAIL", "Mailed, paper"),
        ("MEDIA", "Disc or memory stick, electronic"),
        ("INSPECTION", "Inspected on the premises"),
    ],
)
def test_a_way_is_told_with_its_medium(method, told):
    assert media.told(method) == told


def test_every_way_has_its_medium_or_none():
    assert set(media.MEDIUM_OF) == set(DeliveryMethod)


@pytest.mark.parametrize(
    ("method", "address", "asked"),
    [
        ("MAIL", "", "Enter the address to which they were mailed."),
        ("MAIL", "  ", "Enter the address to which they were mailed."),
        ("MAIL", "205 Newbury Street", ""),
        ("FAX", "", "Enter the number to which they were faxed."),
        ("EMAIL_ENCRYPTED", "", "Enter the e-mail address to which they were sent."),
        ("EMAIL_PLAIN", "", "Enter the e-mail address to which they were sent."),
        ("DIRECT", "", "Enter the Direct address to which they were sent."),
        ("PICKUP", "", ""),
        ("MEDIA", "", ""),
        ("INSPECTION", "", ""),
        ("PORTAL", "", ""),
    ],
)
def test_where_copies_went_is_asked_unless_somebody_came_for_them(method, address, asked):
    assert media.ask_where(method, address) == asked
