"""Practitioners as forms and imports read them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from records.encounters.models import Provider


def list_providers() -> QuerySet[Provider]:
    """Return the active practitioners by name."""
    return Provider.objects.filter(is_active=True).order_by("name", "pk")


def find_by_npi(npi: str) -> Provider | None:
    """Return the practitioner with a national number, None if unknown."""
    return Provider.objects.filter(npi=npi).first() if npi else None


def map_providers(provider_ids: Collection[int]) -> dict[int, Provider]:
    """Return practitioners by their keys, in one query."""
    return Provider.objects.in_bulk(provider_ids)
