"""The side bar: which desks there are, and which of them a person sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.auth.models import PermissionsMixin
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Desk:
    """A place of work; shown to holders of any of `permissions`, to everybody if there are none.

    Its pages are those of the rooms in `areas`, and before these all whose name begins with one
    of `pages`.
    """

    name: str
    label: str
    icon: str
    url_name: str
    key: str = ""
    permissions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    is_setting: bool = False


@dataclass(frozen=True)
class Link:
    """A desk as one person's page shows it."""

    desk: Desk
    url: str
    is_current: bool
    waiting: int = 0


DESKS: tuple[Desk, ...] = (
    Desk(
        "home",
        "My work",
        "home",
        "home",
        key="h",
        areas=("home",),
        pages=("access:access_request_own",),
    ),
    Desk(
        "patients",
        "Patients",
        "user-search",
        "patients:patient_search",
        key="p",
        permissions=("patients.search_directory",),
        areas=("patients", "charts", "encounters", "documents"),
        pages=("access:chart_", "access:glass_break", "access:access_request_ask"),
    ),
    Desk(
        "documents",
        "Indexing",
        "inbox",
        "documents:unfiled_list",
        key="i",
        permissions=("documents.file_document",),
        pages=("documents:unfiled_",),
    ),
    Desk(
        "imports",
        "Imports",
        "file-import",
        "interchange:import_list",
        key="m",
        permissions=("interchange.view_import",),
        areas=("interchange",),
    ),
    Desk(
        "release",
        "Release",
        "send",
        "requests_release:request_board",
        key="r",
        permissions=("requests_release.view_request",),
        areas=("requests_release",),
    ),
    Desk(
        "retention",
        "Retention",
        "hourglass",
        "retention:home",
        key="t",
        permissions=("retention.view_retention",),
        areas=("retention",),
    ),
    Desk(
        "audit",
        "Access log",
        "shield-check",
        "audit:event_list",
        key="a",
        permissions=("audit.view_event",),
        areas=("audit",),
    ),
    Desk(
        "glass",
        "Emergency access",
        "hammer",
        "access:glass_list",
        key="b",
        permissions=("access.view_broken_glass",),
        pages=("access:glass_list", "access:glass_review"),
    ),
    Desk(
        "access_requests",
        "Access asked for",
        "key",
        "access:access_request_list",
        key="k",
        permissions=("access.grant_chart",),
        pages=("access:access_request_",),
    ),
    Desk(
        "users",
        "People",
        "users",
        "accounts:user_list",
        key="u",
        permissions=("accounts.manage_users",),
        areas=("accounts",),
        is_setting=True,
    ),
    Desk(
        "units",
        "Units",
        "building-hospital",
        "access:unit_list",
        key="n",
        permissions=("access.manage_units",),
        areas=("access",),
        is_setting=True,
    ),
    Desk(
        "practitioners",
        "Practitioners",
        "stethoscope",
        "encounters:provider_list",
        key="d",
        permissions=("encounters.manage_providers",),
        pages=("encounters:provider_",),
        is_setting=True,
    ),
)


def list_links(
    user: PermissionsMixin,
    *,
    url_name: str = "",
    area: str = "",
    waiting: Mapping[str, int] | None = None,
) -> list[Link]:
    """Return the desks of `user`; one whose page does not exist is left out.

    `url_name` and `area` tell where the person is: the page wins over the room. `waiting` is how
    much waits at each desk, where the page knows it.
    """
    shown = [desk for desk in DESKS if url_of(desk) and _may_enter(user, desk)]
    current = _find_desk(shown, url_name, area)
    counts = waiting or {}
    return [Link(desk, url_of(desk), desk is current, counts.get(desk.name, 0)) for desk in shown]


def desk_of(url_name: str) -> Desk | None:
    """Return the desk at which work behind the page `url_name` is done."""
    return _find_desk(DESKS, url_name, url_name.partition(":")[0])


def count_by_desk(numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return how much waits at each desk, and in all under `home`, of (page, how much) pairs."""
    counts: Counter[str] = Counter()
    for url_name, number in numbers:
        desk = desk_of(url_name)
        counts["home"] += number
        if desk is not None and desk.name != "home":
            counts[desk.name] += number
    return dict(counts)


@lru_cache(maxsize=64)
def url_of(desk: Desk) -> str:
    """Return the address of the desk's page, empty where there is none."""
    return address(desk.url_name)


@lru_cache(maxsize=64)
def address(url_name: str) -> str:
    """Return the address of a page without arguments, empty where there is none."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _find_desk(desks: Sequence[Desk], url_name: str, area: str) -> Desk | None:
    """Return the desk that the page is of: by its own name, by its beginning, or by its room."""
    found = [desk for desk in desks if desk.url_name == url_name]
    found += [desk for desk in desks if desk.pages and url_name.startswith(desk.pages)]
    found += [desk for desk in desks if area and area in desk.areas]
    return next(iter(found), None)


def _may_enter(user: PermissionsMixin, desk: Desk) -> bool:
    return not desk.permissions or any(user.has_perm(name) for name in desk.permissions)
