from __future__ import annotations

import io

import pikepdf
import pytest

from records.interchange import narrative
from records.interchange.reading import read
from records.interchange.values import Bullets, Column, Facts, Paragraph, Subheading, Table
from tests.printing import reading, samples
from tests.records.interchange.builders import (
    EXAMPLES,
    SYNTHEA,
    encounter,
    files,
    needs_samples,
    observation,
    patient,
    read_all,
)

HOUSE = samples.house(number="", number_label="", printed_by="", printed_at="")
PATIENT = {"name": "DOE, Jo", "number": "00-00-01", "born": "Feb 29, 1980", "sex": "Female"}


def document():
    note = {"meta": {"security": [{"code": "R"}]}, "encounter": {"reference": "Encounter/e1"}}
    (group,) = read_all(patient(), encounter(), observation("o1", **note)).patients
    return group.documents[0]


def test_to_values_and_pdf_say_what_the_document_says():
    values = narrative.to_values(document(), house=HOUSE, patient=PATIENT)
    text = reading.whole(narrative.to_pdf(document(), house=HOUSE, patient=PATIENT))

    assert values["title"] == "Admission, Jan 2, 2020"
    assert values["subtitle"] == "Marked by its source: R"
    assert {row["label"] for row in values["facts"]} == {"Kind", "Status", "Began", "Ended"}
    for words in ("Admission,Jan2,2020", "Observationo1", "1.5", "mg/dL", "DOE,Jo", "00-00-01"):
        assert words in text
    assert "keptbesidethisdocument" in text
    assert "Printedby" not in text


def test_to_pdf_gives_the_same_bytes():
    first, second = (narrative.to_pdf(document(), house=HOUSE, patient=PATIENT) for _ in range(2))

    assert first == second


def test_to_text_holds_every_row():
    assert narrative.to_text(document()).splitlines() == [
        "Admission, Jan 2, 2020",
        "Kind: Inpatient",
        "Status: Finished",
        "Began: Jan 2, 2020, 05:00 EST",
        "Ended: Jan 4, 2020, 06:30 EST",
        "Other observations",
        "Jan 2, 2020, 05:30 EST",
        "Observation o1 1.5 mg/dL",
    ]


@pytest.mark.parametrize(
    "block, values, lines",
    [
        (Paragraph("p"), {"kind": "PARAGRAPH", "text": "p"}, ["p"]),
        (Subheading("h"), {"kind": "HEADING", "text": "h"}, ["h"]),
        (Bullets(("a", "b")), {"kind": "LIST", "items": ["a", "b"]}, ["a", "b"]),
        (
            Facts((("l", "v"), ("m", "w"))),
            {
                "kind": "FACTS",
                "facts": [{"label": "l", "value": "v"}, {"label": "m", "value": "w"}],
                "columns": 2,
            },
            ["l: v", "m: w"],
        ),
        (
            Facts((("l", "v" * 61), ("m", "w"))),
            {
                "kind": "FACTS",
                "facts": [{"label": "l", "value": "v" * 61}, {"label": "m", "value": "w"}],
                "columns": 1,
            },
            [f"l: {'v' * 61}", "m: w"],
        ),
        (
            Table((Column("A", 2), Column("B", is_number=True)), (("1", ""), ("2", "3"))),
            {
                "kind": "TABLE",
                "columns": [
                    {"label": "A", "align": "LEFT", "weight": 2},
                    {"label": "B", "align": "RIGHT", "weight": 0},
                ],
                "rows": [["1", ""], ["2", "3"]],
            },
            ["1", "2 3"],
        ),
    ],
)
def test_blocks(block, values, lines):
    assert narrative.block_values(block) == values
    assert narrative.block_lines(block) == lines


@needs_samples
@pytest.mark.parametrize(
    "path", [*files(SYNTHEA)[:3], *files(EXAMPLES)], ids=lambda path: path.stem
)
def test_documents_of_the_samples_print_every_row(path):
    result = read(path.read_bytes(), path.name)

    for group in result.patients:
        for value in group.documents:
            pdf = narrative.to_pdf(value, house=HOUSE, patient=PATIENT)
            text = reading.whole(pdf)
            values = narrative.to_values(value, house=HOUSE, patient=PATIENT)
            missing = [
                leaf
                for key, leaf in reading.leaves(values["sections"])
                if key not in ("kind", "align") and not printed(leaf, text)
            ]
            assert missing == []
            with pikepdf.open(io.BytesIO(pdf)) as opened:
                assert opened.Root.MarkInfo.Marked


def printed(leaf: str, text: str) -> bool:
    """Say whether all words are there; a cell that breaks over pages is parted by head and foot."""
    return all(reading.squeezed(word) in text for word in leaf.split())
