"""Custody units and the rights on them, for administrators; nothing here shows a patient."""

from __future__ import annotations

from typing import Any

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


@requires(MANAGE_UNITS, methods=("GET", "POST"))
@fresh_sign_in_to_post
def unit_create(request: HttpRequest) -> HttpResponse:
    """Make a custody unit."""
    form = NewUnitForm(request.POST or None)
    if request.method != "POST":
        return render(request, "access/unit_form.html", {"form": form})
    if not form.is_valid():
        return render(request, "access/unit_form.html", {"form": form}, status=422)
    asked = ("facility", "code", "name", "is_listed", "sensitivity_classes")
    facts = {name: form.cleaned_data[name] for name in asked}
    try:
        unit = units.create(actor=person(request), **facts)
    except UnitTaken as taken:
        events.record_refusal(taken)
        form.add_error(None, taken.message)
        return render(request, "access/unit_form.html", {"form": form}, status=409)
    return redirect("access:unit_detail", unit_id=unit.pk)


@requires(MANAGE_UNITS, methods=("GET", "POST"))
@fresh_sign_in_to_post
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


@requires(MANAGE_UNITS, methods=("POST",))
@fresh_sign_in_required
def unit_grant(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Give a right on a unit."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    grant = GrantForm(request.POST)
    if not grant.is_valid():
        form = UnitForm(initial=_initial(unit))
        return _detail(request, unit, form, grant, 422)
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


@requires(MANAGE_UNITS, methods=("POST",))
@fresh_sign_in_required
def unit_revoke(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Take a right on a unit; gone on the holder's next request."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    revoke = RevokeForm(request.POST)
    if not revoke.is_valid():
        return HttpResponseBadRequest()
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
