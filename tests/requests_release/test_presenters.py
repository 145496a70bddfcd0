"""What pages of a request show, without a browser: deliveries, the manifest, the board."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from printing import words
from requests_release.models import Delivery, Package
from requests_release.presenters import boards, deliveries, packages
from requests_release.presenters.packages import ManifestRow
from requests_release.selectors.boards import Card

NOW = timezone.now()
SOON, GONE = NOW + timedelta(days=3), NOW - timedelta(minutes=1)
PERSON = SimpleNamespace(display_name="Rosa Delgado")


def delivery(**facts):
    row = Delivery(**{"method": "PORTAL", "expires_at": SOON} | facts)
    row._state.fields_cache["created_by"] = PERSON
    return row


def test_no_delivery_shows_nothing():
    assert deliveries.present(None, now=NOW) is None


@pytest.mark.parametrize(
    ("facts", "is_open", "state"),
    [
        ({}, True, "open"),
        ({"expires_at": GONE}, False, f"expired {words.moment(GONE)}, not used"),
        ({"closed_at": GONE}, False, f"closed {words.moment(GONE)}, not used"),
        (
            {"closed_at": GONE, "failed_attempts": 5},
            False,
            f"closed {words.moment(GONE)}, after 5 wrong passcodes",
        ),
        ({"used_at": GONE}, False, f"downloaded {words.moment(GONE)}"),
    ],
)
def test_a_link_is_open_only_while_it_can_be_used(facts, is_open, state):
    shown = deliveries.present(delivery(**facts), now=NOW)

    assert (shown.is_open, shown.state) == (is_open, state)
    assert dict(shown.rows)["How"] == "One-time link, electronic"
    assert ("Expires" in dict(shown.rows)) == is_open
    assert dict(shown.rows)["Wrong passcodes"] == str(facts.get("failed_attempts", 0))


def test_mailed_copies_say_when_and_under_which_number():
    mailed = delivery(
        method="MAIL",
        expires_at=None,
        used_at=NOW,
        handed_on=timezone.localdate(NOW),
        tracking_note="9400 1000",
    )

    assert deliveries.present(mailed, now=NOW).rows == [
        ("How", "Mailed, paper"),
        ("By", "Rosa Delgado"),
        ("On", words.day(timezone.localdate(NOW))),
        ("Tracking number, or to whom", "9400 1000"),
        ("State", f"Noted {words.moment(NOW)}"),
    ]


# --- the manifest -----------------------------------------------------------------------------

FRONT = {"source": "front", "sha256": "f" * 64}
MANIFEST = {
    "pages": [
        {"page": 1, "source_page": 1, **FRONT},
        {"page": 2, "source_page": 2, **FRONT},
        *(
            {"page": 2 + at, "source_page": page, "document": 7, "version": 2, "sha256": "a" * 64}
            for at, page in enumerate((1, 2, 5), start=1)
        ),
        {"page": 6, "source_page": 1, "document": 8, "version": 1, "sha256": "b" * 64},
    ]
}
ITEMS = [
    SimpleNamespace(document_id=7, title="Operation", sensitivity="NORMAL"),
    SimpleNamespace(document_id=8, title="HIV test", sensitivity="HIV"),
]


def test_the_manifest_names_source_and_hash_of_every_page():
    package = Package(state="READY", manifest=MANIFEST)

    rows = packages.present_manifest(package, ITEMS, {"NORMAL", "HIV"})

    assert rows == [
        ManifestRow("1-2", "Letter, index and notices", "1-2", "f" * 64),
        ManifestRow("3-5", "Operation, version 2", "1-2, 5", "a" * 64),
        ManifestRow("6", "HIV test, version 1", "1", "b" * 64),
    ]


def test_the_manifest_hides_titles_of_classes_that_one_may_not_see():
    package = Package(state="READY", manifest=MANIFEST)

    rows = packages.present_manifest(package, ITEMS, {"NORMAL"})

    assert rows[2].source == "A document of a class that you may not see, version 1"


@pytest.mark.parametrize(
    "package",
    [None, Package(state="BUILDING"), Package(state="VOID", manifest=MANIFEST)],
)
def test_there_is_no_manifest_without_a_finished_package(package):
    assert packages.present_manifest(package, ITEMS, {"NORMAL"}) == []


# --- the board --------------------------------------------------------------------------------


def card(**facts):
    values = dict.fromkeys(Card.__dataclass_fields__) | facts
    return Card(**values)


@pytest.mark.parametrize(
    ("status", "is_answered"),
    [
        ("LOGGED", False),
        ("READY", False),
        ("DELIVERED", True),
        ("DENIED", True),
        ("NO_RECORDS", True),
        ("WITHDRAWN", True),
        ("CLOSED", True),
    ],
)
def test_days_count_down_only_until_the_request_is_answered(status, is_answered):
    assert card(status=status).is_answered is is_answered


@pytest.mark.parametrize(("count", "shown"), [(0, ""), (1, "1 page"), (1200, "1,200 pages")])
def test_pages_of_a_card_are_counted_in_words(count, shown):
    assert card(page_count=count).pages == shown


def test_a_column_counts_with_separators():
    column = boards.Column("LOGGED", "Logged", "", [card()] * 1200, has_more=True)

    assert column.count == "1,200+"


def test_labels_of_delivery_call_the_link_by_its_name():
    labels = dict(Delivery._meta.get_field("method").choices)

    assert labels["PORTAL"] == "One-time link"
    assert "Portal" not in labels.values()
