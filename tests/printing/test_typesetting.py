from __future__ import annotations

import io
import re
import time

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from printing import glyphs, typeset, typesetting
from printing.errors import TypesettingFailed, ValuesRefused
from printing.shapes import TEMPLATES
from tests.printing import reading, samples

TEXT, RULE = pypdfium2.raw.FPDF_PAGEOBJ_TEXT, pypdfium2.raw.FPDF_PAGEOBJ_PATH
TOKENS = {"kind", "align", "paper", "variant", "numbering"}
TEMPLATE_FILES = sorted(typesetting.TEMPLATE_ROOT.glob("*.typ"))
HOSTILE = [
    '#eval("1+1")',
    '#read("/etc/passwd")',
    "$x^2$ and `raw` and *bold* and _low_",
    "\\#\\n \\u{41} C:\\charts\\new",
    "<label> @ref [content] {code}",
    '"quoted" \'single\' """',
    "= Not a heading",
    "- not a list",
    "// not a comment /* nor this */",
    "Ægir Ħal Łódź Đặng Ñuñoa İzmir",
    "Иванов Пётр Ильич",
    "Παπαδόπουλος",
]


def with_title(title: str) -> dict:
    return samples.clinical_document() | {"title": title}


def test_every_template_has_a_sample_and_a_file():
    assert set(samples.ALL) == set(TEMPLATES)
    assert {path.stem for path in TEMPLATE_FILES} == set(TEMPLATES) | {"house"}


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_typeset_prints_every_value(name):
    values = samples.ALL[name]()

    text = reading.whole(typeset(name, values))

    missing = [
        leaf
        for key, leaf in reading.leaves(values)
        if key not in TOKENS and reading.squeezed(leaf).upper() not in text.upper()
    ]
    assert missing == []


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_typeset_fits_a_small_page_on_one_sheet_with_its_feet(name):
    pages = reading.pages(typeset(name, samples.ALL[name]()))

    assert len(pages) == 1
    assert "Page 1 of 1" in pages[0]
    assert "Printed by Rosa Delgado on 22 Nov 2026 14:05 EST" in pages[0]
    assert "Confidential patient information." in pages[0]


def test_typeset_leaves_the_numbers_to_the_stamp_of_a_package():
    values = samples.release_index()
    values["house"] |= {"numbering": "STAMPED"}

    text = reading.pages(typeset("release_index", values))[0]

    assert "Page 1 of 1" not in text
    assert text.count("R-2026-000123") == 1
    assert "Confidential patient information." in text


def test_typeset_index_says_where_each_page_comes_from():
    text = reading.whole(typeset("release_index", samples.release_index()))

    assert "1Document43,version11-3" + "3" * 64 in text
    assert "4Document52,version11-12" + "c" * 64 in text


def test_typeset_index_of_files_unknown_has_no_sources():
    values = samples.release_index()
    for document in values["documents"]:
        del document["sha256"]

    assert "SHA-256" not in reading.pages(typeset("release_index", values))[0]


def certificate_with(rule: str) -> str:
    values = samples.destruction_certificate()
    values["records"][0]["rule"] = rule
    return reading.pages(typeset("destruction_certificate", values))[0]


@pytest.mark.parametrize(
    "rule, parts",
    [
        ("US-PROFESSIONAL-GUIDANCE-ADULT", ["PROFESSIONAL-", "GUIDANCE", "ADULT"]),
        ("US-PROFESSIONAL-ADULT", ["PROFESSIONAL-", "ADULT"]),
        ("state/maine_hospital_records", ["state/", "maine_", "hospital_", "records"]),
    ],
)
def test_typeset_breaks_a_code_behind_its_separators_only(rule, parts):
    text = certificate_with(rule)

    assert [part for part in parts if part not in text] == []


def test_typeset_breaks_a_word_that_is_wider_than_its_column():
    text = certificate_with("W" * 22)

    assert "W" * 22 not in text
    assert text.count("W") == samples_count("W") + 22


def samples_count(letter: str) -> int:
    return certificate_with("-").count(letter)


def test_typeset_index_has_a_column_of_encounters_only_where_there_are_some():
    values = samples.release_index()
    assert "Encounter" in reading.pages(typeset("release_index", values))[0]

    for document in values["documents"]:
        del document["encounter"]

    text = reading.pages(typeset("release_index", values))[0]
    assert "Encounter" not in text
    assert "Discharge summary" in text


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_typeset_makes_tagged_accessible_pdf(name):
    with pikepdf.open(io.BytesIO(typeset(name, samples.ALL[name]()))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.Lang == "en-US"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
        assert "/OpenAction" not in pdf.Root


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_typeset_gives_the_same_bytes_for_the_same_values(name):
    assert typeset(name, samples.ALL[name]()) == typeset(name, samples.ALL[name]())


def test_typeset_embeds_only_fonts_of_the_wheel():
    with pikepdf.open(io.BytesIO(typeset("letter", samples.letter()))) as pdf:
        names = {
            re.sub(r"^/?[A-Z]{6}\+", "", str(font.BaseFont))
            for page in pdf.pages
            for font in page.Resources.Font.values()
        }

    assert names
    assert {re.split("[-0-9]", name)[0] for name in names} <= {
        "LibertinusSerif",
        "DejaVuSansMono",
        "NewCM",
    }


@pytest.mark.goal("G-55")
@pytest.mark.parametrize("text", HOSTILE)
def test_typeset_prints_hostile_text_as_it_is(text):
    values = with_title(text)
    values["sections"][0]["blocks"][0]["text"] = text
    values["sections"][0]["blocks"][1]["rows"][0][0] = text
    values["house"]["printed_by"] = text

    printed = reading.whole(typeset("clinical_document", values))

    assert printed.count(reading.squeezed(text)) == 4


@pytest.mark.parametrize(
    "text, printed",
    [
        ("李 明", "[U+674E] [U+660E]"),
        ("王小明", "[U+738B U+5C0F U+660E]"),
        ("smile 😀", "smile [U+1F600]"),
        ("bell\x07", "bell[U+0007]"),
        ("nul\x00", "nul[U+0000]"),
        ("half \ud800", "half [U+D800]"),
        ("abc\u202edcba", "abc[U+202E]dcba"),
        ("private \ue000", "private [U+E000]"),
        ("last \U0010ffff", "last [U+10FFFF]"),
    ],
)
def test_typeset_names_what_the_fonts_lack_and_says_so(text, printed):
    plain = reading.whole(typeset("clinical_document", with_title("plain")))
    page = reading.whole(typeset("clinical_document", with_title(text)))

    assert reading.squeezed(printed) in page
    assert "Charactersthatthefontsofthispagelack" in page
    assert "Charactersthatthefontsofthispagelack" not in plain


def test_typeset_falls_back_to_plain_letters_when_fonts_cannot_be_joined(monkeypatch):
    monkeypatch.setattr(glyphs, "is_drawable", lambda character: True)

    page = reading.whole(typeset("clinical_document", with_title("Й 王")))

    assert "[U+0419][U+738B]" in page


def test_typeset_prints_right_to_left_letters():
    page = reading.whole(typeset("clinical_document", with_title("שלום")))

    assert sorted(set("שלום")) == sorted(set("שלום") & set(page))
    assert "U+" not in page


@pytest.mark.parametrize("word", ["A" * 300, "https://example.org/" + "x" * 200, "é" * 120])
def test_typeset_breaks_words_that_no_column_holds(word):
    values = samples.clinical_document()
    values["sections"][0]["blocks"][1]["rows"][0] = [word, word, "mmol/L", ""]
    values["patient"] = values["patient"] | {"name": word}

    pdf = typeset("clinical_document", values)

    assert reading.whole(pdf).count(reading.squeezed(word)) == 3
    assert outermost(pdf) <= 612 - 40


def outermost(pdf: bytes) -> float:
    """Return the right edge, in points, of the rightmost character of the first page."""
    document = pypdfium2.PdfDocument(pdf)
    text_page = document[0].get_textpage()
    edge = max(text_page.get_charbox(index)[2] for index in range(text_page.count_chars()))
    document.close()
    return edge


def test_typeset_numbers_the_pages_and_repeats_head_and_patient():
    values = samples.clinical_document()
    rows = [[f"Row {n}", "1", "mg", ""] for n in range(300)]
    values["sections"][0]["blocks"][1]["rows"] = rows

    pages = reading.pages(typeset("clinical_document", values))

    assert len(pages) > 4
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
    for text in pages[1:4]:
        assert "Reference" in text
        assert "O'CONNELL, Freda Lucía · 00-41-27 · born 14 Mar 1962" in text.replace("\r\n", " ")
    assert [f"Row {n}" for n in range(300) if f"Row {n}" not in "".join(pages)] == []


def test_typeset_runs_page_numbers_through_the_index():
    text = " ".join(reading.pages(typeset("release_index", samples.release_index()))[0].split())

    assert "1 Discharge summary 4 Jun 2007 Inpatient 3 4–6" in text
    assert "2 Operative note 4 Jun 2007 Inpatient 1 7" in text
    assert "3 Empty placeholder 4 Jun 2007 Inpatient 0 none" in text
    assert "4 Labs 4 Jun 2007 Inpatient 12 8–19" in text
    assert "4 documents, 16 pages." in text


@pytest.mark.parametrize(
    "name, change, sentence",
    [
        ("release_index", {"documents": []}, "No documents are enclosed."),
        (
            "accounting_of_disclosures",
            {"rows": []},
            "No disclosure in this period has to be accounted for.",
        ),
        ("face_sheet", {"encounters": samples.table(["Date"]) | {"empty": "Never seen."}}, "Never"),
    ],
)
def test_typeset_says_when_a_list_is_empty(name, change, sentence):
    text = " ".join(reading.pages(typeset(name, samples.ALL[name]() | change))[0].split())

    assert sentence in text


def test_typeset_prints_the_short_notice_and_a4():
    values = samples.redisclosure_notice() | {"variant": "SHORT", "text": "Stand-in, one line."}
    values["house"]["paper"] = "A4"

    pdf = typeset("redisclosure_notice", values)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert [round(float(edge)) for edge in document.pages[0].MediaBox] == [0, 0, 595, 842]
    assert "Stand-in,oneline." in reading.whole(pdf)


def test_typeset_stays_under_fifty_milliseconds_a_page():
    values = samples.clinical_document()
    values["sections"][0]["blocks"][1]["rows"] = [
        [f"Leukocytes [#/volume] in blood {n}", f"{n}.25", "10*3/uL", "4.5 – 11"]
        for n in range(2000)
    ]
    typeset("letter", samples.letter())

    # The process's own time: what else the machine does says nothing of the page.
    started = time.process_time()
    pdf = typeset("clinical_document", values)
    taken = time.process_time() - started

    assert taken / len(reading.pages(pdf)) < 0.05


@pytest.mark.goal("G-55")
def test_templates_reach_nothing_but_the_house_file():
    for path in TEMPLATE_FILES:
        source = path.read_text(encoding="utf-8")
        reached = re.findall(r'#?(?:import|include) "([^"]*)"', source)
        assert reached == ([] if path.stem == "house" else ["house.typ"])
        assert re.findall(r"\b(read|eval|plugin|image|csv|yaml|toml|xml|cbor)\(|@", source) == []


def test_typeset_refuses_more_than_a_document_holds(monkeypatch):
    monkeypatch.setattr(typesetting, "LARGEST", 100)

    with pytest.raises(ValuesRefused) as caught:
        typeset("letter", samples.letter())

    assert str(caught.value) == (
        "The page 'letter' cannot be set: values hold more than one document can print."
    )


def test_typeset_reports_the_typesetters_own_words(monkeypatch, tmp_path):
    (tmp_path / "letter.typ").write_text('#panic("no")', encoding="utf-8")
    monkeypatch.setattr(typesetting, "TEMPLATE_ROOT", tmp_path)

    with pytest.raises(TypesettingFailed) as caught:
        typeset("letter", samples.letter())

    assert str(caught.value) == "The page 'letter' could not be set."
    assert "panicked" in caught.value.detail


@pytest.mark.goal("G-55")
def test_templates_cannot_read_outside_their_folder(monkeypatch, tmp_path):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "letter.typ").write_text('#read("../secret.txt")', encoding="utf-8")
    monkeypatch.setattr(typesetting, "TEMPLATE_ROOT", folder)

    with pytest.raises(TypesettingFailed):
        typeset("letter", samples.letter())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_typeset_prints_any_text(text):
    values = samples.letter()
    values["body"] = [{"kind": "PARAGRAPH", "text": text}, {"kind": "LIST", "items": [text]}]

    assert typeset("letter", values).startswith(b"%PDF-1.7")


def clinical_pages(rows: int, **changes: object) -> bytes:
    values = samples.clinical_document() | changes
    values["sections"][0]["blocks"][1]["rows"] = [[f"Row {n}", "", "", ""] for n in range(rows)]
    return typeset("clinical_document", values)


def test_running_head_stands_clear_of_its_rule_on_one_line_and_on_two():
    for title in ("Visit", "Emergency visit, " * 6):
        page = pypdfium2.PdfDocument(clinical_pages(60, title=title))[1]
        objects = [(item.type, item.get_bounds()) for item in page.get_objects(max_depth=1)]
        rule = max(
            (bounds for kind, bounds in objects if kind == RULE and bounds[2] - bounds[0] > 400),
            key=lambda bounds: bounds[3],
        )
        head = [low for kind, (_, low, _, _) in objects if kind == TEXT and low > rule[1] - 3]

        assert head
        assert min(head) > rule[3]


def test_notes_begin_no_page_of_their_own():
    for rows in range(25, 75):
        found = reading.pages(clinical_pages(rows))

        assert "kept beside this document" in found[0]
        assert "Foot health" in found[-1]
