"""The steps of a destruction batch, each confirmed on a page that says what will happen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.http import fresh_sign_in_required, person
from accounts.models import User
from audit.enums import Action, Purpose
from audit.http import key_asked, requires
from audit.services import events
from records.access.selectors import scopes
from records.patients.selectors import lines as directory
from records.retention import access
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.errors import NothingToPropose
from records.retention.forms.batches import ProposeForm, ReasonForm, SeenForm
from records.retention.forms.schedule import DueFilterForm
from records.retention.models import Batch
from records.retention.permissions import (
    APPROVE_SECOND,
    PROPOSE_BATCH,
    VIEW_RETENTION,
)
from records.retention.presenters import batches as batch_presenter
from records.retention.presenters import due as due_presenter
from records.retention.selectors import batches as selectors
from records.retention.selectors import due
from records.retention.services import batches, evaluations, moves, proposals
from records.retention.views.batches import SHOWN_LEFT_OUT

SHOWN_BEFORE_PROPOSING = 100
Check = Callable[[User, Batch], Any]
View = Callable[..., HttpResponseBase]


@requires(PROPOSE_BATCH, methods=("GET", "POST"))
def batch_propose(request: HttpRequest) -> HttpResponse:
    """Show the charts chosen from the list, with what stands against each; then propose.

    The whole list is chosen only where the address says so: who ticked nothing goes back to it.
    """
    if request.method == "POST":
        form = ProposeForm(request.POST)
        ids = _chosen(request.POST.getlist("chart"))
        if form.is_valid() and ids:
            values = form.cleaned_data
            batch = proposals.propose(actor=person(request), patient_ids=ids, **values)
            return redirect(_address_of(batch, ids))
        return _show_chosen(request, form, ids, status=422)
    ids = _chosen(request.GET.getlist("chart"))
    if not ids and request.GET.get("all") != "1":
        messages.warning(request, "Choose at least one chart first.")
        filters = request.GET.copy()
        filters.pop("chart", None)
        return redirect(f"{reverse('retention:home')}?{filters.urlencode()}")
    ids = ids or _all_listed(request)
    return _show_chosen(request, ProposeForm.fresh(), ids)


def checked_first(check: Check) -> Callable[[View], View]:
    """Refuse whoever may not take a step before its page.

    What is sent is checked by the service, under the batch's lock.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, batch_id: int) -> HttpResponseBase:
            if request.method != "POST":
                check(person(request), selectors.get_batch(batch_id))
            return view(request, batch_id)

        return checked

    return decorate


def by_fresh_sign_in(check: Check) -> Callable[[View], View]:
    """As `checked_first`, for a step that needs a fresh sign-in.

    Who may not take it, or sends it from a page that shows another state, signs in for nothing:
    they are refused before it is asked, as the service refuses them.
    """

    def first(request: HttpRequest, batch_id: int) -> None:
        batch = selectors.get_batch(batch_id)
        form = SeenForm(request.POST)
        if request.method == "POST" and form.is_valid():
            moves.check_seen(batch, form.seen())
        check(person(request), batch)

    def decorate(view: View) -> View:
        return fresh_sign_in_required(first=first)(checked_first(check)(view))

    return decorate


@requires(VIEW_RETENTION, methods=("GET", "POST"))
@by_fresh_sign_in(access.check_may_approve)
def batch_approve(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Approve exactly the batch that was seen; the person has just signed in again."""
    batch = selectors.get_batch(batch_id)
    return _step(request, batch, "retention/batch_approve.html", SeenForm, batches.approve)


@requires(VIEW_RETENTION, methods=("GET", "POST"))
@by_fresh_sign_in(lambda actor, batch: access.check_may_start(actor, batch, timezone.localdate()))
def batch_start(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say what will be destroyed, ask once, and hand it to the worker."""
    batch = selectors.get_batch(batch_id)
    return _step(request, batch, "retention/batch_start.html", SeenForm, batches.start)


@requires(VIEW_RETENTION, methods=("GET", "POST"))
@checked_first(lambda actor, batch: access.check_may_move(actor, batch, BatchStatus.RETURNED))
def batch_return(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Return a batch to its proposer with a reason."""
    batch = selectors.get_batch(batch_id)
    return _step(request, batch, "retention/batch_return.html", ReasonForm, batches.send_back)


@requires(VIEW_RETENTION, methods=("GET", "POST"))
@checked_first(lambda actor, batch: access.check_may_move(actor, batch, BatchStatus.CANCELLED))
def batch_cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Give a batch up with a reason."""
    batch = selectors.get_batch(batch_id)
    return _step(request, batch, "retention/batch_cancel.html", ReasonForm, batches.cancel)


@requires(PROPOSE_BATCH, methods=("GET", "POST"))
@checked_first(access.check_may_propose_again)
def batch_again(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Propose a returned batch anew, without the charts that are ticked."""
    batch = selectors.get_batch(batch_id)
    left_out = set(_chosen(request.POST.getlist("leave_out")))

    def propose_again(**facts: Any) -> Batch:
        return proposals.propose_again(leave_out=left_out, **facts)

    return _step(request, batch, "retention/batch_again.html", SeenForm, propose_again)


@requires(APPROVE_SECOND, methods=("POST",))
def batch_resume(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Let the worker go on with a batch on which it gave up."""
    batches.resume(actor=person(request), batch_id=selectors.get_batch(batch_id).pk)
    return redirect("retention:batch_detail", batch_id=batch_id)


def _step(
    request: HttpRequest,
    batch: Batch,
    template: str,
    form_class: type[SeenForm],
    service: Callable[..., Batch],
) -> HttpResponse:
    """Show the page of a step, or take it from the state that the page showed."""
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            facts = {"reason": form.cleaned_data["reason"]} if "reason" in form.fields else {}
            service(actor=person(request), batch_id=batch.pk, seen=form.seen(), **facts)
            return redirect("retention:batch_detail", batch_id=batch.pk)
        return _show_step(request, batch, template, form, status=422)
    return _show_step(request, batch, template, form_class.of(batch))


def _show_step(
    request: HttpRequest, batch: Batch, template: str, form: SeenForm, status: int = 200
) -> HttpResponse:
    scope = scopes.list_scope(person(request))
    page = selectors.list_items(scope, batch.pk)
    items = [item for item in page.items if item.outcome == ItemOutcome.WAITING]
    ids = [item.patient_id for item in items]
    events.record(
        action=Action.BATCH_VIEWED,
        purpose=Purpose.RETENTION,
        subject_type="batch",
        subject_id=batch.pk,
        patients=ids,
        durable=True,
    )
    standing = proposals.map_obstacles(selectors.list_waiting(batch.pk))
    people = {line.patient_id: line for line in directory.get_lines(ids)}
    values = {
        "batch": batch,
        "form": form,
        "totals": selectors.get_totals(batch.pk),
        **batch_presenter.left_out(standing),
        "lines": batch_presenter.item_lines(items, people, {}, standing),
        "has_more": page.next_key is not None,
    }
    return render(request, template, values, status=status)


def _show_chosen(
    request: HttpRequest, form: ProposeForm, ids: list[int], status: int = 200
) -> HttpResponse:
    """Show the chosen charts; those outside the person's units are not among them."""
    if not ids:
        raise NothingToPropose(action=Action.BATCH_PROPOSED)
    scope = scopes.list_scope(person(request))
    visible = due.only_visible(scope, ids)
    shown = visible[:SHOWN_BEFORE_PROPOSING]
    known = evaluations.map_facts_now(visible)
    events.record(
        action=Action.RETENTION_LISTED,
        purpose=Purpose.RETENTION,
        patients=shown,
        durable=True,
    )
    today = timezone.localdate()
    lines = due_presenter.lines(directory.get_lines(shown), known, today)
    free = [key for key in visible if not known[key].obstacle_to_proposal(today)]
    values = {"form": form, "lines": lines, "chosen": free, "more": len(visible) - len(shown)}
    return render(request, "retention/batch_propose.html", values, status=status)


def _address_of(batch: Batch, ids: list[int]) -> str:
    """Return the address of a proposed batch; it names what was chosen and left out."""
    url = reverse("retention:batch_detail", kwargs={"batch_id": batch.pk})
    taken = selectors.list_patient_ids(batch.pk)
    left_out = [key for key in ids if key not in taken]
    if not left_out:
        return url
    named = [("left_out", key) for key in left_out[:SHOWN_LEFT_OUT]]
    return f"{url}?{urlencode([*named, ('left_out_count', len(left_out))])}"


def _all_listed(request: HttpRequest) -> list[int]:
    """Return the charts of the list that the address describes, up to a batch's size."""
    form = DueFilterForm(request.GET, user=person(request))
    if not form.is_valid():
        return []
    scope = scopes.list_scope(person(request))
    return due.list_for_batch(scope, form.wanted(timezone.localdate()))


def _chosen(values: list[str]) -> list[int]:
    keys = [key_asked(value) for value in values]
    return list(dict.fromkeys(key for key in keys if key is not None))
