"""Saved lists: kept from the page of a list, renamed, shared, made the default, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import access
from accounts.errors import SavedListRefused, SavedListStale
from accounts.forms.saved_lists import ChangeSavedListForm, NewSavedListForm
from accounts.http import person
from accounts.models import SavedList
from accounts.presenters import saved_lists as presenter
from accounts.rules.saved_lists import UNFILTERED
from accounts.selectors import saved_lists as selectors
from accounts.services import saved_lists
from audit.http import requires
from audit.services import events

TEMPLATE = "accounts/saved_list_form.html"


@requires(methods=("POST",))
def list_create(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list from whose page the form was sent, and show it by them."""
    user, route = person(request), request.POST.get("route", "")
    filters = access.get_filters(user, route)
    form = NewSavedListForm(request.POST, owner=user, route=route)
    values = {"form": form, "title": filters.title, "list_url": reverse(route) + UNFILTERED}
    if not form.is_valid():
        return render(request, TEMPLATE, values, status=422)
    try:
        row = saved_lists.create(actor=user, **form.cleaned_data)
    except SavedListRefused as refused:
        events.record_refusal(refused)
        form.add_error(refused.field, refused.message)
        return render(request, TEMPLATE, values, status=refused.status)
    messages.success(request, "The filters are saved.")
    return redirect(presenter.address(row))


@requires(methods=("GET", "POST"))
def list_change(request: HttpRequest, list_id: int) -> HttpResponse:
    """Rename a saved list of one's own, share it or not, make it the default or not."""
    user = person(request)
    row = selectors.get_own(user, list_id)
    access.get_filters(user, row.route)
    if request.method != "POST":
        kept = {name: getattr(row, name) for name in ("name", "is_shared", "is_default", "version")}
        form = ChangeSavedListForm(owner=user, route=row.route, row=row, initial=kept)
        return _show(request, row, form, 200)
    form = ChangeSavedListForm(request.POST, owner=user, route=row.route, row=row)
    if not form.is_valid():
        return _show(request, row, form, 422)
    try:
        row = saved_lists.change(actor=user, list_id=list_id, **form.cleaned_data)
    except SavedListRefused as refused:
        events.record_refusal(refused)
        return _show_refused(request, selectors.get_own(user, list_id), form, refused)
    messages.success(request, "The saved list is changed.")
    return redirect(presenter.address(row))


@requires(methods=("POST",))
def list_remove(request: HttpRequest, list_id: int) -> HttpResponse:
    """Remove a saved list of one's own, and go to the list without filters."""
    row = saved_lists.remove(actor=person(request), list_id=list_id)
    messages.success(request, "The saved list is removed.")
    return redirect(reverse(row.route) + UNFILTERED)


def _show(
    request: HttpRequest, row: SavedList, form: ChangeSavedListForm, status: int
) -> HttpResponse:
    filters = access.get_filters(person(request), row.route)
    values = {"form": form, "row": row, "title": filters.title, "list_url": presenter.address(row)}
    return render(request, TEMPLATE, values, status=status)


def _show_refused(
    request: HttpRequest, row: SavedList, form: ChangeSavedListForm, refused: SavedListRefused
) -> HttpResponse:
    """Show what was entered beside what stands; after another window's change, save over it."""
    form.add_error(refused.field, refused.message)
    if isinstance(refused, SavedListStale):
        form.renew(row.version)
    return _show(request, row, form, refused.status)
