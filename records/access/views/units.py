"""Custody units and the rights on them, for administrators; nothing here shows a patient."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import fresh_sign_in_required, fresh_sign_in_to_post, person
from audit.http import requires
from audit.services import events
from records.access.enums import UnitRight
from records.access.errors import UnitChangedMeanwhile, UnitTaken
from records.access.forms.units import GrantForm, NewUnitForm, RevokeForm, UnitForm
from records.access.models import CustodyUnit
from records.access.permissions import MANAGE_UNITS
from records.access.selectors import holders
from records.access.selectors import units as selectors
from records.access.services import rights, units

FIELDS = ("name", "is_listed", "sensitivity_classes", "is_active")


@requires(MANAGE_UNITS)
def unit_list(request: HttpRequest) -> HttpResponse:
    """List the custody units."""
    return render(request, "access/unit_list.html", {"units": selectors.list_units()})


def _before_create(request: HttpRequest) -> HttpResponse | None:
    return _unless_complete(request, NewUnitForm(request.POST))


def _unless_complete(request: HttpRequest, form: NewUnitForm) -> HttpResponse | None:
    """Show again a form that is not complete, or whose code is taken."""
    if form.is_valid():
        return None
    return render(request, "access/unit_form.html", {"form": form}, status=422)


@requires(MANAGE_UNITS, methods=("GET", "POST"))
@fresh_sign_in_to_post(first=_before_create)
def unit_create(request: HttpRequest) -> HttpResponse:
    """Make a custody unit."""
    if request.method != "POST":
        return render(request, "access/unit_form.html", {"form": NewUnitForm()})
    form = NewUnitForm(request.POST)
    answer = _unless_complete(request, form)
    if answer is not None:
        return answer
    asked = ("facility", "code", "name", "is_listed", "sensitivity_classes")
    facts = {name: form.cleaned_data[name] for name in asked}
    try:
        unit = units.create(actor=person(request), **facts)
    except UnitTaken as taken:
        events.record_refusal(taken)
        form.add_error(None, taken.message)
        return render(request, "access/unit_form.html", {"form": form}, status=409)
    return redirect("access:unit_detail", unit_id=unit.pk)


def _before_change(request: HttpRequest, unit_id: int) -> HttpResponse | None:
    """Show again a form that is not complete, or was overtaken: the page needs no proof."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    form = UnitForm(request.POST, initial=_initial(unit))
    if not form.is_valid():
        return _detail(request, unit, form, GrantForm(), 422)
    try:
        units.check_seen(unit, form.cleaned_data["seen"])
    except UnitChangedMeanwhile as stale:
        return _show_overtaken(request, unit_id, form, stale)
    return None


@requires(MANAGE_UNITS, methods=("GET", "POST"))
@fresh_sign_in_to_post(first=_before_change)
def unit_detail(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Change a unit; show who holds which right on it."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    form = UnitForm(request.POST or None, initial=_initial(unit))
    if request.method == "POST" and form.is_valid():
        try:
            units.change(actor=person(request), unit_id=unit.pk, **form.cleaned_data)
        except UnitChangedMeanwhile as stale:
            return _show_overtaken(request, unit_id, form, stale)
        return redirect("access:unit_detail", unit_id=unit.pk)
    status = 422 if form.errors else 200
    return _detail(request, unit, form, GrantForm(), status)


def _before_grant(request: HttpRequest, unit_id: int) -> HttpResponse | None:
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    return _unless_grantable(request, unit, GrantForm(request.POST))


def _unless_grantable(
    request: HttpRequest, unit: CustodyUnit, grant: GrantForm
) -> HttpResponse | None:
    """Show again a form that is not complete, and say where the very same right stands.

    Raises:
        OwnRights: the person would give it to themselves.
    """
    if not grant.is_valid():
        return _detail(request, unit, UnitForm(initial=_initial(unit)), grant, 422)
    data = grant.cleaned_data
    user, role = data["user"], data["role"] or None
    rights.check_grant(actor=person(request), user=user, role=role)
    held = holders.find_holder(unit, UnitRight(data["right"]), user=user, role=role)
    if held is None or not held.is_same(reason=data["reason"], expires_at=data["expires_on"]):
        return None
    messages.info(request, f"{held.name} has this right already: nothing was changed.")
    return redirect("access:unit_detail", unit_id=unit.pk)


@requires(MANAGE_UNITS, methods=("POST",))
@fresh_sign_in_required(first=_before_grant)
def unit_grant(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Give a right on a unit."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    grant = GrantForm(request.POST)
    answer = _unless_grantable(request, unit, grant)
    if answer is not None:
        return answer
    data = grant.cleaned_data
    rights.grant_unit(
        actor=person(request),
        unit=unit,
        right=UnitRight(data["right"]),
        reason=data["reason"],
        user=data["user"],
        role=data["role"] or None,
        expires_at=data["expires_on"],
    )
    return redirect("access:unit_detail", unit_id=unit.pk)


def _before_revoke(request: HttpRequest, unit_id: int) -> HttpResponse | None:
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    return _unless_held(request, unit, RevokeForm(request.POST))


def _unless_held(
    request: HttpRequest, unit: CustodyUnit, revoke: RevokeForm
) -> HttpResponse | None:
    """Say where the right is gone already."""
    if not revoke.is_valid():
        return HttpResponseBadRequest()
    data = revoke.cleaned_data
    right = UnitRight(data["right"])
    if holders.find_holder(unit, right, user=data["user"], role=data["role"]) is not None:
        return None
    messages.info(request, "This right is gone already: it was taken, or its time is over.")
    return redirect("access:unit_detail", unit_id=unit.pk)


@requires(MANAGE_UNITS, methods=("POST",))
@fresh_sign_in_required(first=_before_revoke)
def unit_revoke(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Take a right on a unit; gone on the holder's next request."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    revoke = RevokeForm(request.POST)
    answer = _unless_held(request, unit, revoke)
    if answer is not None:
        return answer
    rights.revoke_unit(
        actor=person(request),
        unit=unit,
        right=UnitRight(revoke.cleaned_data["right"]),
        user=revoke.cleaned_data["user"],
        role=revoke.cleaned_data["role"] or None,
    )
    return redirect("access:unit_detail", unit_id=unit.pk)


def _initial(unit: CustodyUnit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in FIELDS} | {"seen": selectors.fingerprint(unit)}


def _show_overtaken(
    request: HttpRequest, unit_id: int, form: UnitForm, stale: UnitChangedMeanwhile
) -> HttpResponse:
    """Show what was entered beside the unit as it stands now; saving again saves over it."""
    events.record_refusal(stale)
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    form.add_error(None, stale.message)
    form.renew(selectors.fingerprint(unit))
    return _detail(request, unit, form, GrantForm(), stale.status)


def _detail(
    request: HttpRequest, unit: CustodyUnit, form: UnitForm, grant: GrantForm, status: int
) -> HttpResponse:
    values = {
        "unit": unit,
        "form": form,
        "grant": grant,
        "holders": holders.list_holders(unit),
    }
    return render(request, "access/unit_detail.html", values, status=status)
