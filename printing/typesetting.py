"""Sets pages as PDF by typst, from a template of the house and plain values.

Values reach the template as JSON, so no text can become markup or code; a template sees nothing
but the folder of templates, the fonts inside the wheel, and no network (it imports no package).
The same values always give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from printing import checking
from printing.errors import TypesettingFailed, ValuesRefused

TEMPLATE_ROOT = Path(__file__).with_name("templates")
NO_GLYPH = "could not be displayed"
LARGEST = 16 * 1024 * 1024  # bytes of JSON: a few thousand pages


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of the wheel, and no other: a page looks alike on every machine."""
    return typst.Fonts(include_system_fonts=False)


def typeset(template: str, values: Mapping[str, Any]) -> bytes:
    """Return the page `template`, filled with `values`, as a tagged PDF (PDF/UA-1).

    Raises:
        TemplateUnknown: no page has that name.
        ValuesRefused: the values do not have the documented shape, or are far too many.
        TypesettingFailed: the typesetter gave up.
    """
    try:
        return compiled(template, values)
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise TypesettingFailed(template, str(error)) from error
    try:
        return compiled(template, values, is_plain_only=True)
    except typst.TypstError as error:
        raise TypesettingFailed(template, str(error)) from error


def compiled(template: str, values: Mapping[str, Any], *, is_plain_only: bool = False) -> bytes:
    """Check the values, and run the typesetter once."""
    ready, is_lacking = checking.checked(template, values, is_plain_only=is_plain_only)
    inputs = {"values": json.dumps(ready), "lacking": "yes" if is_lacking else "no"}
    if len(inputs["values"]) > LARGEST:
        raise ValuesRefused(template, "values", "hold more than one document can print")
    return typst.compile(
        str(TEMPLATE_ROOT / f"{template}.typ"),
        root=str(TEMPLATE_ROOT),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=0,
    )
