"""Synthetic papers: typeset letters and reports, and pages that look scanned."""

from __future__ import annotations

import io
import random
from datetime import date
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from config.demo import words
from printing import typesetting
from records.patients.models import Patient
from records.patients.rules import birth, mrn, names
from records.patients.rules.names import PersonName

TITLES = {
    "HISTORY_PHYSICAL": "History and physical",
    "DISCHARGE_SUMMARY": "Discharge summary",
    "PROGRESS_NOTE": "Progress note",
    "LAB": "Laboratory report",
    "IMAGING": "Imaging report",
    "CONSULTATION": "Consultation",
}
PAGE = (1700, 2200)  # US Letter at 200 dpi, as faxes and scanners send it


def make_report(patient: Patient, code: str, on: date, chance: random.Random) -> bytes:
    """Return a typeset report on a patient as PDF."""
    name = PersonName(patient.family, patient.given, patient.middle, patient.suffix)
    values: dict[str, Any] = {
        "house": {"facility": "Chartroom Demo Hospital", "facility_lines": ["Synthetic data"]},
        "title": TITLES[code],
        "subtitle": f"{on:%b %-d, %Y}",
        "patient": {
            "name": names.display_name(name),
            "number": mrn.display(patient.mrn),
            "born": birth.birth_text(patient.birth_on, patient.birth_precision),
            "sex": patient.get_sex_display(),
        },
        "sections": [
            {
                "heading": heading,
                "blocks": [{"kind": "PARAGRAPH", "text": _text(chance, chance.randint(2, 5))}],
            }
            for heading in ("History", "Findings", "Assessment and plan")
        ],
    }
    return typesetting.typeset("clinical_document", values)


def make_fax(heading: str, pages: int, chance: random.Random) -> bytes:
    """Return a fax of several pages as TIFF, compressed as fax machines do (CCITT group 4)."""
    sheets = [
        _sheet(f"{heading}  page {number} of {pages}", chance) for number in range(1, pages + 1)
    ]
    buffer = io.BytesIO()
    sheets[0].save(
        buffer,
        format="TIFF",
        compression="group4",
        dpi=(200, 200),
        save_all=True,
        append_images=sheets[1:],
    )
    return buffer.getvalue()


def _sheet(heading: str, chance: random.Random) -> Image.Image:
    sheet = Image.new("1", PAGE, 1)
    draw = ImageDraw.Draw(sheet)
    draw.text((150, 120), heading, font=ImageFont.load_default(size=44), fill=0)
    for line in range(18):
        text = chance.choice(words.SENTENCES)
        draw.text((150, 260 + line * 90), text, font=ImageFont.load_default(size=34), fill=0)
    return sheet


def _text(chance: random.Random, sentences: int) -> str:
    return " ".join(chance.choice(words.SENTENCES) for _ in range(sentences))
