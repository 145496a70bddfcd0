from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.interchange.enums import Precision, Reason
from records.interchange.errors import FhirUnreadable
from records.interchange.fhir.node import Node
from records.interchange.values import Moment


def refusal(call, *arguments) -> tuple[str, str, Reason]:
    with pytest.raises(FhirUnreadable) as caught:
        call(*arguments)
    return caught.value.path, caught.value.message, caught.value.reason


@pytest.mark.parametrize(
    "text, precision, on, at",
    [
        ("1980", Precision.YEAR, date(1980, 1, 1), None),
        ("1980-02", Precision.MONTH, date(1980, 2, 1), None),
        ("1980-02-29", Precision.DAY, date(1980, 2, 29), None),
        (
            "2007-06-04T05:28:45+00:00",
            Precision.TIME,
            date(2007, 6, 4),
            datetime(2007, 6, 4, 5, 28, 45, tzinfo=UTC),
        ),
        (
            "2007-06-04T05:28:45.1234567-05:30",
            Precision.TIME,
            date(2007, 6, 4),
            datetime(2007, 6, 4, 5, 28, 45, 123456, timezone(-timedelta(hours=5, minutes=30))),
        ),
        (
            "2016-12-31T23:59:60Z",
            Precision.TIME,
            date(2016, 12, 31),
            datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC),
        ),
        ("2007-06-04T05:28", Precision.TIME, date(2007, 6, 4), None),
        (
            "0001-01-01T00:00:00+14:00",
            Precision.TIME,
            date(1, 1, 1),
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        ),
    ],
)
def test_moment_is_as_precise_as_it_was_given(text, precision, on, at):
    assert Node({"d": text}, "X").moment("d") == Moment(text, precision, on, at)


@pytest.mark.parametrize(
    "text, message",
    [
        ("2023-02-30", "there is no such date"),
        ("2023-02-29", "there is no such date"),
        ("2023-13", "there is no such date"),
        ("2023-00-10", "there is no such date"),
        ("0000", "there is no such date"),
        ("2023-01-01T24:00:00Z", "there is no such date"),
        ("2023-01-01T10:61:00Z", "there is no such date"),
        ("2023-01-01T10:00:61Z", "there is no such date"),
        ("2023-01-01T10:00:00+15:00", "there is no such date"),
        ("2023-01-01T10:00:00+10:60", "there is no such date"),
        ("2023-1-1", "is not a date as FHIR writes it"),
        ("01/02/2023", "is not a date as FHIR writes it"),
        ("٢٠٢٣", "is not a date as FHIR writes it"),
        ("2023-01-01T", "is not a date as FHIR writes it"),
        ("2023-01-01\nx", "is not a date as FHIR writes it"),
    ],
)
def test_moment_refuses_what_cannot_be(text, message):
    assert refusal(Node({"d": text}, "X").moment, "d") == ("X.d", message, Reason.IMPOSSIBLE_DATE)


@given(st.datetimes(timezones=st.just(UTC)))
def test_moment_reads_any_instant(at):
    moment = Node({"d": at.isoformat()}, "X").moment("d")

    assert (moment.at, moment.on) == (at, at.date())


@pytest.mark.parametrize(
    "call, value, message",
    [
        ("text", 3, "must be text"),
        ("text", ["a"], "must be text"),
        ("texts", "a", "must be a list"),
        ("texts", [1], "must be text"),
        ("flag", "true", "must be true or false"),
        ("number", "1", "must be a number"),
        ("number", True, "must be a number"),
        ("whole", Decimal("1.0"), "must be a whole number"),
        ("whole", True, "must be a whole number"),
        ("node", [], "must be an object"),
        ("nodes", {}, "must be a list"),
        ("moment", 1980, "must be text"),
        ("period", "x", "must be an object"),
    ],
)
def test_node_refuses_other_types(call, value, message):
    assert refusal(getattr(Node({"k": value}, "X"), call), "k") == (
        "X.k",
        message,
        Reason.BAD_SHAPE,
    )


def test_nodes_names_the_item_that_is_wrong():
    assert refusal(Node({"k": [{}, 3]}, "X").nodes, "k")[0] == "X.k[1]"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_refuses_what_cannot_be_stored(text):
    assert refusal(Node({"k": text}, "X").text, "k") == (
        "X.k",
        "holds characters that cannot be stored",
        Reason.BAD_TEXT,
    )


def test_node_answers_for_what_is_absent():
    node = Node({}, "X")

    assert (node.text("k"), node.texts("k"), node.flag("k"), node.number("k")) == (
        "",
        (),
        None,
        None,
    )
    assert (node.whole("k"), node.nodes("k"), node.moment("k"), bool(node.node("k"))) == (
        None,
        [],
        None,
        False,
    )
    assert node.variant("value") == ""


def test_node_reads_what_is_there():
    node = Node({"a": " x ", "b": ["p", None, ""], "valueString": "v", "n": 3, "values": 1}, "X")

    assert (node.text("a"), node.texts("b"), node.number("n")) == ("x", ("p",), Decimal(3))
    assert node.variant("value") == "valueString"


def test_objects_walks_in_order_with_paths():
    node = Node({"a": [{"b": {}}, {}], "c": {}}, "X")

    assert [item.path for item in node.objects()] == ["X", "X.a[0]", "X.a[0].b", "X.a[1]", "X.c"]
