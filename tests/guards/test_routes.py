"""Every page has a written rule, and keeps it for every role, method and state of signing in."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from audit.models import Event
from tests.guards import people
from tests.guards.policy import EXCEPTIONS, LIBRARY, POLICY
from tests.guards.routes import Route, library_routes, own_routes

METHODS = ("GET", "POST", "PUT")
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# Ids that lead nowhere: a page that lets somebody in answers 404.
NOWHERE = {
    "number": 1,
    "page": 1,
    "step": "take",
    "token": "A" * 43,
    "key": "a-b",
    "guide": "clerk",
    "uidb36": "1",
}
UNKNOWN_ID = 987_654_321
pytestmark = pytest.mark.usefixtures("quiet")
RULED = [route for route in own_routes() if route.name in POLICY]
# Pages that do not look for the record before it is needed: what they answer to an unknown id.
UNCHECKED_GET = {
    "audit:patient_viewers": "a patient whose chart is gone still has viewers; shows an id",
    "audit:patient_viewers_export": "a patient whose chart is gone still has viewers; shows an id",
    "audit:person_patients": "a person is looked up by id in the log itself",
    "audit:person_patients_export": "a person is looked up by id in the log itself",
    "requests_release:accounting_print": "sends to the list, which looks",
    "requests_release:request_comment": "sends to the request, which looks",
}


def _path(route: Route) -> str:
    values = {name: NOWHERE.get(name, UNKNOWN_ID) for name in route.arguments}
    return reverse(route.name, kwargs=values)


def _permissions(role: str) -> frozenset[str]:
    return roles.permissions_of([role])


@pytest.mark.goal("G-02")
def test_every_page_of_ours_declares_its_rule_and_the_table_says_the_same():
    declared = {
        route.name: (" ".join(route.permissions), tuple(m for m in route.methods if m != "HEAD"))
        for route in own_routes()
        if route.permissions is not None
    }

    assert declared == POLICY


@pytest.mark.goal("G-02")
def test_pages_without_a_rule_are_exactly_those_with_a_reason():
    found = {route.name for route in own_routes() if route.permissions is None}

    assert found == set(EXCEPTIONS)
    assert all(EXCEPTIONS.values())


@pytest.mark.goal("G-02")
def test_exceptions_that_are_public_say_so_themselves():
    assert [r.name for r in own_routes() if r.is_public and r.name not in EXCEPTIONS] == []
    assert [r.name for r in own_routes() if not r.is_public and r.name in EXCEPTIONS] == []


@pytest.mark.goal("G-02")
def test_library_pages_are_exactly_those_with_a_reason():
    shadowed = {(route.name, route.pattern) for route in own_routes()}
    found = {
        route.name: route.is_public
        for route in library_routes()
        if (route.name, route.pattern) not in shadowed
    }

    assert found == {name: is_public for name, (is_public, _) in LIBRARY.items()}


def test_every_page_has_one_name_and_every_name_one_page():
    names = [route.name for route in own_routes()]

    assert sorted(names) == sorted(set(names))
    assert "" not in names


def test_every_permission_of_the_table_is_carried_by_a_role_and_every_carried_one_exists():
    asked = {name for permissions, _ in POLICY.values() for name in permissions.split()}
    carried = frozenset().union(*roles.PERMISSIONS.values())

    assert asked - carried == set()


def test_administrators_hold_no_permission_that_shows_a_patient():
    assert roles.PERMISSIONS["ADMINISTRATOR"] == {
        "accounts.manage_users",
        "access.manage_units",
        "encounters.manage_providers",
        "encounters.link_provider",
    }
    shown = {name for name, (needed, _) in POLICY.items() if set(needed.split()) <= _administer()}
    assert {name for name in shown if name.startswith("encounters:")} == {
        "encounters:provider_create",
        "encounters:provider_detail",
        "encounters:provider_link",
        "encounters:provider_list",
        "encounters:provider_unlink",
    }
    assert {name.partition(":")[0] for name in shown} == {
        "access",
        "accounts",
        "encounters",
        "help_guide",
        "help_index",
        "help_screen",
        "home",
        "saved_lists",
        "session_extend",
        "session_state",
        "status",
        "usersessions_end",
    }


def _administer() -> frozenset[str]:
    return _permissions("ADMINISTRATOR")


@pytest.mark.goal("G-01")
@pytest.mark.goal("G-22")
@pytest.mark.django_db
@pytest.mark.parametrize("role", people.ROLES)
def test_matrix_of_one_role(role):
    """Every page by every method: 405, or 403 with an event, or past the rule."""
    client = people.sign_in(people.make_person(role))
    held = _permissions(role)
    faults: list[str] = []
    refused: dict[str, str] = {}
    for route in RULED:
        for method in METHODS:
            response = client.generic(method, _path(route))
            list(response)
            seen = f"{method} {route.name} {response.status_code}"
            if method not in route.methods:
                if response.status_code != 405:
                    faults.append(seen)
            elif not set(route.permissions) <= held:
                refused[response.headers.get("X-Request-ID", seen)] = route.name
                if response.status_code != 403:
                    faults.append(seen)
            elif not _is_fit(route, method, response):
                faults.append(seen)

    assert faults == []
    _check_refusals(refused)


def _is_fit(route: Route, method: str, response) -> bool:
    """Whether somebody who got past the rule is answered as a page without its record answers."""
    names_record = any(name not in NOWHERE for name in route.arguments)
    if response.status_code == 403:  # a refusal by the step, never by the rule of the page
        return b"Your role does not allow this" not in response.content
    if method in ("GET", "HEAD") and names_record and route.name not in UNCHECKED_GET:
        return response.status_code == 404
    return response.status_code in {200, 204, 302, 400, 404, 409, 422}


@pytest.mark.goal("G-01")
@pytest.mark.django_db
def test_every_other_method_is_no_method_of_any_page():
    client = people.sign_in(people.make_person(people.NO_ROLE))
    answered = {
        f"{method} {route.name} {response.status_code} {response.headers.get('Allow')}"
        for route in RULED
        for method in EVERY_METHOD
        if method not in route.methods
        for response in [client.generic(method, _path(route))]
        if response.status_code != 405 or response.headers["Allow"] != ", ".join(route.methods)
    }

    assert answered == set()


def _check_refusals(refused: dict[str, str]) -> None:
    rows = Event.objects.filter(request_id__in=refused, outcome="REFUSED")
    told = {
        row.request_id: row.subject_id
        for row in rows
        if row.action == "PAGE_REQUESTED" and row.detail["reason"] == "PERMISSION"
    }

    assert told == refused
    assert rows.count() == len(refused)


@pytest.mark.django_db
def test_unchecked_list_holds_no_stale_page():
    names = {r.name for r in RULED if any(name not in NOWHERE for name in r.arguments)}

    assert set(UNCHECKED_GET) - names == set()


@pytest.mark.goal("G-01")
@pytest.mark.django_db
def test_signed_out_people_are_sent_to_sign_in():
    client = Client(raise_request_exception=False)
    faults = []
    for route in RULED:
        for method in ("GET", "POST"):
            path = _path(route)
            response = client.generic(method, path)
            if getattr(route.view, "is_polling", False):
                is_fit = response.status_code == 401
            else:
                wanted = f"{reverse('account_login')}?next={path}"
                is_fit = response.status_code == 302 and response.headers["Location"] == wanted
            if not is_fit or response.content:
                faults.append(f"{method} {route.name} {response.status_code}")

    assert faults == []


@pytest.mark.goal("G-14")
@pytest.mark.django_db
@pytest.mark.parametrize("duty", ["second factor", "own password"])
def test_half_authenticated_people_reach_no_page(duty, settings):
    """Whoever owes a second factor or a password of their own is kept at that."""
    user = people.make_person("CLERK", "SUPERVISOR", "COMPLIANCE")
    if duty == "second factor":
        settings.ROLES_REQUIRING_SECOND_FACTOR = ["COMPLIANCE"]
        target = reverse("mfa_index")
    else:
        user = _owing_password(user)
        target = reverse("account_change_password")
    client = people.sign_in(user)
    faults = []
    for route in RULED:
        if getattr(route.view, "is_before_duties", False):
            continue
        for method in ("GET", "POST"):
            response = client.generic(method, _path(route))
            if getattr(route.view, "is_polling", False):
                is_fit = response.status_code == 403 and target in response.headers["X-Sign-In"]
            else:
                is_sent = response.headers.get("Location", "").startswith(target)
                is_fit = response.status_code == 302 and is_sent
            if not is_fit:
                faults.append(f"{method} {route.name} {response.status_code}")

    assert faults == []


def _owing_password(user):
    from accounts.selectors.users import get_system_user
    from audit.writes import attributing

    user.must_change_password = True
    with attributing(get_system_user()):
        user.save(update_fields=["must_change_password"])
    return user


@pytest.mark.goal("G-14")
@pytest.mark.django_db
def test_what_is_open_before_duties_shows_no_patient():
    names = {r.name for r in own_routes() if getattr(r.view, "is_before_duties", False)}

    assert names == {"session_state", "session_extend", "usersessions_end"}


@pytest.mark.django_db
def test_refusals_as_json_and_fragment_are_refusals_too():
    client = people.sign_in(people.make_person(people.NO_ROLE))
    path = reverse("charts:chart_detail", kwargs={"patient_id": 1})

    as_json = client.get(path, headers={"Accept": "application/json"})
    as_fragment = client.get(path, headers={"HX-Request": "true"})

    assert (as_json.status_code, json.loads(as_json.content)["error"]) == (403, "PERMISSION")
    assert as_fragment.status_code == 403
    assert b"<html" not in as_fragment.content
    ids = [as_json.headers["X-Request-ID"], as_fragment.headers["X-Request-ID"]]
    assert Event.objects.filter(request_id__in=ids, outcome="REFUSED").count() == 2
