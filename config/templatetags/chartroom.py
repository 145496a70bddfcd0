"""How pages write dates, names, numbers and icons; loaded into every template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from config import figures
from printing import words
from printing.words import MONTHS, day, local, moment

register = template.Library()

SPRITE = "vendor/tabler-icons/3.51.0/icons.svg"
PAGE_ZERO = re.compile(r"/0(?=[./?]|$)")
HYPHENED = re.compile(r"\b[A-Z]*\d+(?:-[A-Z]*\d+)+\b")
PAGE_KEYS = ("after", "before", "page")
NAME_PARTS = ("family", "given", "middle", "suffix")
UNITS = ("bytes", "kB", "MB", "GB", "TB")
DUE_ICONS = {"late": "alert-triangle", "soon": "clock-exclamation", "ok": "clock"}
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
SOON_DAYS = 3
MONTHS_OF_INFANCY = 24
DAYS_OF_NEWBORN = 31


register.filter("day", day)
register.filter("moment", moment)


@register.filter
def clock(value: datetime | None) -> str:
    """Write only the time of a moment, to the second, as `14:05:09`."""
    here = local(value)
    return f"{here:%H:%M:%S}" if isinstance(here, datetime) else ""


@register.filter
def iso(value: date | datetime | None) -> str:
    """Write a date or moment for the `datetime` attribute of `<time>`."""
    here = local(value)
    return here.isoformat() if here else ""


@register.filter
def ago(value: datetime | None) -> str:
    """Say how long ago a moment was in its largest unit: `8 s`, `5 min`, `3 h`, `12 d`."""
    if value is None:
        return ""
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


@register.filter
def age(born_on: date | None, on: date | None = None) -> str:
    """Say how old somebody is: `65`, below two years `14 mo`, in the first month `12 d`."""
    if born_on is None:
        return ""
    on = on or timezone.localdate()
    months = (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)
    if (on - born_on).days < 0:
        return ""
    if (on - born_on).days < DAYS_OF_NEWBORN:
        return f"{(on - born_on).days} d"
    return f"{months} mo" if months < MONTHS_OF_INFANCY else str(months // 12)


@register.filter
def born(person: Any) -> str:
    """Write birth date and age of `person` as `Mar 4, 1961 (65)`, as precisely as it is known."""
    born_on = _part(person, "birth_on")
    precision = str(_part(person, "birth_precision")).upper()
    if not born_on or precision == "UNKNOWN":
        return "unknown"
    years = age(born_on, _part(person, "died_on") or None)
    if precision in ("YEAR", "ESTIMATED"):
        return f"{born_on.year} (about {years})"
    if precision == "MONTH":
        return f"{MONTHS[born_on.month - 1]} {born_on.year} (about {years})"
    return f"{day(born_on)} ({years})"


@register.filter
def person_name(person: Any) -> str:
    """Write a name as records rooms do: `MUÑOZ, Rosa Elena`, suffix last."""
    return words.person_name(*(str(_part(person, name)) for name in NAME_PARTS))


@register.filter
def mrn(value: object) -> str:
    """Write a medical record number in pairs of digits, `45-50-99`; others as they are."""
    text = str(value or "")
    if not text.isdigit() or len(text) < 4:
        return text
    first = len(text) % 2
    pairs = [text[at : at + 2] for at in range(first, len(text), 2)]
    return "-".join([text[:first], *pairs] if first else pairs)


@register.filter
def ssn_last4(value: object) -> str:
    """Write only the last four digits of a social security number."""
    digits = [character for character in str(value or "") if character.isdigit()]
    return f"•••-••-{''.join(digits[-4:])}" if len(digits) >= 4 else ""


@register.filter
def filesize(value: int | None) -> str:
    """Write a number of bytes in the largest unit that keeps a digit before the point."""
    if value is None:
        return ""
    size, unit = float(value), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {UNITS[unit]}"


@register.filter
def money(value: Decimal | None) -> str:
    """Write an amount in dollars with cents: `$1,234.50`."""
    return "" if value is None else f"${value:,.2f}"


@register.filter
def browser(user_agent: str) -> str:
    """Name browser and system of a `User-Agent` header, as `Firefox on Windows`."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), "Unknown browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "unknown system")
    return f"{name} on {system}"


@register.filter
def undo_url(message: Message) -> str:
    """Return where a message's deed is undone, as `accounts.http.say_undoable` tagged it."""
    return _tagged(message, "undo:")


@register.filter
def undo_until(message: Message) -> str:
    """Return until when it can be undone, as `accounts.http.say_undoable` tagged it."""
    return _tagged(message, "until:")


@register.filter
def numbers(value: int | str) -> range:
    """Count from 1 to `value`, for loops over pages."""
    return range(1, int(value or 0) + 1)


@register.filter
def page_address(template_url: str, number: int) -> str:
    """Put a page's number in place of the `0` in the address of page 0."""
    return PAGE_ZERO.sub(f"/{number}", template_url, count=1)


@register.filter
def address_of(address: str, key: int) -> str:
    """Put a row's key in place of the `0`: a list works its address out once, for row 0."""
    return address.replace("/0/", f"/{key}/", 1)


@register.filter
def unbroken(text: object) -> object:
    """Return text in which no number is torn apart at its hyphens when the line ends.

    What is no text, or markup already, is left as it is.
    """
    if not isinstance(text, str) or isinstance(text, SafeString):
        return text
    escaped = conditional_escape(text)
    return SafeString(HYPHENED.sub(r'<span class="nowrap">\g<0></span>', escaped))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon of the sprite; with `label` it speaks, without it is decoration."""
    return _icon(name, label, css)


@register.simple_tag
def due(on: date | datetime | None, done: bool = False, today: date | None = None) -> SafeString:
    """Say when something is due in words, icon and colour: `2 days left`, `4 days late`."""
    here = local(on)
    if here is None:
        return due_mark("none", "no date")
    due_on = here.date() if isinstance(here, datetime) else here
    if done:
        return due_mark("none", f"due {day(due_on)}")
    left = (due_on - (today or timezone.localdate())).days
    tone = "late" if left < 0 else "soon" if left <= SOON_DAYS else "ok"
    return due_mark(tone, _due_text(left), title=day(due_on))


def due_mark(tone: str, text: str, title: str = "") -> SafeString:
    """Return the mark of a duty: `tone` is late, soon, ok or, without an icon, none."""
    return format_html(
        '<span class="due due-{}" title="{}">{}{}</span>',
        tone,
        title,
        _icon(DUE_ICONS[tone], "", "") if tone in DUE_ICONS else "",
        text,
    )


register.simple_tag(due_mark, name="due_mark")


@register.simple_tag(takes_context=True)
def query_string(context: Context, **changes: Any) -> str:
    """Return this page's query with `changes` made, `None` removes a key; paging starts anew."""
    query: QueryDict = context["request"].GET.copy()
    for key in PAGE_KEYS:
        query.pop(key, None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(item) for item in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


register.simple_tag(figures.bar_figure)


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, css: str) -> SafeString:
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"></use></svg>',
        css,
        SafeString(role),
        static(SPRITE),
        name,
    )


def _due_text(left: int) -> str:
    if left == 0:
        return "due today"
    days = "1 day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{days} late" if left < 0 else f"{days} left"


def _tagged(message: Message, name: str) -> str:
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix(name) for tag in tags if tag.startswith(name)), "")


def _part(person: Any, name: str) -> Any:
    if isinstance(person, Mapping):
        return person.get(name) or ""
    return getattr(person, name, "") or ""
