"""Charts drawn by the server: every bar has a title and may be a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Few bars keep the width that they have among many.
FEWEST_BARS = 24


def bar_figure(values: Sequence[Any], label: str = "By hour") -> SafeString:
    """Draw counts as bars; an item is a number or a mapping of count, label, url, is_late."""
    bars = [item if isinstance(item, Mapping) else {"count": item} for item in values]
    top = max((int(bar["count"]) for bar in bars), default=0) or 1
    drawn = format_html_join("", "{}", ((_bar(at, bar, top),) for at, bar in enumerate(bars)))
    return format_html(
        '<svg class="figure-bars" role="group" aria-label="{}" viewBox="0 0 {} 100" '
        'preserveAspectRatio="none">{}</svg>',
        label,
        max(FEWEST_BARS, len(bars)) * 10,
        drawn,
    )


def _bar(at: int, bar: Mapping[str, Any], top: int) -> SafeString:
    height = round(94 * int(bar["count"]) / top) + 1
    drawn = format_html(
        '<rect class="{}" x="{}" y="{}" width="8" height="{}"><title>{}: {}</title></rect>',
        "is-late" if bar.get("is_late") else "",
        at * 10 + 1,
        100 - height,
        height,
        bar.get("label", at),
        bar["count"],
    )
    if not bar.get("url"):
        return drawn
    name = f"{bar.get('label', at)}: {bar['count']}"
    return format_html('<a href="{}" aria-label="{}">{}</a>', bar["url"], name, drawn)
