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
# What `_words` makes, wherever it stands, also inside other words.
WORD = re.compile(rf"(?=(zy(?:[{CONSONANTS}][{VOWELS}]){{3}}))", re.IGNORECASE)
NO_DIGIT = re.compile(r"\D+")
COLOUR_STEP = 36
COLOUR_SLACK = 10


@dataclass(frozen=True)
class Canary:
    """A mark in one field: whose it is and where it lies.

    A word is told by its letters; a number or a day by a pattern for any way of writing it, which
    holds `digits` in a row.
    """

    text: str
    owner: str
    area: str
    where: str
    digits: str = ""
    pattern: re.Pattern[str] | None = None

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
        self._by_word: dict[str, Canary] = {}
        self._patterned: list[Canary] = []
        self._phones = itertools.count(2075550101)
        self._hues = _hues()

    def word(self, owner: str, where: str, area: str = "chart") -> str:
        """Return a new word such as `Zybadofu`, to be put into one field."""
        bird = Canary(next(self._words), owner, area, where)
        self.birds.append(bird)
        self._by_word[bird.text.lower()] = bird
        return bird.text

    def phone(self, owner: str, where: str, area: str = "chart") -> str:
        """Return a new telephone number, told in any way of writing it."""
        return self.number(str(next(self._phones)), owner, where, area)

    def number(self, digits: str, owner: str, where: str, area: str = "chart") -> str:
        """Note a number that is told in any grouping of its digits."""
        apart = r"[-. ()\u00a0\u2011]{0,2}"
        body = apart.join(digits)
        pattern = re.compile(rf"(?<!\d){body}(?!\d)")
        self._add_patterned(Canary(digits, owner, area, where, digits, pattern))
        return digits

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
        self._add_patterned(Canary(on.isoformat(), owner, area, where, str(on.year), pattern))
        return on

    def _add_patterned(self, bird: Canary) -> None:
        self.birds.append(bird)
        self._patterned.append(bird)

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
        """Return the canaries that a text holds.

        Words are looked up all at once. A pattern is tried only where its digits stand at all:
        patterns are slow, and texts are many.
        """
        words = {match[1].lower() for match in WORD.finditer(text)}
        digits = NO_DIGIT.sub("", text)
        found = {self._by_word[word] for word in words & self._by_word.keys()}
        return found | {
            bird for bird in self._patterned if bird.digits in digits and bird.pattern.search(text)
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
