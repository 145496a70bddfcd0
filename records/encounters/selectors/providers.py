"""Practitioners as forms and imports read them."""

from __future__ import annotations

from django.db.models import QuerySet

from records.encounters.models import Provider


def list_providers() -> QuerySet[Provider]:
    """Return the active practitioners by name."""
    return Provider.objects.filter(is_active=True).order_by("name", "pk")


def find_by_npi(npi: str) -> Provider | None:
    """Return the practitioner with a national number, None if unknown."""
    return Provider.objects.filter(npi=npi).first() if npi else None
