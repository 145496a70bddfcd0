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
