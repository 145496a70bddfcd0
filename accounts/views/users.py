"""The people of the house, for administrators; nothing here shows a patient."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.forms.users import NewPersonForm, PersonForm
from accounts.http import fresh_sign_in_required, person
from accounts.permissions import MANAGE_USERS
from accounts.roles import Role
from accounts.selectors import users as selectors
from accounts.services import users
from audit.enums import Action
from audit.http import requires
from audit.services import events


@requires(MANAGE_USERS)
def user_list(request: HttpRequest) -> HttpResponse:
    """List the people, filtered by words, role and whether they may sign in."""
    search, role = request.GET.get("q", ""), request.GET.get("role", "")
    is_active = {"yes": True, "no": False}.get(request.GET.get("active", ""))
    people = selectors.list_users(search=search, role=role, is_active=is_active)[:200]
    events.record(action=Action.USERS_LISTED)
    values = {"people": people, "roles": Role, "search": search, "role": role}
    return render(request, "accounts/user_list.html", values)


@requires(MANAGE_USERS, methods=("GET", "POST"))
@fresh_sign_in_required
def user_create(request: HttpRequest) -> HttpResponse:
    """Make a sign-in."""
    form = NewPersonForm(request.POST or None)
    if request.method != "POST":
        return render(request, "accounts/user_form.html", {"form": form})
    if not form.is_valid():
        return render(request, "accounts/user_form.html", {"form": form}, status=422)
    user = users.create(actor=person(request), **form.cleaned_data)
    return redirect("accounts:user_change", user_id=user.pk)


@requires(MANAGE_USERS, methods=("GET", "POST"))
@fresh_sign_in_required
def user_change(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a person and their roles; the person is signed out where roles changed."""
    user = get_object_or_404(selectors.list_users(), pk=user_id)
    initial = {
        "display_name": user.display_name,
        "email": user.email,
        "roles": sorted(user.role_names),
    }
    form = PersonForm(request.POST or None, user=user, initial=initial)
    values: dict[str, Any] = {"form": form, "person": user}
    if request.method != "POST":
        return render(request, "accounts/user_form.html", values)
    if not form.is_valid():
        return render(request, "accounts/user_form.html", values, status=422)
    data = form.cleaned_data
    actor = person(request)
    if set(data["roles"]) != user.role_names:
        users.set_roles(actor=actor, user_id=user.pk, roles=data["roles"])
    users.change(
        actor=actor, user_id=user.pk, email=data["email"], display_name=data["display_name"]
    )
    return redirect("accounts:user_list")


@requires(MANAGE_USERS, methods=("POST",))
@fresh_sign_in_required
def user_disable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close a sign-in and end its sessions."""
    users.disable(actor=person(request), user_id=user_id)
    return redirect("accounts:user_change", user_id=user_id)


@requires(MANAGE_USERS, methods=("POST",))
@fresh_sign_in_required
def user_enable(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open a closed sign-in again."""
    users.enable(actor=person(request), user_id=user_id)
    return redirect("accounts:user_change", user_id=user_id)


@requires(MANAGE_USERS, methods=("POST",))
def user_end_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """Sign a person out everywhere."""
    users.end_sessions(actor=person(request), user_id=user_id)
    return redirect("accounts:user_change", user_id=user_id)
