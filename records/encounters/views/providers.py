"""The practitioners of the house and whose sign-in is whose; nothing here shows a patient."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render

from accounts.http import fresh_sign_in_required, fresh_sign_in_to_post, person
from accounts.selectors import changes
from audit.enums import Action
from audit.errors import Refused
from audit.http import narrowed_by, requires
from audit.services import events
from records.encounters.errors import (
    LinkRefused,
    NumberTaken,
    ProviderChangedMeanwhile,
    ProviderUnknown,
)
from records.encounters.forms.providers import (
    PROVIDERS,
    LinkForm,
    NewProviderForm,
    ProviderForm,
    UnlinkForm,
)
from records.encounters.models import Provider
from records.encounters.permissions import LINK_PROVIDER, MANAGE_PROVIDERS
from records.encounters.selectors import providers as selectors
from records.encounters.services import providers

MOST = 200


@requires(MANAGE_PROVIDERS)
@narrowed_by(PROVIDERS)
def provider_list(request: HttpRequest) -> HttpResponse:
    """List the practitioners, filtered by words and whether they are in use."""
    search, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    is_active = {"in": True, "out": False}.get(state)
    found = list(selectors.list_all(search=search, is_active=is_active)[: MOST + 1])
    values = {
        "providers": found[:MOST],
        "is_cut": len(found) > MOST,
        "search": search,
        "state": state,
    }
    return render(request, "encounters/provider_list.html", values)


def _before_create(request: HttpRequest) -> HttpResponse | None:
    return _unless_new(request, NewProviderForm(request.POST))


def _unless_new(request: HttpRequest, form: NewProviderForm) -> HttpResponse | None:
    """Lead a form sent again to what it added; show again one that is not complete."""
    is_valid = form.is_valid()
    already = selectors.find_submitted(form.cleaned_data.get("submission_key"))
    if already is not None:
        return redirect("encounters:provider_detail", provider_id=already.pk)
    return None if is_valid else _show_new(request, form, 422)


@requires(MANAGE_PROVIDERS, methods=("GET", "POST"))
@fresh_sign_in_to_post(first=_before_create)
def provider_create(request: HttpRequest) -> HttpResponse:
    """Add a practitioner."""
    if request.method != "POST":
        return _show_new(request, NewProviderForm(), 200)
    form = NewProviderForm(request.POST)
    answer = _unless_new(request, form)
    if answer is not None:
        return answer
    facts = {name: form.cleaned_data[name] for name in ("name", "npi", "submission_key")}
    try:
        provider = providers.enter(actor=person(request), **facts)
    except NumberTaken as taken:
        events.record_refusal(taken)
        form.add_error("npi", taken.message)
        return _show_new(request, form, taken.status)
    messages.success(request, f"{provider.name} is added.")
    return redirect("encounters:provider_detail", provider_id=provider.pk)


def _before_change(request: HttpRequest, provider_id: int) -> HttpResponse | None:
    """Show again a form that is not complete, or was overtaken: the page needs no proof."""
    provider = _get(provider_id)
    form = ProviderForm(request.POST, provider=provider)
    if not form.is_valid():
        return _show(request, provider, form=form, status=422)
    try:
        providers.check_seen(provider, form.cleaned_data["seen"], form.wanted())
    except ProviderChangedMeanwhile as stale:
        return _show_overtaken(request, provider_id, form, stale)
    return None


@requires(MANAGE_PROVIDERS, methods=("GET", "POST"))
@fresh_sign_in_to_post(first=_before_change)
def provider_detail(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Show a practitioner; change them, or take them out of use."""
    provider = _get(provider_id)
    if request.method != "POST":
        return _show(request, provider)
    form = ProviderForm(request.POST, provider=provider)
    if not form.is_valid():
        return _show(request, provider, form=form, status=422)
    try:
        providers.change(
            actor=person(request),
            provider_id=provider_id,
            seen=form.cleaned_data["seen"],
            **form.wanted(),
        )
    except ProviderChangedMeanwhile as stale:
        return _show_overtaken(request, provider_id, form, stale)
    except NumberTaken as taken:
        events.record_refusal(taken)
        form.add_error("npi", taken.message)
        return _show(request, provider, form=form, status=taken.status)
    messages.success(request, "Saved.")
    return redirect("encounters:provider_list")


def _before_link(request: HttpRequest, provider_id: int) -> HttpResponse | None:
    return _unless_linkable(request, _get(provider_id), LinkForm(request.POST))


def _unless_linkable(
    request: HttpRequest, provider: Provider, form: LinkForm
) -> HttpResponse | None:
    """Say where the very link stands; show again a form that cannot be carried out.

    Raises:
        OwnLink: the person would link their own sign-in.
    """
    is_valid = form.is_valid()
    if provider.user_id is not None and form.data.get("user") == str(provider.user_id):
        messages.info(request, "This sign-in is linked already: nothing was changed.")
        return redirect("encounters:provider_detail", provider_id=provider.pk)
    if not is_valid:
        return _show(request, provider, link=form, status=422)
    user = form.cleaned_data["user"]
    try:
        providers.check_link(actor=person(request), provider=provider, user=user)
    except LinkRefused as refused:
        return _show_link_refused(request, provider.pk, form, refused)
    return None


@requires(MANAGE_PROVIDERS, LINK_PROVIDER, methods=("POST",))
@fresh_sign_in_required(first=_before_link)
def provider_link(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Say which sign-in is the practitioner's: their care leads it to charts."""
    provider, form = _get(provider_id), LinkForm(request.POST)
    answer = _unless_linkable(request, provider, form)
    if answer is not None:
        return answer
    user = form.cleaned_data["user"]
    try:
        providers.link_user(actor=person(request), provider=provider, user=user)
    except LinkRefused as refused:
        return _show_link_refused(request, provider_id, form, refused)
    messages.success(request, f"{user.display_name} opens the charts of this practitioner now.")
    return redirect("encounters:provider_detail", provider_id=provider_id)


def _before_unlink(request: HttpRequest, provider_id: int) -> HttpResponse | None:
    return _unless_linked(request, _get(provider_id), UnlinkForm(request.POST))


def _unless_linked(
    request: HttpRequest, provider: Provider, form: UnlinkForm
) -> HttpResponse | None:
    """Say where the link is gone already."""
    if not form.is_valid():
        return HttpResponseBadRequest()
    if provider.user_id == form.cleaned_data["user"].pk:
        return None
    messages.info(request, "This sign-in is not linked any more.")
    return redirect("encounters:provider_detail", provider_id=provider.pk)


@requires(MANAGE_PROVIDERS, LINK_PROVIDER, methods=("POST",))
@fresh_sign_in_required(first=_before_unlink)
def provider_unlink(request: HttpRequest, provider_id: int) -> HttpResponse:
    """End that a sign-in is the practitioner's; care leads it nowhere on the next request."""
    form = UnlinkForm(request.POST)
    answer = _unless_linked(request, _get(provider_id), form)
    if answer is not None:
        return answer
    user = form.cleaned_data["user"]
    providers.unlink_user(actor=person(request), provider_id=provider_id, user=user)
    messages.success(request, f"{user.display_name} is not linked any more.")
    return redirect("encounters:provider_detail", provider_id=provider_id)


def _get(provider_id: int) -> Provider:
    provider = selectors.list_all().filter(pk=provider_id).first()
    if provider is None:
        raise ProviderUnknown(
            action=Action.PROVIDER_CHANGED, subject_type="provider", subject_id=provider_id
        )
    return provider


def _show_overtaken(
    request: HttpRequest, provider_id: int, form: ProviderForm, stale: Refused
) -> HttpResponse:
    """Show what was entered beside the practitioner as they stand; saving again saves over it."""
    events.record_refusal(stale)
    provider = _get(provider_id)
    table = Provider._meta.db_table
    form.add_error(None, changes.describe_last_change(table, provider_id, "this practitioner"))
    form.add_error(None, "Nothing was saved. Compare, then save again.")
    form.renew(selectors.fingerprint(provider))
    return _show(request, provider, form=form, status=stale.status)


def _show_link_refused(
    request: HttpRequest, provider_id: int, form: LinkForm, refused: LinkRefused
) -> HttpResponse:
    events.record_refusal(refused)
    form.add_error("user", refused.message)
    return _show(request, _get(provider_id), link=form, status=refused.status)


def _show_new(request: HttpRequest, form: NewProviderForm, status: int) -> HttpResponse:
    return render(request, "encounters/provider_form.html", {"form": form}, status=status)


def _show(
    request: HttpRequest,
    provider: Provider,
    *,
    form: ProviderForm | None = None,
    link: LinkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    initial = {
        "name": provider.name,
        "npi": provider.npi,
        "is_active": provider.is_active,
        "seen": selectors.fingerprint(provider),
    }
    values: dict[str, Any] = {
        "provider": provider,
        "form": form or ProviderForm(provider=provider, initial=initial),
        "link": link or LinkForm(),
        "may_link": person(request).has_perm(LINK_PROVIDER),
        "has_free": selectors.list_free_sign_ins().exists(),
    }
    return render(request, "encounters/provider_detail.html", values, status=status)
