"""What tests of pages look for in answers."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from tests import builders

HTMX = {"HX-Request": "true"}


def text_of(response: Any) -> str:
    """The page's words, one blank apart, without tags."""
    body = response.content.decode()
    main = re.sub(r"(?s)^.*<main[^>]*>|</main>.*$", "", body) if "<main" in body else body
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def hidden_value(response: Any, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', _body(response))
    assert found, f"no hidden {name}"
    return html.unescape(found[1])


def rows_of(response: Any) -> list[str]:
    """The words of each row of the page's tables."""
    rows = re.findall(r"(?s)<tr data-row[^>]*>(.*?)</tr>", _body(response))
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def bold_of(response: Any) -> list[str]:
    """What is bold in the rows of the page."""
    return [html.unescape(part) for part in re.findall(r"<b>(.*?)</b>", _body(response))]


def browsers(house: Any) -> dict[str, Client]:
    """A signed-in browser for each role, and for a clerk of no unit."""
    found = {str(role): builders.sign_in(user) for role, user in house.people.items()}
    return found | {"STRANGER": builders.sign_in(house.stranger)}


def _body(response: Any) -> str:
    return str(response.content.decode())
