"""The side bar shows each role its desks, and only pages that exist."""

from collections import defaultdict

import pytest
from django.urls import include, path

from accounts.roles import Role, permissions_of
from config import navigation
from config.navigation import Desk


def _page(request):
    raise AssertionError


def _house():
    """Return a page for every desk, so that none is left out."""
    rooms = defaultdict(list)
    for desk in navigation.DESKS:
        room, _, page = desk.url_name.rpartition(":")
        rooms[room].append(path(f"{page}/", _page, name=page))
    alone = rooms.pop("")
    return [*alone, *(path(f"{room}/", include((pages, room))) for room, pages in rooms.items())]


urlpatterns = _house()


class Person:
    """Somebody with roles, as far as the side bar asks."""

    def __init__(self, *roles):
        self.permissions = permissions_of(frozenset(roles))

    def has_perm(self, name):
        return name in self.permissions


@pytest.fixture(autouse=True)
def whole_house(settings):
    """Addresses of every desk; they are looked up once a process, so forget them around it."""
    settings.ROOT_URLCONF = __name__
    navigation.address.cache_clear()
    navigation.url_of.cache_clear()
    yield
    navigation.address.cache_clear()
    navigation.url_of.cache_clear()


def test_work_is_counted_by_desk_and_in_all():
    numbers = [
        ("requests_release:request_board", 3),
        ("requests_release:delivery_list", 4),
        ("nowhere:at_all", 5),
        ("home", 1),
    ]

    assert navigation.count_by_desk(numbers) == {"home": 13, "release": 7}


def test_links_carry_what_waits_where_it_is_known():
    links = navigation.list_links(Person(Role.CLERK), waiting={"release": 7})

    assert [link.waiting for link in links if link.desk.name == "release"] == [7]
    assert {link.waiting for link in links if link.desk.name != "release"} == {0}


def _names(person, **where):
    return [link.desk.name for link in navigation.list_links(person, **where)]


@pytest.mark.parametrize(
    ("role", "desks"),
    [
        (Role.CLERK, ["home", "patients", "documents", "imports", "release", "retention"]),
        (
            Role.SUPERVISOR,
            [
                *("home", "patients", "documents", "imports", "release", "retention", "glass"),
                *("access_requests", "practitioners"),
            ],
        ),
        (Role.COMPLIANCE, ["home", "patients", "release", "retention", "audit", "glass"]),
        (Role.PROVIDER, ["home", "patients"]),
        (Role.ADMINISTRATOR, ["home", "users", "units", "practitioners"]),
    ],
)
def test_role_sees_its_desks(role, desks):
    assert _names(Person(role)) == desks


def test_person_of_two_roles_sees_both():
    assert _names(Person(Role.PROVIDER, Role.COMPLIANCE)) == [
        *("home", "patients", "release", "retention", "audit", "glass"),
    ]


def test_desk_without_page_is_left_out(settings):
    settings.ROOT_URLCONF = "tests.config.no_pages"

    assert _names(Person(Role.CLERK)) == []


@pytest.mark.parametrize(
    ("where", "current"),
    [
        ({"url_name": "home"}, ["home"]),
        ({"url_name": "patients:patient_register", "area": "patients"}, ["patients"]),
        ({"url_name": "charts:chart_detail", "area": "charts"}, ["patients"]),
        ({"url_name": "encounters:encounter_admit", "area": "encounters"}, ["patients"]),
        ({"url_name": "encounters:provider_detail", "area": "encounters"}, ["practitioners"]),
        ({"url_name": "documents:document_view", "area": "documents"}, ["patients"]),
        ({"url_name": "documents:unfiled_file", "area": "documents"}, ["documents"]),
        ({"url_name": "documents:unfiled_discard", "area": "documents"}, ["documents"]),
        ({"url_name": "access:glass_list", "area": "access"}, ["glass"]),
        ({"url_name": "access:glass_review", "area": "access"}, ["glass"]),
        ({"url_name": "access:glass_break", "area": "access"}, ["patients"]),
        ({"url_name": "access:chart_rights", "area": "access"}, ["patients"]),
        ({"url_name": "access:access_request_ask", "area": "access"}, ["patients"]),
        ({"url_name": "access:access_request_own", "area": "access"}, ["home"]),
        ({"url_name": "access:access_request_decide", "area": "access"}, ["access_requests"]),
        ({"url_name": "access:unit_detail", "area": "access"}, ["units"]),
        ({"url_name": "account_login", "area": ""}, []),
    ],
)
def test_page_marks_the_desk_it_belongs_to(where, current):
    links = navigation.list_links(Person(*Role), **where)

    assert [link.desk.name for link in links if link.is_current] == current


@pytest.mark.parametrize(
    ("url_name", "name"),
    [
        ("requests_release:request_board", "release"),
        ("requests_release:approval_list", "release"),
        ("access:glass_list", "glass"),
        ("interchange:import_list", "imports"),
    ],
)
def test_work_is_counted_at_the_desk_where_it_is_done(url_name, name):
    assert navigation.desk_of(url_name).name == name


def test_work_of_no_desk_is_counted_nowhere():
    assert navigation.desk_of("health_live") is None


def test_keys_and_names_of_desks_are_unique():
    keys = [desk.key for desk in navigation.DESKS]

    assert len(set(keys)) == len(keys)
    assert len({desk.name for desk in navigation.DESKS}) == len(keys)


def test_every_desk_names_a_permission_that_a_role_has():
    granted = permissions_of(frozenset(Role))
    named = {name for desk in navigation.DESKS for name in desk.permissions}

    assert named - granted == set()


def test_desk_opens_to_holders_of_any_of_its_permissions():
    desk = Desk("x", "X", "flag", "home", permissions=("a.b", "audit.view_event"))

    assert navigation._may_enter(Person(Role.COMPLIANCE), desk)
    assert not navigation._may_enter(Person(Role.CLERK), desk)
