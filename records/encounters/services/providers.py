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
    found = known.first()
    if found is None:
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
