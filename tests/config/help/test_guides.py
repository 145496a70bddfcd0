"""The guides themselves: complete, in plain words, and in the words of the screens."""

import re
from datetime import datetime
from html import unescape

import pytest
from django.apps import apps
from django.db.models import Choices

from config import env
from config.help import guides

GUIDES = sorted(guides.all_guides())
TEMPLATES = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((env.ROOT / "templates").rglob("*.html"))
)


def source_of(name):
    return (guides.FOLDER / f"{name}.md").read_text(encoding="utf-8")


def html_of(name):
    guide = guides.all_guides()[name]
    return guide.intro + "".join(section.body for section in guide.sections)


def words_of_code():
    """Return every text in the code of the rooms: labels of forms, desks, steps and choices."""
    rooms = ("config", "accounts", "audit", "records", "requests_release")
    paths = [path for room in rooms for path in (env.ROOT / room).rglob("*.py")]
    return "\n".join(
        path.read_text(encoding="utf-8") for path in paths if "migrations" not in path.parts
    )


def labels():
    """Return the labels of all choices of the house."""
    found = set()
    modules = {f"{config.name}.enums" for config in apps.get_app_configs()}
    for kind in _all_kinds(Choices):
        if kind.__module__ in modules | {"accounts.roles", "audit.enums"}:
            found |= {str(label) for label in getattr(kind, "labels", [])}
    return "\n".join(sorted(found))


def _all_kinds(kind):
    return {sub for each in kind.__subclasses__() for sub in {each, *_all_kinds(each)}}


@pytest.mark.parametrize("name", GUIDES)
def test_guide_shows_no_markup_that_was_left_out(name):
    assert re.findall(r"&lt;|<img|<script|style=|\son\w+=|!\[", html_of(name)) == []


def test_every_name_of_a_button_or_page_in_a_guide_stands_on_a_screen():
    scripts = "\n".join(path.read_text() for path in (env.ROOT / "static" / "js").glob("*.js"))
    shown = TEMPLATES + words_of_code() + scripts
    wrong = {
        f"{name}: {part}"
        for name in GUIDES
        for text in re.findall(r"<em>(.*?)</em>", html_of(name), re.DOTALL)
        for part in re.split(r"\s*→\s*", unescape(" ".join(text.split())).rstrip("."))
        # A time stands for any time.
        if re.split(r"\s\d+:\d\d", part)[0] not in shown
    }

    assert wrong == set()


def test_glossary_has_only_words_that_screens_and_guides_use():
    texts = [source_of(name) for name in GUIDES if name not in (guides.GLOSSARY, guides.NEWS)]
    used = "\n".join([TEMPLATES, labels(), *texts]).lower()
    terms = [section.title for section in guides.all_guides()[guides.GLOSSARY].sections]

    assert [term for term in terms if not re.search(rf"\b{re.escape(term.lower())}", used)] == []
    assert terms == sorted(terms, key=str.lower)
    assert len(terms) > 40


def test_explanations_in_the_glossary_are_short():
    sections = guides.all_guides()[guides.GLOSSARY].sections

    assert [each.title for each in sections if each.body.count("<p>") != 1] == []
    assert [each.title for each in sections if len(each.body) > 420] == []


def test_news_are_dated_newest_first():
    titles = [section.title for section in guides.all_guides()[guides.NEWS].sections]
    days = [datetime.strptime(title, "%B %d, %Y").date() for title in titles]  # noqa: DTZ007

    assert days == sorted(days, reverse=True)


def test_news_are_new_again_when_an_entry_is_added(monkeypatch, tmp_path):
    def latest(text):
        (tmp_path / "whats-new.md").write_text(f"# New\n\nWhat.\n\n{text}", encoding="utf-8")
        monkeypatch.setattr(guides, "all_guides", lambda: guides.read(tmp_path))
        return guides.latest_news()

    assert [
        latest("## May 2, 2026\n- One\n\n## May 1, 2026\n- Old"),
        latest("## May 2, 2026\n- One\n- Two\n"),
        latest("## May 3, 2026\n- One\n"),
    ] == ["may-2-2026.1", "may-2-2026.2", "may-3-2026.1"]


def test_guides_are_read_once():
    assert guides.all_guides() is guides.all_guides()
