"""Every address of the house, read from the resolver, so that no page escapes a guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

OWN_MODULES = ("audit.", "accounts.", "records.", "requests_release.", "config.")


@dataclass(frozen=True)
class Route:
    """One address: its name, what answers it, what its address must name."""

    name: str
    pattern: str
    view: Callable[..., Any]
    arguments: tuple[str, ...]

    @property
    def is_own(self) -> bool:
        """Whether the view was written here (a library's views keep their own rules)."""
        return self.view.__module__.startswith(OWN_MODULES)

    @property
    def permissions(self) -> tuple[str, ...] | None:
        """The permissions that the view declares; None where it declares nothing."""
        return getattr(self.view, "required_permissions", None)

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the view declares."""
        return getattr(self.view, "allowed_methods", ())

    @property
    def is_public(self) -> bool:
        return not getattr(self.view, "login_required", True)


def list_routes() -> list[Route]:
    """Return every route of the address tree, by name."""
    return sorted(_walk(get_resolver(), "", ()), key=lambda route: (route.name, route.pattern))


def own_routes() -> list[Route]:
    """Return the routes whose views are ours."""
    return [route for route in list_routes() if route.is_own]


def library_routes() -> list[Route]:
    """Return the routes whose views are a library's."""
    return [route for route in list_routes() if not route.is_own]


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*spaces, entry.name or ""))
            yield Route(name, path, entry.callback, tuple(entry.pattern.regex.groupindex))
