"""Turns Markdown into HTML for the help pages: raw HTML and pictures are off, links stay inside."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

PLACE = re.compile(r"(?:([a-z-]+)\.md)?(?:#([a-z0-9-]+))?")
# What stands on a key, or on several that are pressed together.
KEYS = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)?(?:F\d\d?|Enter|Esc|Tab|[^\w\s]|[A-Za-z])")


class BrokenGuide(ValueError):
    """A guide that cannot be shown as it is written."""


def anchor_of(title: str) -> str:
    """Return the anchor of a heading, as code hosts make it of the same Markdown."""
    return re.sub(r"[^\w-]", "", title.lower().replace(" ", "-"))


def parse(text: str) -> list[Token]:
    """Return the blocks of a guide."""
    return _PARSER.parse(text)


def render(tokens: Sequence[Token]) -> SafeString:
    """Return blocks as HTML; all text in it was escaped on the way."""
    return mark_safe(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S308


def text_of(tokens: Sequence[Token] | None) -> str:
    """Return what a line says, without its markup."""
    return "".join(token.content for token in tokens or ())


def lead_inside(tokens: Sequence[Token], guide: str) -> list[tuple[str, str]]:
    """Let links of `guide` lead to pages of help; return (guide, anchor) that each names.

    Raises:
        BrokenGuide: a link leads to something else than a guide.
    """
    places = []
    for link in _links(tokens):
        match = PLACE.fullmatch(str(link.attrs.get("href", "")))
        if match is None:
            raise BrokenGuide(f"{guide}: {link.attrs.get('href')} is no guide")
        place = (match[1] or guide, match[2] or "")
        link.attrs["href"] = address(*place)
        places.append(place)
    return places


def address(guide: str, anchor: str = "") -> str:
    """Return the address of a guide, or of a heading in it."""
    url = reverse("help_guide", kwargs={"guide": guide})
    return f"{url}#{anchor}" if anchor else url


def _links(tokens: Sequence[Token]) -> list[Token]:
    inner = (child for token in tokens for child in token.children or ())
    return [token for token in inner if token.type == "link_open"]


def _code(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    """Draw what can be pressed as a key, and all other code as code."""
    text = tokens[index].content
    tag = "kbd" if KEYS.fullmatch(text) else "code"
    return f"<{tag}>{escape(text)}</{tag}>"


_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
_PARSER.add_render_rule("code_inline", _code)
