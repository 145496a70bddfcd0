from __future__ import annotations

import copy

import pytest

from printing.checking import checked, fields_of
from printing.errors import TemplateUnknown, ValuesRefused
from printing.shapes import TEMPLATES, Document, House
from tests.printing import samples


def refusal(template: str, values: object) -> tuple[str, str]:
    with pytest.raises(ValuesRefused) as caught:
        checked(template, values)
    return caught.value.path, caught.value.reason


def test_fields_of_tells_what_must_be_there():
    assert fields_of(House)[1] == {"facility", "facility_lines"}
    assert fields_of(Document)[1] == {"house", "title", "sections"}


def test_checked_refuses_an_unknown_template():
    with pytest.raises(TemplateUnknown) as caught:
        checked("../house", {})

    assert str(caught.value) == "There is no page layout called '../house'."


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_checked_returns_whole_values_unchanged(name):
    values = samples.ALL[name]()
    before = copy.deepcopy(values)

    ready, is_lacking = checked(name, values)

    broken = "9f86d081|884c7d65|9a2feaa0|c55ad015|a3bf4f1b|2b0b822c|d15d6c15|b0f00a08"
    if name == "destruction_certificate":
        before["batch_digest"] = broken.replace("|", "\u200b")
    if name == "release_index":
        for document in before["documents"]:
            document["sha256"] = "\u200b".join([document["sha256"][:8]] * 8)
    assert (ready, is_lacking) == (before, False)


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_checked_refuses_any_missing_key(name):
    for key in sorted(fields_of(TEMPLATES[name])[1]):
        values = samples.ALL[name]()
        del values[key]

        assert refusal(name, values) == (f"values.{key}", "is missing")


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_checked_refuses_an_unknown_key(name):
    assert refusal(name, samples.ALL[name]() | {"extra": "x"}) == (
        "values.extra",
        "is not a field of this page",
    )


@pytest.mark.parametrize(
    "change, path, reason",
    [
        ({"title": " "}, "values.title", "must not be blank"),
        ({"title": None}, "values.title", "must be text"),
        ({"title": 3}, "values.title", "must be text"),
        ({"sections": "x"}, "values.sections", "must be a list"),
        ({"sections": [{"heading": "H"}]}, "values.sections[0].blocks", "is missing"),
        (
            {"sections": [{"heading": "H", "blocks": [{"kind": "FILM"}]}]},
            "values.sections[0].blocks[0].kind",
            "is no kind of block",
        ),
        (
            {"sections": [{"heading": "H", "blocks": ["x"]}]},
            "values.sections[0].blocks[0].kind",
            "is no kind of block",
        ),
        (
            {"sections": [{"heading": "H", "blocks": [samples.table(["A", "B"], ["1"])]}]},
            "values.sections[0].blocks[0].rows[0]",
            "must have 2 cells",
        ),
        (
            {"sections": [{"heading": "H", "blocks": [samples.table([])]}]},
            "values.sections[0].blocks[0].columns",
            "must not be empty",
        ),
        (
            {
                "sections": [
                    {"heading": "H", "blocks": [{"kind": "FACTS", "facts": [], "columns": 3}]}
                ]
            },
            "values.sections[0].blocks[0].columns",
            "must be one of 1, 2",
        ),
        (
            {
                "sections": [
                    {"heading": "H", "blocks": [{"kind": "FACTS", "facts": [], "columns": True}]}
                ]
            },
            "values.sections[0].blocks[0].columns",
            "must be one of 1, 2",
        ),
        ({"house": []}, "values.house", "must be a dictionary"),
        ({"patient": {"name": "A"}}, "values.patient.born", "is missing"),
    ],
)
def test_checked_names_the_path_of_what_is_wrong(change, path, reason):
    assert refusal("clinical_document", samples.clinical_document() | change) == (path, reason)


@pytest.mark.parametrize("pages", [-1, "3", 2.0, True, None])
def test_checked_refuses_what_is_no_count(pages):
    values = samples.release_index()
    values["documents"][0]["pages"] = pages

    assert refusal("release_index", values) == (
        "values.documents[0].pages",
        "must be a whole number from 0",
    )


def test_checked_refuses_a_notice_without_its_words():
    values = samples.redisclosure_notice() | {"text": "\n"}

    assert refusal("redisclosure_notice", values) == ("values.text", "must not be blank")


def test_checked_tells_when_a_character_lacks_a_glyph():
    values = samples.letter() | {"subject": "王"}

    ready, is_lacking = checked("letter", values)

    assert (ready["subject"], is_lacking) == ("[U+738B]", True)
