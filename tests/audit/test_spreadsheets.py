import io
from zipfile import ZipFile

import pytest

from audit.spreadsheets import harmless, write_csv, write_xlsx

HEADER = ("Name", "Count")
ROWS = [("=1+1", 1), ("MUÑOZ, Rosa", None), ('say "hi"\n', -2)]


def test_csv_is_quoted_and_reads_as_utf_8():
    file = io.BytesIO()

    write_csv(file, HEADER, iter(ROWS))

    assert file.getvalue().decode("utf-8") == (
        '\ufeffName,Count\r\n\'=1+1,1\r\n"MUÑOZ, Rosa",\r\n"say ""hi""\n",-2\r\n'
    )


@pytest.mark.goal("G-57")
def test_workbook_holds_text_as_text():
    file = io.BytesIO()

    write_xlsx(file, HEADER, iter([*ROWS, ("https://example.org", 3), ("007", 4)]))

    with ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    for text in ("=1+1", "MUÑOZ, Rosa", "https://example.org", "007"):
        assert text in sheet


@pytest.mark.goal("G-57")
@pytest.mark.parametrize(
    "cell, expected",
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("plain", "plain"),
        ("", ""),
        (-5, -5),
        (None, None),
    ],
)
def test_cell_that_looks_like_a_formula_is_made_harmless(cell, expected):
    assert harmless(cell) == expected
