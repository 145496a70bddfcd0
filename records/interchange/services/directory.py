"""Practitioners and organizations of a source."""

from __future__ import annotations

from dataclasses import dataclass

from audit.writes import attributing
from records.encounters.models import Provider
from records.encounters.selectors import providers as provider_selectors
from records.encounters.services import providers
from records.interchange.enums import ItemKind
from records.interchange.models import ImportedItem
from records.interchange.rules.visits import clipped
from records.interchange.selectors import items as selectors
from records.interchange.services import items
from records.interchange.services.orders import Order, Taken
from records.interchange.values import OrganizationValue, ProviderValue, ReadResult, Reference

LONGEST_NAME = 160


def take(order: Order, result: ReadResult) -> Taken:
    """Take up the practitioners and organizations of a file, in one transaction."""
    values: list[ProviderValue | OrganizationValue] = [*result.providers, *result.organizations]
    taken = Taken()
    known = selectors.get_items(order.feed, [value.source_key for value in values])
    met = {value.source_key: known.get(selectors.key_of(value.source_key)) for value in values}
    fresh = [value for value in values if has_news(value, met[value.source_key])]
    old = [item for item in met.values() if item is not None]
    taken.unchanged = len(values) - len(fresh)
    if fresh:
        with attributing(order.actor):
            for value in fresh:
                taken.others += take_one(order, value, met[value.source_key])
    items.touch(actor=order.actor, items=old)
    return taken


def has_news(value: ProviderValue | OrganizationValue, item: ImportedItem | None) -> bool:
    if item is None:
        return bool(name_of(value))
    return item.source_hash != value.source_hash or not set(value.aliases) <= set(item.aliases)


def take_one(
    order: Order, value: ProviderValue | OrganizationValue, item: ImportedItem | None
) -> int:
    """Write one that is new or changed; a changed name becomes the name for what comes next."""
    label = name_of(value)
    if item is not None:
        items.change(order, item, aliases=value.aliases, label=label, source_hash=value.source_hash)
        return 1
    is_provider = isinstance(value, ProviderValue)
    provider = provider_of(order, value) if isinstance(value, ProviderValue) else None
    items.add(
        order,
        source_key=value.source_key,
        kind=ItemKind.PROVIDER if is_provider else ItemKind.ORGANIZATION,
        source_hash=value.source_hash,
        object_id=provider.pk if provider else None,
        aliases=value.aliases,
        label=label,
    )
    return 1


def provider_of(order: Order, value: ProviderValue) -> Provider:
    """Return the practitioner of a national number, else a new one: a name alone proves nothing."""
    name = clipped(value.name.filed if value.name else "", LONGEST_NAME)
    if value.npi:
        return providers.ensure(actor=order.actor, name=name, npi=value.npi)
    return providers.add(actor=order.actor, name=name)


def name_of(value: ProviderValue | OrganizationValue) -> str:
    if isinstance(value, OrganizationValue):
        return clipped(value.name, LONGEST_NAME)
    return clipped(value.name.shown if value.name else "", LONGEST_NAME)


@dataclass(frozen=True)
class Directory:
    """Who the references of one patient's part mean."""

    items: dict[str, ImportedItem]
    providers: dict[int, Provider]

    def provider(self, reference: Reference | None) -> Provider | None:
        """Return the practitioner that a reference means, if known here."""
        item = self.item(reference)
        return self.providers.get(item.object_id or 0) if item else None

    def item(self, reference: Reference | None) -> ImportedItem | None:
        if reference is None:
            return None
        return self.items.get(reference.key) or self.items.get(reference.text)


def look_up(order: Order, references: list[Reference]) -> Directory:
    """Return who some references mean: by key in the same file, by alias in others."""
    keys = {selectors.key_of(each.key): each.key for each in references if each.key}
    known = selectors.get_items(order.feed, list(keys))
    found = {keys[key]: item for key, item in known.items()}
    texts = [each.text for each in references if each.text and not each.key]
    for kind in (ItemKind.PROVIDER, ItemKind.ORGANIZATION):
        found |= selectors.find_by_aliases(order.feed, texts, kind)
    ids = [item.object_id for item in found.values() if item.object_id is not None]
    return Directory(found, provider_selectors.map_providers(ids))
