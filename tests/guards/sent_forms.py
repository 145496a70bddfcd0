"""The forms of a page as a browser would send them, filled in where a page wants it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.records.documents import samples

Fields = dict[str, list[Any]]
WORDS = "Words of a test"
# What is written into an empty field that must not stay empty, by the type that the page gives it.
BY_TYPE = {"email": "test@example.org", "number": "1", "tel": "207-555-0177"}
NOT_SENT = {"submit", "button", "reset", "image"}


class _Reader(HTMLParser):
    """Collects the fields of every form that posts."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self.fields: Fields | None = None
        self.select = self.text = ""
        self.words: list[str] = []
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form" and given.get("method", "").lower() == "post":
            self.fields = {}
            self.forms.append((given.get("action", ""), self.fields))
        elif tag == "input" and name and "disabled" not in given:
            self._input(name, given)
        elif tag == "button":
            self._put(name)  # known, and not pressed
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option" and self.select:
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.text, self.words = name, []

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in NOT_SENT or (kind == "checkbox" and "checked" not in given):
            self._put(name)  # known, and not sent
            return
        if kind == "radio" and "checked" not in given and self._has(name):
            return
        if kind == "file":
            value = SimpleUploadedFile("a.pdf", samples.written_pdf(WORDS), "application/pdf")
        elif not value and "required" in given:
            value = _fitting(name, kind)
        self._put(name, value)

    def _has(self, name: str) -> bool:
        return bool(self.fields) and name in self.fields

    def _put(self, name: str, *values: Any) -> None:
        if self.fields is not None and name:
            self.fields.setdefault(name, []).extend(values)

    def handle_data(self, data: str) -> None:
        if self.text:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._put(self.text, "".join(self.words).strip() or f"{WORDS}, long enough")
            self.text = ""
        elif tag == "select":
            chosen = [value for value, is_selected in self.options if is_selected and value]
            others = [value for value, _ in self.options if value]
            self._put(self.select, *(chosen or others)[:1])
            self.select = ""
        elif tag == "form":
            self.fields = None


def _fitting(name: str, kind: str) -> str:
    if name.endswith(("_on", "_from")):
        return timezone.localdate().isoformat()
    return BY_TYPE.get(kind, WORDS)


def read_forms(page: str) -> list[tuple[str, Fields]]:
    """Return the address of each form that posts, and what it sends."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
