"""Every screen has its place in the guide of everybody who may stand before it."""

from fnmatch import fnmatchcase

import pytest

from accounts import roles
from accounts.roles import Role
from config.help import guides
from tests.guards.policy import LIBRARY
from tests.guards.routes import list_routes, own_routes

# What answers no page with a frame, and what it answers.
NO_SCREEN = {
    "access:glass_close": "goes home",
    "documents:page_image": "a picture",
    "documents:thumbnail": "a picture",
    "documents:unfiled_page": "a picture",
    "documents:unfiled_thumbnail": "a picture",
    "health_live": "a word for load balancers",
    "health_ready": "a word for monitors",
    "interchange:import_progress": "a part of a page",
    "patients:recent_list": "a part of the list of commands",
    "release_links:link_download": "a page for strangers",
    "requests_release:package_progress": "a part of a page",
    "retention:batch_progress": "a part of a page",
    "session_extend": "figures for a script",
    "session_state": "figures for a script",
    "status": "figures for a script",
    "account_email": "closed",
    "account_confirm_email": "closed",
    "account_email_verification_sent": "closed",
    "account_confirm_login_code": "closed",
    "account_set_password": "closed",
    "account_reset_password": "a page for strangers",
    "account_reset_password_done": "a page for strangers",
    "account_reset_password_from_key": "a page for strangers",
    "account_reset_password_from_key_done": "a page for strangers",
}


def screens():
    """Return the name of each page with a frame, and the permissions that it needs."""
    own = {
        route.name: frozenset(route.permissions or ())
        for route in own_routes()
        if route.name not in NO_SCREEN
    }
    return own | {name: frozenset() for name, (is_public, _) in LIBRARY.items() if not is_public}


@pytest.mark.parametrize("role", Role.values)
def test_every_screen_of_a_role_stands_in_a_guide_that_the_role_reads(role):
    held = roles.permissions_of([role])
    silent = [
        name
        for name, needed in screens().items()
        if needed <= held and not guides.about(name, {role}).sections
    ]

    assert silent == [], "name them below a heading of a guide: <!-- Pages: room:page -->"


def test_every_page_that_a_guide_names_exists():
    names = {route.name for route in list_routes()} | {guides.NOWHERE}
    stale = [
        f"{section.guide}: {page}"
        for guide in guides.all_guides().values()
        for section in guide.sections
        for page in section.pages
        if not any(fnmatchcase(name, page) for name in names)
    ]

    assert stale == []


def test_list_of_what_has_no_screen_is_not_stale():
    assert set(NO_SCREEN) - {route.name for route in own_routes()} == set()
    assert all(NO_SCREEN.values())


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_its_guide_and_reads_it_first(role):
    first = guides.list_for({role})[0]

    assert first.name == role.lower()
    assert first.title == Role(role).label
