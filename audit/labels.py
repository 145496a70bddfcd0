"""What the log calls its own subjects: events, pages and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from audit import subjects


def _label_events(ids: Sequence[str]) -> Mapping[str, str]:
    return {value: f"event {value}" for value in ids}


def _url_of_event(event_id: str) -> str:
    return reverse("audit:event_detail", args=[int(event_id)])


def _label_pages(ids: Sequence[str]) -> Mapping[str, str]:
    """Name a page by its own name: `face sheet page` for face_sheet, without its room."""
    return {value: f"{value.rpartition(':')[2].replace('_', ' ')} page" for value in ids}


def register() -> None:
    """Tell the log what events, pages within a chart, and refused routes are called."""
    subjects.register("event", _label_events, _url_of_event)
    subjects.register("page", _label_pages)
    subjects.register("route", _label_pages)
