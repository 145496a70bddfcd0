"""The people of the house, for administrators; nothing here shows a patient."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.errors import (
    AdministratorNotAlone,
    PersonChangedMeanwhile,
    PersonTaken,
    PersonUnknown,
)
from accounts.forms.users import PEOPLE, FirstPasswordForm, NewPersonForm, PersonForm
from accounts.http import fresh_sign_in_required, person
from accounts.models import User
from accounts.permissions import MANAGE_USERS
from accounts.roles import Role, labels_of
from accounts.selectors import second_factors
from accounts.selectors import users as selectors
from accounts.services import users
from audit.enums import Action
from audit.errors import Refused
from audit.http import narrowed_by, requires
from audit.services import events

MOST = 200


@requires(MANAGE_USERS)
@narrowed_by(PEOPLE)
def user_list(request: HttpRequest) -> HttpResponse:
    """List the people, filtered by words, role and whether they may sign in."""
    search, role = request.GET.get("q", ""), request.GET.get("role", "")
    active = request.GET.get("active", "")
    is_active = {"yes": True, "no": False}.get(active)
    people = list(selectors.list_users(search=search, role=role, is_active=is_active)[: MOST + 1])
    events.record(action=Action.USERS_LISTED)
    values = {
        "people": people[:MOST],
        "is_cut": len(people) > MOST,
        "roles": Role,
        "search": search,
        "role": role,
        "active": active,
    }
    return render(request, "accounts/user_list.html", values)


@requires(MANAGE_USERS, methods=("GET", "POST"))
@fresh_sign_in_required(first=None)
def user_create(request: HttpRequest) -> HttpResponse:
    """Make a sign-in."""
    form = NewPersonForm(request.POST or None)
    if request.method != "POST":
        return render(request, "accounts/user_form.html", {"form": form})
    if not form.is_valid():
        _record_refused_roles(form)
        return render(request, "accounts/user_form.html", {"form": form}, status=422)
    facts = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
    try:
        user = users.create(actor=person(request), **facts)
    except PersonTaken as taken:
        events.record_refusal(taken)
        form.add_error(None, taken.message)
        return render(request, "accounts/user_form.html", {"form": form}, status=409)
    messages.success(request, f"{user.display_name} may sign in now, with the first password.")
    return redirect("accounts:user_change", user_id=user.pk)


def _before_change(request: HttpRequest, user_id: int) -> None:
    """Refuse what cannot be: what was overtaken or incomplete is shown on the page, by proof."""
    user = _get(user_id)
    if request.method == "POST":
        form = PersonForm(request.POST, user=user)
        if form.is_valid():
            roles = form.cleaned_data["roles"]
            users.check_roles(actor=person(request), user=user, roles=roles)


@requires(MANAGE_USERS, methods=("GET", "POST"))
@fresh_sign_in_required(first=_before_change)
def user_change(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a person and their roles; the person is signed out where roles changed."""
    user = _get(user_id)
    if request.method != "POST":
        return _show(request, user)
    form = PersonForm(request.POST, user=user)
    if not form.is_valid():
        _record_refused_roles(form, user.pk)
        return _show(request, user, form=form)
    try:
        users.change(actor=person(request), user_id=user.pk, **form.cleaned_data)
    except (PersonTaken, PersonChangedMeanwhile) as overtaken:
        events.record_refusal(overtaken)
        return _show_overtaken(request, _get(user_id), form, overtaken)
    messages.success(request, "Saved.")
    return redirect("accounts:user_list")


def _before_reset(request: HttpRequest, user_id: int) -> None:
    users.check_other(actor=person(request), user=_get(user_id), action=Action.PASSWORD_CHANGED)


@requires(MANAGE_USERS, methods=("POST",))
@fresh_sign_in_required(first=_before_reset)
def user_reset_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give somebody who forgot theirs a first password again."""
    user = _get(user_id)
    form = FirstPasswordForm(request.POST, user=user)
    if not form.is_valid():
        return _show(request, user, first_password=form)
    users.reset_password(
        actor=person(request), user_id=user.pk, password=form.cleaned_data["password"]
    )
    messages.success(request, "The first password is set. Give it to the person yourself.")
    return redirect("accounts:user_change", user_id=user.pk)


def _unless_without_factor(request: HttpRequest, user_id: int) -> HttpResponse | None:
    """Say where there is no factor to take.

    Raises:
        PersonUnknown, OwnSignIn: as `users.remove_factors`.
    """
    user = _get(user_id)
    users.check_other(actor=person(request), user=user, action=Action.SECOND_FACTOR_REMOVED)
    if second_factors.list_kinds(user):
        return None
    return _say_done_before(request, f"{user.display_name} has no second factor any more.")


@requires(MANAGE_USERS, methods=("POST",))
@fresh_sign_in_required(first=_unless_without_factor)
def user_remove_factors(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the second factors of somebody who lost them."""
    answer = _unless_without_factor(request, user_id)
    if answer is not None:
        return answer
    users.remove_factors(actor=person(request), user_id=user_id)
    messages.success(request, "The second factors are removed.")
    return redirect("accounts:user_change", user_id=user_id)


def _unless_disabled(request: HttpRequest, user_id: int) -> HttpResponse | None:
    """Say where the sign-in is closed already.

    Raises:
        PersonUnknown, OwnRolesUnchangeable, LastAdministrator: as `users.disable`.
    """
    user = _get(user_id)
    users.check_disable(actor=person(request), user=user)
    if user.is_active:
        return None
    return _say_done_before(request, f"The sign-in of {user.display_name} was closed already.")


@requires(MANAGE_USERS, methods=("POST",))
@fresh_sign_in_required(first=_unless_disabled)
def user_disable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close a sign-in and end its sessions."""
    answer = _unless_disabled(request, user_id)
    if answer is not None:
        return answer
    users.disable(actor=person(request), user_id=user_id)
    messages.success(request, "The sign-in is closed.")
    return redirect("accounts:user_change", user_id=user_id)


def _unless_enabled(request: HttpRequest, user_id: int) -> HttpResponse | None:
    """Say where the sign-in is open already.

    Raises:
        PersonUnknown: as `users.enable`.
    """
    user = _get(user_id)
    if not user.is_active:
        return None
    return _say_done_before(request, f"The sign-in of {user.display_name} is open already.")


@requires(MANAGE_USERS, methods=("POST",))
@fresh_sign_in_required(first=_unless_enabled)
def user_enable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open a closed sign-in again."""
    answer = _unless_enabled(request, user_id)
    if answer is not None:
        return answer
    users.enable(actor=person(request), user_id=user_id)
    messages.success(request, "The sign-in is open again.")
    return redirect("accounts:user_change", user_id=user_id)


@requires(MANAGE_USERS, methods=("POST",))
def user_end_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """Sign a person out everywhere."""
    ended = users.end_sessions(actor=person(request), user_id=user_id)
    messages.success(request, f"Sessions ended: {ended}.")
    return redirect("accounts:user_change", user_id=user_id)


def _say_done_before(request: HttpRequest, text: str) -> HttpResponse:
    """Lead to the list, which unlike the person's page asks for no proof."""
    messages.info(request, text)
    return redirect("accounts:user_list")


def _record_refused_roles(form: PersonForm, user_id: int | None = None) -> None:
    if form.asks_for_too_much:
        events.record_refusal(AdministratorNotAlone(user_id))


def _show_overtaken(
    request: HttpRequest, user: User, form: PersonForm, overtaken: Refused
) -> HttpResponse:
    """Show what was entered beside the person as they stand now; saving again saves over it."""
    form.add_error(None, overtaken.message)
    form.renew(selectors.fingerprint(user))
    response = _show(request, user, form=form)
    response.status_code = overtaken.status
    return response


def _get(user_id: int) -> User:
    user = selectors.list_users().filter(pk=user_id).first()
    if user is None:
        raise PersonUnknown(user_id)
    return user


def _show(
    request: HttpRequest,
    user: User,
    form: PersonForm | None = None,
    first_password: FirstPasswordForm | None = None,
) -> HttpResponse:
    is_refused = form is not None or first_password is not None
    initial = {
        "display_name": user.display_name,
        "email": user.email,
        "roles": sorted(user.role_names),
        "seen": selectors.fingerprint(user),
    }
    values: dict[str, Any] = {
        "form": form or PersonForm(user=user, initial=initial),
        "first_password": first_password or FirstPasswordForm(user=user),
        "person": user,
        "held": labels_of(user.role_names),
        "is_self": user.pk == person(request).pk,
        "factors": second_factors.list_kinds(user),
    }
    status = 422 if is_refused else 200
    return render(request, "accounts/user_form.html", values, status=status)
