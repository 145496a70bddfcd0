"""Words and colours that occur nowhere else, each planted in one place and known by its owner."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import dataclass, field
from datetime import date

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

CONSONANTS = "BDFGKLMNPRSTVZ"
VOWELS = "AEIOU"
COLOUR_STEP = 36
COLOUR_SLACK = 10


@dataclass(frozen=True)
class Canary:
    """A mark in one field: whose it is, where it lies, and how it is told in any writing."""

    text: str
    owner: str
    area: str
    where: str
    pattern: re.Pattern[str]

    def __str__(self) -> str:
        return f"{self.where} of {self.owner}"


@dataclass(frozen=True)
class Colour:
    """A full-page colour of a document, which pictures of its pages show."""

    rgb: tuple[int, int, int]
    owner: str
    area: str
    where: str

    def __str__(self) -> str:
        return f"{self.where} of {self.owner}"


@dataclass
class Aviary:
    """All canaries of a world."""

    birds: list[Canary] = field(default_factory=list)
    colours: list[Colour] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._words = _words()
        self._phones = itertools.count(2075550101)
        self._hues = _hues()

    def word(self, owner: str, where: str, area: str = "chart") -> str:
        """Return a new word such as `Zybadofu`, to be put into one field."""
        return self.note(next(self._words), owner, where, area)

    def phone(self, owner: str, where: str, area: str = "chart") -> str:
        """Return a new telephone number, told in any way of writing it."""
        return self.number(str(next(self._phones)), owner, where, area)

    def number(self, digits: str, owner: str, where: str, area: str = "chart") -> str:
        """Note a number that is told in any grouping of its digits."""
        apart = r"[-. ()\u00a0\u2011]{0,2}"
        body = apart.join(digits)
        self.birds.append(Canary(digits, owner, area, where, re.compile(rf"(?<!\d){body}(?!\d)")))
        return digits

    def note(self, text: str, owner: str, where: str, area: str = "chart") -> str:
        """Note a word that stands in a field."""
        pattern = re.compile(re.escape(text), re.IGNORECASE)
        self.birds.append(Canary(text, owner, area, where, pattern))
        return text

    def day(self, on: date, owner: str, where: str, area: str = "chart") -> date:
        """Note a day that is told in every way of writing it."""
        ways = (
            on.isoformat(),
            f"{on:%Y%m%d}",
            f"{on:%m/%d/%Y}",
            f"{on.month}/{on.day}/{on.year}",
            f"{on:%b} {on.day}, {on.year}",
            f"{on:%B} {on.day}, {on.year}",
            f"{on:%d %b %Y}",
        )
        pattern = re.compile("|".join(re.escape(way) for way in ways))
        self.birds.append(Canary(on.isoformat(), owner, area, where, pattern))
        return on

    def pdf(self, owner: str, where: str, area: str = "chart", pages: int = 2) -> bytes:
        """Return a PDF whose pages carry a word and are filled with a colour of their own."""
        rgb = next(self._hues)
        self.colours.append(Colour(rgb, owner, area, f"page of {where}"))
        buffer = io.BytesIO()
        canvas = Canvas(buffer, invariant=1, pagesize=(300, 300))
        for page in range(1, pages + 1):
            canvas.setFillColorRGB(*(part / 255 for part in rgb))
            canvas.rect(0, 0, 300, 300, stroke=0, fill=1)
            canvas.setFillColorRGB(0, 0, 0)
            canvas.drawString(20, 20, self.word(owner, f"text on page {page} of {where}", area))
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    def found_in(self, text: str) -> set[Canary]:
        """Return the canaries that a text holds."""
        upper = text.upper()
        return {
            bird
            for bird in self.birds
            if (bird.text.upper() in upper if bird.text.isalpha() else bird.pattern.search(text))
        }

    def seen_in(self, picture: bytes) -> set[Colour]:
        """Return the documents whose colour fills a picture."""
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        middle = image.getpixel((image.width // 2, image.height // 2))
        return {
            colour
            for colour in self.colours
            if all(abs(a - b) <= COLOUR_SLACK for a, b in zip(middle, colour.rgb, strict=True))
        }


def _words():
    syllables = [c + v for c in CONSONANTS for v in VOWELS]
    for first, second, third in itertools.product(syllables, repeat=3):
        if len({first, second, third}) == 3:
            yield f"Zy{first}{second}{third}".capitalize()


def _hues():
    for red, green, blue in itertools.product(range(40, 250, COLOUR_STEP), repeat=3):
        if len({red, green, blue}) == 3:
            yield red, green, blue
