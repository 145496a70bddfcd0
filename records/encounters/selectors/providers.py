"""Practitioners as forms, imports and the desk that keeps them read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import users
from records.encounters.models import Provider


def list_providers() -> QuerySet[Provider]:
    """Return the active practitioners by name."""
    return Provider.objects.filter(is_active=True).order_by("name", "pk")


def list_all(*, search: str = "", is_active: bool | None = None) -> QuerySet[Provider]:
    """Return practitioners in use or not, by name, with their sign-ins, in one query.

    `search` looks into the name and at the beginning of the number. `is_sign_in_fit` says whether
    the sign-in is open and holds the role Provider.
    """
    is_fit = Exists(users.list_holders(Role.PROVIDER).filter(pk=OuterRef("user_id")))
    found = Provider.objects.select_related("user").annotate(is_sign_in_fit=is_fit)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(npi__startswith=search))
    if is_active is not None:
        found = found.filter(is_active=is_active)
    return found.order_by("name", "pk")


def list_free_sign_ins() -> QuerySet[User]:
    """Return the open sign-ins that hold the role Provider and are no practitioner's, by name."""
    return users.list_holders(Role.PROVIDER).filter(provider__isnull=True)


def fingerprint(provider: Provider) -> str:
    """Return what tells one state of a practitioner, as its form edits it, from another."""
    stated = [provider.name, provider.npi, provider.is_active]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()[:16]


def find_submitted(submission_key: UUID | None) -> Provider | None:
    """Return the practitioner that a form with this key added, None if none did."""
    return (
        Provider.objects.filter(submission_key=submission_key).first() if submission_key else None
    )


def find_by_npi(npi: str) -> Provider | None:
    """Return the practitioner with a national number, None if unknown."""
    return Provider.objects.filter(npi=npi).first() if npi else None


def map_providers(provider_ids: Collection[int]) -> dict[int, Provider]:
    """Return practitioners by their keys, in one query."""
    return Provider.objects.in_bulk(provider_ids)
