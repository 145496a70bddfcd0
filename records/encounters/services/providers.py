"""Practitioners: known by name and national number, linked to a sign-in where they have one."""

from __future__ import annotations

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.encounters.models import Provider


@attributed
def ensure(*, actor: User, name: str, npi: str = "") -> Provider:
    """Return the practitioner with this number (or this name, without a number), made if new."""
    known = Provider.objects.filter(npi=npi) if npi else Provider.objects.filter(npi="", name=name)
    return known.first() or add(actor=actor, name=name, npi=npi)


@attributed
def add(*, actor: User, name: str, npi: str = "") -> Provider:
    """Return a new practitioner, though one of the same name is known.

    Imports know practitioners by the numbers of their source: a name alone must not lead from
    a stranger's patients to a sign-in of this house.
    """
    found = Provider.objects.create(name=name, npi=npi)
    _record(actor, found)
    return found


@attributed
def link_user(*, actor: User, provider: Provider, user: User) -> Provider:
    """Say which sign-in is this practitioner's, so that care leads to the charts."""
    provider.user = user
    provider.save(update_fields=["user"])
    _record(actor, provider)
    return provider


def _record(actor: User, provider: Provider) -> None:
    events.record(
        action=Action.PROVIDER_CHANGED,
        actor=actor,
        subject_type="provider",
        subject_id=provider.pk,
    )
