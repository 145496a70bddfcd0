"""The guides: which there are, who reads which first, and what they say about each screen.

A guide is a Markdown file. Below a heading a comment names the screens that it is about, by the
names of their pages, `*` for any ending: `<!-- Pages: retention:hold_* -->`. Below the title one
may name a guide that counts as part of it: `<!-- Includes: clerk -->`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString
from markdown_it.token import Token

from accounts.roles import Role
from config import env
from config.help import markdown
from config.help.markdown import BrokenGuide

FOLDER = env.ROOT / "docs" / "users"
EVERYBODY, GLOSSARY, NEWS = "everybody", "glossary", "whats-new"
NOWHERE = "nowhere"  # what a guide calls the page of an address that leads nowhere
COMMENT = re.compile(r"^<!--(.*?)-->$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A heading of a guide with what stands below it, and the screens that this is about."""

    guide: str
    title: str
    anchor: str
    body: SafeString
    pages: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address of the heading."""
        return markdown.address(self.guide, self.anchor)

    def fit(self, page: str) -> int:
        """Return how closely the heading is about `page`: 0 not at all, more the more it names."""
        named = (each for each in self.pages if fnmatchcase(page, each))
        return max((len(each.replace("*", "")) for each in named), default=0)


@dataclass(frozen=True)
class Guide:
    """One guide, as its pages show it."""

    name: str
    title: str
    intro: SafeString
    sections: tuple[Section, ...]
    includes: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address of the guide."""
        return markdown.address(self.name)

    def about(self, page: str) -> list[Section]:
        """Return the headings that name `page` most closely."""
        closest = max((section.fit(page) for section in self.sections), default=0)
        return [each for each in self.sections if closest and each.fit(page) == closest]


@dataclass(frozen=True)
class ScreenHelp:
    """What the guides say about one screen: the reader's own, and where else it is spoken of."""

    sections: list[Section]
    elsewhere: list[tuple[Guide, Section]]


@lru_cache(maxsize=1)
def all_guides() -> dict[str, Guide]:
    """Return every guide by its name; the files are read once per process."""
    return read(FOLDER)


def list_for(roles: Collection[str]) -> list[Guide]:
    """Return every guide, those of the reader's roles first."""
    guides = all_guides()
    first = [*own_names(roles), EVERYBODY]
    last = [GLOSSARY, NEWS]
    others = [name for name in guides if name not in {*first, *last}]
    return [guides[name] for name in (*first, *others, *last)]


def own_names(roles: Collection[str]) -> list[str]:
    """Return the names of the guides of `roles`, of leaders first, with what these include."""
    guides = all_guides()
    held = [role.lower() for role in reversed(Role.values) if role in roles]
    named = [each for name in held for each in (name, *guides[name].includes)]
    return list(dict.fromkeys(named))


def about(page: str, roles: Collection[str]) -> ScreenHelp:
    """Return what the guides say about the screen `page` to somebody with `roles`."""
    own = {*own_names(roles), EVERYBODY}
    found = [(guide, section) for guide in list_for(roles) for section in guide.about(page)]
    return ScreenHelp(
        [section for guide, section in found if guide.name in own],
        [(guide, section) for guide, section in found if guide.name not in own],
    )


def latest_news() -> str:
    """Return what the newest entry of `What is new` is known by: its day, and how many it has."""
    newest = all_guides()[NEWS].sections[0]
    return f"{newest.anchor}.{newest.body.count('<li>')}"


def read(folder: Path) -> dict[str, Guide]:
    """Read every guide of `folder`, by name.

    Raises:
        BrokenGuide: a guide has no title, the same heading twice, or a link that leads nowhere.
    """
    guides: dict[str, Guide] = {}
    places: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.md")):
        guides[path.stem], named = _read_one(path.stem, path.read_text(encoding="utf-8"))
        places += named
    _check_places(guides, places)
    return guides


def _read_one(name: str, text: str) -> tuple[Guide, list[tuple[str, str]]]:
    notes = list(_list_notes(text))
    tokens = markdown.parse(COMMENT.sub(lambda note: "\n" * note[0].count("\n"), text))
    places = markdown.lead_inside(tokens, name)
    parts = list(_split(tokens))
    if not parts or parts[0][1].tag != "h1" or len(parts[0][2]) == 0:
        raise BrokenGuide(f"{name}: it begins with its title and a line of what it is")
    sections: list[Section] = []
    for number, (title, head, body) in enumerate(parts[1:], 1):
        start = _line(head)
        end = _line(parts[number + 1][1]) if number + 1 < len(parts) else len(text)
        pages = _named(notes, "Pages", start, end)
        section = Section(name, title, markdown.anchor_of(title), markdown.render(body), pages)
        if any(section.anchor == other.anchor for other in sections):
            raise BrokenGuide(f"{name}: {title} stands there twice")
        sections.append(section)
    includes = _named(notes, "Includes", 0, len(text))
    intro = markdown.render(parts[0][2])
    return Guide(name, parts[0][0], intro, tuple(sections), includes), places


def _list_notes(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield each comment's line, kind and the names in it."""
    for note in COMMENT.finditer(text):
        kind, _, names = note[1].partition(":")
        yield text.count("\n", 0, note.start()), kind.strip(), tuple(names.split())


def _named(
    notes: Iterable[tuple[int, str, tuple[str, ...]]], kind: str, start: int, end: int
) -> tuple[str, ...]:
    return tuple(
        name for line, what, names in notes if what == kind and start < line < end for name in names
    )


def _split(tokens: list[Token]) -> Iterator[tuple[str, Token, list[Token]]]:
    """Yield each title and heading of the second rank with the blocks below it."""
    heads = [
        number
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h1", "h2")
    ]
    for number, end in zip(heads, [*heads, len(tokens)][1:], strict=True):
        title = markdown.text_of(tokens[number + 1].children)
        yield title, tokens[number], tokens[number + 3 : end]


def _line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _check_places(guides: dict[str, Guide], places: list[tuple[str, str]]) -> None:
    known = {(name, "") for name in guides}
    known |= {
        (section.guide, section.anchor) for each in guides.values() for section in each.sections
    }
    missing = sorted(set(places) - known)
    if missing:
        raise BrokenGuide(f"links lead nowhere: {', '.join('#'.join(each) for each in missing)}")
