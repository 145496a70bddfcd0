"""Resources of no kind of their own, values of many types and marked-up text, in words."""

from __future__ import annotations

import pytest

from records.interchange.fhir import wording
from records.interchange.fhir.node import Node
from records.interchange.values import (
    Facts,
    Subheading,
)
from tests.records.interchange.builders import clinical
from tests.records.interchange.fhir.content import AT, only_section


def test_other_resources_say_all_they_hold():
    resource = {
        "resourceType": "Communication",
        "id": "x",
        "meta": {"versionId": "1"},
        "subject": {"reference": "Patient/p1"},
        "status": "completed",
        "category": [{"text": "Alert"}, {"text": "Paging"}],
        "sent": AT,
        "priority": None,
        "recipient": [{"reference": "Practitioner/far"}],
        "payload": [{"contentString": "High potassium"}, {"contentString": "Call back"}],
        "extension": [{"url": "http://x.example/ward-bed", "valueInteger": 7}],
        "_sent": {"extension": []},
    }

    section = only_section(resource)

    assert section.heading == "Other content"
    assert section.blocks == (
        Subheading("Communication"),
        Facts(
            (
                ("Status", "completed"),
                ("Category", "Alert"),
                ("Category", "Paging"),
                ("Sent", AT),
                ("Recipient", "Practitioner/far"),
                ("Payload 1, Content string", "High potassium"),
                ("Payload 2, Content string", "Call back"),
                ("Ward bed", "7"),
            )
        ),
    )


def test_other_resources_with_nothing_but_text_show_it():
    resource = {
        "resourceType": "Basic",
        "subject": {"reference": "Patient/p1"},
        "text": {"div": "<div>Words only</div>"},
    }

    assert only_section(resource).blocks[1] == Facts((("Text", "Words only"),))


def test_other_resources_are_cut_with_a_word(monkeypatch):
    monkeypatch.setattr(wording, "MOST_FACTS", 2)
    resource = clinical("Basic", "x", a="1", b="2", c="3")

    assert only_section(resource).blocks[1].rows == (
        ("Code", "Basic x"),
        ("A", "1"),
        ("More", "2 values more are in the source"),
    )


@pytest.mark.parametrize(
    "key, value, words",
    [
        ("valueDateTime", "2020-01-02", "Jan 2, 2020"),
        ("valuePeriod", {"start": "2020"}, "from 2020"),
        (
            "valueRatio",
            {"numerator": {"value": 1, "unit": "mg"}, "denominator": {"value": 2}},
            "1 mg / 2",
        ),
        ("valueRange", {"low": {"value": 1}}, "≥ 1"),
        ("valueCoding", {"code": "x"}, "x"),
        ("valueSampledData", {"data": "1 2"}, "a recorded curve, kept in the source"),
        ("valueAttachment", {"title": "Scan", "data": "QQ=="}, "Scan (attached)"),
        ("valueAttachment", {"contentType": "a/b", "url": "http://x"}, "a/b http://x"),
        ("valueTiming", {"code": {"text": "BID"}}, "BID"),
        (
            "valueTiming",
            {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
            "2 times every 1 d",
        ),
        ("valueReference", {"display": "Dr. May"}, "Dr. May"),
        ("valueMarkdown", "text", "text"),
        ("valueWhatever", {"a": 1}, ""),
    ],
)
def test_variant_in_words(key, value, words):
    assert wording.variant(Node({key: value}, "X"), "value") == words


@pytest.mark.parametrize(
    "markup, text",
    [
        ("<div>a<br/>b</div>", "a\nb"),
        (
            "<table><tr><td>A</td><td>B</td></tr><tr><td>1</td><td>2</td></tr></table>",
            "A | B\n1 | 2",
        ),
        ("<p>one\n  two&nbsp;three</p>", "one two three"),
        ("<script>x</script><a href='http://x'>link</a>", "xlink"),
        ("<div", "<div"),
        ("", ""),
    ],
)
def test_xhtml_to_text(markup, text):
    assert wording.xhtml(markup) == text


@pytest.mark.parametrize(
    "key, words",
    [("payloadContent", "Payload content"), ("resourceType", "Resource type"), ("", "")],
)
def test_said(key, words):
    assert wording.said(key) == words
