"""Writes tables as CSV and XLSX into a file, row by row, whatever their length."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

Cell = str | int | None
Row = Sequence[Cell]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(file: IO[bytes], header: Row, rows: Iterable[Row]) -> None:
    """Write a table as UTF-8 with a byte order mark, so that spreadsheets read names right."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    text.detach()


def write_xlsx(
    file: IO[bytes], header: Row, rows: Iterable[Row], about: Iterable[Row] = ()
) -> None:
    """Write a table as an Excel workbook; rows go to disk as they come.

    `about` is a second sheet: who took the table out, when, and what narrowed it.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
        notes = workbook.add_worksheet("About")
        for number, row in enumerate(about):
            notes.write_row(number, 0, row)


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell
