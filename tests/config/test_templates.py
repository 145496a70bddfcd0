"""What every template and module of the house must keep to."""

import gzip
import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import override_settings

from config import env
from config.navigation import DESKS
from config.templatetags.chartroom import BROWSERS, DUE_ICONS, SPRITE

TEMPLATES = sorted((env.ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((env.ROOT / "static" / "js").glob("*.js"))
SHEETS = sorted((env.ROOT / "static" / "css").glob("*.css"))
# Attributes and elements that the content security policy refuses.
FORBIDDEN = re.compile(
    r"\sstyle=|\son[a-z]+=|\shx-on|<style|<script(?![^>]*(src=|type=\"application/json\"))|javascript:",
    re.IGNORECASE,
)
ICON = re.compile(r"""{% icon "([a-z0-9-]+)\"""")
TAGS = re.compile(r"{#.*?#}", re.DOTALL)


def _name(path):
    return path.relative_to(env.ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_template_compiles(path):
    # Widgets of forms are drawn by the forms' own engine.
    if not _name(path).startswith(("django/", "forms/")):
        get_template(_name(path))


@pytest.mark.goal("G-57")
@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_template_holds_nothing_that_the_policy_refuses(path):
    text = TAGS.sub("", path.read_text(encoding="utf-8"))

    assert FORBIDDEN.findall(text) == []
    assert not re.search(r'(src|href)="(https?:)?//', text)


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_values_passed_to_components_have_no_filter(path):
    # `:count="rows|length"` is passed as nothing; `count="{{ rows|length }}"` works.
    assert re.findall(r"""\s:[a-z_]+="[^"{]*\|[^"]*\"""", path.read_text(encoding="utf-8")) == []


def test_every_icon_is_in_the_sprite():
    sprite = (env.ROOT / "static" / SPRITE).read_text(encoding="utf-8")
    drawn = set(re.findall(r'id="([^"]+)"', sprite))
    named = {icon for path in TEMPLATES for icon in ICON.findall(path.read_text(encoding="utf-8"))}

    assert (named | set(DUE_ICONS.values()) | {desk.icon for desk in DESKS}) - drawn == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_keeps_nothing_of_a_patient_in_the_browser(path):
    text = path.read_text(encoding="utf-8")

    assert "indexedDB" not in text
    if path.name == "drafts.js":
        # What it keeps is sealed, and which forms were sent it knows by digests of their places.
        kept = re.findall(r"(?:local|session)Storage\.setItem\((.+)\);", text)
        assert [value.partition(", ")[2] for value in kept] == [
            "await seal(draft.name, at, values)",
            "JSON.stringify([...sent(), draft.name])",
        ]
        return
    assert "sessionStorage" not in text
    if path.name not in {"dom.js", "theme.js"}:
        assert "localStorage" not in text


def _gzipped(paths):
    return sum(len(gzip.compress(Path(path).read_bytes())) for path in paths)


def test_sheets_and_scripts_stay_within_their_budgets():
    vendor = env.ROOT / "static" / "vendor"

    assert _gzipped([*SHEETS, *vendor.rglob("*.css")]) <= 100_000
    assert _gzipped([*SCRIPTS, *vendor.rglob("*.js")]) <= 60_000 - 17_000  # htmx takes 17 kB


@override_settings(DEBUG=False)
def test_colours_named_in_sheets_are_tokens():
    tokens = (env.ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[a-z0-9-]+):", tokens))
    for path in SHEETS:
        text = path.read_text(encoding="utf-8")
        own = set(re.findall(r"(--[a-z0-9-]+):", text))
        assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) - defined - own == set(), path.name


def test_browsers_are_told_apart_in_an_order_that_works():
    names = [name for _, name in BROWSERS]

    assert names.index("Edge") < names.index("Chrome") < names.index("Safari")
