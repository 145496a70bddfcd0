"""Custody units and the rights on them, for administrators; nothing here shows a patient."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import fresh_sign_in_required, fresh_sign_in_to_post, person
from audit.http import requires
from records.access.enums import UnitRight
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
    data = {name: value for name, value in form.cleaned_data.items() if name != "is_active"}
    unit = units.create(actor=person(request), **data)
    return redirect("access:unit_detail", unit_id=unit.pk)


@requires(MANAGE_UNITS, methods=("GET", "POST"))
@fresh_sign_in_to_post
def unit_detail(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Change a unit; show who holds which right on it."""
    unit = get_object_or_404(selectors.list_units(), pk=unit_id)
    form = UnitForm(request.POST or None, initial={name: getattr(unit, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        units.change(actor=person(request), unit_id=unit.pk, **form.cleaned_data)
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
        form = UnitForm(initial={name: getattr(unit, name) for name in FIELDS})
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
