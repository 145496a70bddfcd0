"""The pages from which lists of charts and holds leave the house as files."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.http import person
from audit import exporting
from audit.enums import Purpose
from audit.exporting import Export
from audit.http import requires
from records.access.selectors import scopes
from records.retention.enums import HoldKind
from records.retention.forms.schedule import DueFilterForm
from records.retention.permissions import EXPORT_LIST, VIEW_RETENTION
from records.retention.presenters import exports as presenter
from records.retention.presenters import filters
from records.retention.selectors import due, holds
from records.retention.services import exports


def _unless_readable(request: HttpRequest) -> HttpResponse | None:
    """Lead filters that cannot be read back to the list, which says what is wrong with them."""
    if DueFilterForm(request.GET, user=person(request)).is_valid():
        return None
    return redirect(exporting.address_of_list(request, reverse("retention:home")))


@requires(VIEW_RETENTION, EXPORT_LIST, methods=exporting.METHODS)
@exporting.by_fresh_proof(first=_unless_readable)
def due_export(request: HttpRequest) -> HttpResponseBase:
    """Send the charts of the filter in the address, as CSV or XLSX."""
    user, today = person(request), timezone.localdate()
    form = DueFilterForm(request.GET, user=user)
    form.is_valid()
    wanted, chips = form.wanted(today), filters.chips(form, request.GET)
    said = [(chip.label, chip.value) for chip in chips] or [("Due", "now")]
    take_out = partial(
        exports.export_charts,
        actor=user,
        wanted=wanted,
        today=today,
        said=said,
        filters={name: value for name, value in form.cleaned_data.items() if value},
    )
    return exporting.answer(
        request,
        Export(
            of="the list of charts by the end of their term",
            count=partial(due.count_charts, scopes.list_scope(user), wanted),
            said=said,
            list_url=exporting.address_of_list(request, reverse("retention:home")),
            take_out=take_out,
            purpose=Purpose.RETENTION,
        ),
    )


@requires(VIEW_RETENTION, EXPORT_LIST, methods=exporting.METHODS)
@exporting.by_fresh_proof()
def hold_export(request: HttpRequest) -> HttpResponseBase:
    """Send the holds that stand, or those that were lifted, as CSV or XLSX."""
    is_lifted = request.GET.get("show") == "lifted"
    asked = request.GET.get("kind", "")
    kind = asked if asked in HoldKind.values else ""
    return exporting.answer(
        request,
        Export(
            of="the list of holds",
            count=partial(holds.count_holds, is_lifted=is_lifted, kind=kind),
            said=presenter.describe_holds(is_lifted=is_lifted, hold_kind=kind),
            list_url=exporting.address_of_list(request, reverse("retention:hold_list")),
            take_out=partial(
                exports.export_holds, actor=person(request), is_lifted=is_lifted, hold_kind=kind
            ),
            purpose=Purpose.RETENTION,
        ),
    )
