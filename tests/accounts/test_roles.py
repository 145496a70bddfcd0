"""Roles: groups synced from code, permissions by role, never by rows."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from accounts.backends import RoleBackend
from accounts.models import User
from accounts.roles import PERMISSIONS, Role, labels_of, permissions_of
from accounts.selectors import users as selectors
from accounts.selectors.users import get_system_user
from audit import subjects
from audit.presenters import words
from audit.writes import attributing
from tests.factories.people import again, make_user

PRACTITIONERS = ("encounters.manage_providers", "encounters.link_provider")
CHART_PERMISSIONS = {
    name
    for role in Role
    for name in PERMISSIONS[role]
    if not name.startswith(("accounts.", "access.manage_units", *PRACTITIONERS))
}


def test_groups_are_the_roles(db):
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_administrator_carries_nothing_that_leads_to_a_patient():
    assert PERMISSIONS[Role.ADMINISTRATOR] == {
        "accounts.manage_users",
        "access.manage_units",
        *PRACTITIONERS,
    }
    assert not PERMISSIONS[Role.ADMINISTRATOR] & CHART_PERMISSIONS


@pytest.mark.parametrize(
    "permission, roles",
    [
        ("access.break_glass", {"CLERK", "SUPERVISOR", "PROVIDER"}),
        ("access.review_broken_glass", {"COMPLIANCE"}),
        ("access.view_broken_glass", {"SUPERVISOR", "COMPLIANCE"}),
        ("access.grant_chart", {"SUPERVISOR"}),
        ("access.move_chart", {"SUPERVISOR"}),
        ("access.manage_units", {"ADMINISTRATOR"}),
        ("accounts.manage_users", {"ADMINISTRATOR"}),
        ("audit.view_event", {"COMPLIANCE"}),
        ("encounters.manage_providers", {"SUPERVISOR", "ADMINISTRATOR"}),
        ("encounters.link_provider", {"ADMINISTRATOR"}),
        ("requests_release.approve_request", {"SUPERVISOR"}),
        ("requests_release.export_list", {"SUPERVISOR", "COMPLIANCE"}),
        ("retention.export_list", {"SUPERVISOR", "COMPLIANCE"}),
        ("retention.approve_first", {"SUPERVISOR"}),
        ("retention.approve_second", {"COMPLIANCE"}),
        ("access.open_chart", {"CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER"}),
    ],
)
def test_permission_belongs_to_just_these_roles(permission, roles):
    assert {str(role) for role in Role if permission in PERMISSIONS[role]} == roles


def test_several_roles_add_up_and_unknown_ones_give_nothing():
    both = permissions_of(["PROVIDER", "COMPLIANCE", "ROOT"])

    assert both == PERMISSIONS[Role.PROVIDER] | PERMISSIONS[Role.COMPLIANCE]
    assert permissions_of([]) == frozenset()


@pytest.mark.parametrize("role", Role)
def test_role_has_one_word_on_pages_and_in_the_log(role):
    assert words.roles(role.value) == role.label
    assert labels_of([role.value]) == [role.label]


def test_roles_are_named_in_the_order_of_the_house():
    assert labels_of({"COMPLIANCE", "CLERK", "ROOT"}) == ["Clerk", "Compliance officer"]


def test_permissions_cost_one_query_a_loaded_person(django_assert_num_queries, db):
    user = again(make_user(Role.CLERK))

    with django_assert_num_queries(1):
        assert user.has_perm("access.open_chart")
        assert not user.has_perm("access.manage_units")
        assert not user.has_perms(["access.open_chart", "audit.view_event"])


def test_person_of_a_session_comes_with_the_roles_in_one_query(django_assert_num_queries, db):
    user = make_user(Role.CLERK, Role.PROVIDER)

    with django_assert_num_queries(1):
        found = RoleBackend().get_user(user.pk)
        assert found.role_names == {"CLERK", "PROVIDER"}
        assert found.has_perm("patients.register_patient")

    assert (found, found.display_name) == (user, user.display_name)


def test_person_without_a_role_has_none_and_a_disabled_one_is_nobody(db):
    user = make_user()
    assert RoleBackend().get_user(user.pk).role_names == frozenset()

    with attributing(get_system_user()):
        user.is_active = False
        user.save(update_fields=["is_active"])

    assert RoleBackend().get_user(user.pk) is None
    assert RoleBackend().get_user(user.pk + 1000) is None


@pytest.mark.parametrize("is_active, expected", [(True, True), (False, False)])
def test_disabled_person_holds_nothing(db, is_active, expected):
    user = make_user(Role.CLERK)
    user.is_active = is_active

    assert user.has_perm("access.open_chart") is expected


def test_permission_on_an_object_is_never_answered_here(db):
    user = make_user(Role.CLERK)

    assert user.has_perm("access.open_chart", object()) is False
    assert AnonymousUser().has_perm("access.open_chart") is False


@pytest.mark.parametrize(
    "name, expected",
    [("Rosa Delgado", "RD"), ("Cher", "C"), ("Ana Maria de Souza", "AS"), ("  ", "")],
)
def test_initials(name, expected):
    assert User(display_name=name).initials == expected


@pytest.mark.parametrize(
    "typed, is_found",
    [("rosa", True), ("ROSA", True), ("Rosa.D@example.org", True), ("osa", False), ("", False)],
)
def test_person_is_found_by_name_or_address(db, typed, is_found):
    user = make_user(Role.CLERK, username="rosa", email="rosa.d@example.org")

    assert selectors.find_id(typed) == (user.pk if is_found else None)
    assert subjects.find(subjects.PERSON, typed) == ([str(user.pk)] if is_found else [])


@pytest.mark.parametrize(
    "credentials, expected",
    [
        ({"username": " Rosa "}, "rosa"),
        ({"email": "R@X.org"}, "r@x.org"),
        ({"username": "rosa", "email": "r@x.org"}, "rosa"),
        ({}, ""),
        ({"username": None}, ""),
    ],
)
def test_credentials_are_read_in_one_form(credentials, expected):
    assert selectors.read_credentials(credentials) == expected


def test_log_shows_names(db):
    user = make_user(Role.CLERK, display_name="Rosa Delgado")

    assert subjects.labels(subjects.PERSON, [user.pk, 987654, "x"]) == {
        str(user.pk): "Rosa Delgado",
        "987654": "user 987654",
        "x": "user x",
    }


def test_holders_of_a_role_are_the_active_ones_by_name(db):
    beth, anna = (make_user(Role.COMPLIANCE, display_name=name) for name in ("Beth", "Anna"))
    gone = make_user(Role.COMPLIANCE)
    with attributing(get_system_user()):
        User.objects.filter(pk=gone.pk).update(is_active=False)

    assert list(selectors.list_holders("COMPLIANCE")) == [anna, beth]
    assert selectors.map_names({anna.pk, beth.pk}) == {anna.pk: "Anna", beth.pk: "Beth"}
