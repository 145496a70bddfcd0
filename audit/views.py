"""The access log: who saw what, both ways round, as a page and as a file; and how it is sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from audit import exporting, subjects
from audit.enums import Action, Basis, Purpose
from audit.errors import NotVisible
from audit.exporting import Export
from audit.forms import LOG, EventFilterForm
from audit.http import narrowed_by, requires
from audit.permissions import EXPORT_EVENT, VIEW_EVENT
from audit.presenters import events as event_lines
from audit.presenters import filters, words
from audit.presenters import pivots as pivot_lines
from audit.presenters import seals as seal_lines
from audit.selectors import events as log
from audit.selectors import pivots
from audit.selectors import seals as sealed
from audit.selectors.events import Criteria, Key
from audit.selectors.places import Page
from audit.services import events, exports, verifications
from audit.services.tables import FHIR

PAGE_SIZE = 50
MOST_CHANGES = 100
SEALS_SHOWN = 30
MOST_BARS = 62
DAYS_BY_HOUR = 2


@requires(VIEW_EVENT, methods=("GET", "POST"))
@narrowed_by(LOG)
def event_list(request: HttpRequest) -> HttpResponse:
    """Show the log, newest first, narrowed by the filters in the address.

    The filters are posted and become that address, which holds ids: a record number that somebody
    types stands in none.
    """
    asked = request.POST if request.method == "POST" else request.GET
    form = EventFilterForm(asked)
    if not form.is_valid():
        return render(request, "audit/event_list.html", {"form": form}, status=422)
    if form.finds or request.method == "POST":
        return redirect(f"{request.path}?{form.as_address()}")
    criteria = form.criteria(timezone.localdate())
    after, before = (Key.parse(request.GET.get(name, "")) for name in ("after", "before"))
    page = log.list_events(criteria, most=PAGE_SIZE, after=after, before=before)
    patients = words.label_patients(
        [*(event.patient_id for event in page.events), criteria.patient_id]
    )
    bars = [] if after or before else _bars(request, criteria)
    _record_view(criteria, patients)
    values = {
        "form": form,
        "criteria": criteria,
        "chips": filters.chips(request.GET, criteria, patients),
        "lines": event_lines.lines(page.events, patients),
        "bars": bars,
        "newer": page.newer,
        "older": page.older,
        "can_export": request.user.has_perm(EXPORT_EVENT),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    response = render(request, f"audit/event_list.html{'#rows' if is_fragment else ''}", values)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _unless_readable(request: HttpRequest) -> HttpResponse | None:
    """Lead filters that cannot be read back to the log, which says what is wrong with them."""
    form = EventFilterForm(request.GET)
    if form.is_valid() and not form.finds:
        return None
    return redirect(exporting.address_of_list(request, reverse("audit:event_list")))


@requires(VIEW_EVENT, EXPORT_EVENT, methods=exporting.METHODS)
@exporting.by_fresh_proof(first=_unless_readable)
def event_export(request: HttpRequest) -> HttpResponseBase:
    """Send the log as shown by the same filters, as CSV, XLSX or FHIR AuditEvent resources."""
    form = EventFilterForm(request.GET)
    form.is_valid()
    criteria = form.criteria(timezone.localdate())
    return exporting.answer(
        request,
        Export(
            of="the access log",
            count=partial(log.count_events, criteria),
            list_url=exporting.address_of_list(request, reverse("audit:event_list")),
            take_out=partial(exports.export_log, actor=request.user, criteria=criteria),
            kinds=(*exporting.KINDS, FHIR),
            **_said(criteria),
        ),
    )


@requires(VIEW_EVENT)
def event_detail(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show everything that one event holds, and what else happened in the same request."""
    event = log.get_event(event_id)
    if event is None:
        raise NotVisible(action=Action.LOG_VIEWED, subject_type="event", subject_id=event_id)
    listed = log.list_shown_patients(event)
    siblings = log.list_events(Criteria(request_id=event.request_id), most=PAGE_SIZE).events
    patients = words.label_patients(
        [event.patient_id, *listed, *(sibling.patient_id for sibling in siblings)]
    )
    events.record(
        action=Action.LOG_VIEWED,
        subject_type="event",
        subject_id=event_id,
        basis=Basis.ROLE,
        purpose=Purpose.OVERSIGHT,
        patients=map(int, patients),
        durable=True,
    )
    values = {
        "line": event_lines.lines([event], patients)[0],
        "facts": event_lines.facts(event, patients.get(str(event.patient_id), "")),
        "listed": [patients[str(patient_id)] for patient_id in listed],
        "siblings": event_lines.lines(siblings, patients),
        "changes": event_lines.change_lines(
            log.list_row_changes(event.request_id, most=MOST_CHANGES)
        ),
    }
    return render(request, "audit/event_detail.html", values)


@requires(VIEW_EVENT)
def patient_viewers(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show everybody who saw a patient, lists included."""
    form, criteria = _pivot_criteria(request, patient_id=patient_id)
    page = pivots.list_viewers(criteria, most=PAGE_SIZE, **_order(request))
    patients = words.label_patients([patient_id])
    _record_view(criteria, patients)
    values = _pivot_values(request, form, criteria, page) | {
        "lines": pivot_lines.viewer_lines(page.lines),
        "subject": patients[str(patient_id)],
        "subject_url": subjects.url(subjects.PATIENT, patient_id),
        "patient_id": patient_id,
    }
    return render(request, "audit/patient_viewers.html", values)


def _unless_period_readable(request: HttpRequest, **whom: int) -> HttpResponse | None:
    """Lead a period that cannot be read back to the pivot, which says what is wrong with it."""
    name = "audit:patient_viewers" if "patient_id" in whom else "audit:person_patients"
    form, _criteria = _pivot_criteria(request, **whom)
    if form.is_valid():
        return None
    return redirect(exporting.address_of_list(request, reverse(name, kwargs=whom)))


@requires(VIEW_EVENT, EXPORT_EVENT, methods=exporting.METHODS)
@exporting.by_fresh_proof(first=_unless_period_readable)
def patient_viewers_export(request: HttpRequest, patient_id: int) -> HttpResponseBase:
    """Send everybody who saw a patient in the period of the page, as CSV or XLSX."""
    _form, criteria = _pivot_criteria(request, patient_id=patient_id)
    sort = pivots.known(request.GET.get("sort", ""), pivots.VIEWER_ORDERS)
    page = reverse("audit:patient_viewers", kwargs={"patient_id": patient_id})
    return exporting.answer(
        request,
        Export(
            of="the list of who saw a patient",
            count=partial(pivots.count_viewers, criteria),
            list_url=exporting.address_of_list(request, page),
            take_out=partial(
                exports.export_viewers, actor=request.user, criteria=criteria, sort=sort
            ),
            **_said(criteria),
        ),
    )


@requires(VIEW_EVENT)
def person_patients(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show every patient whom a person saw, lists included."""
    form, criteria = _pivot_criteria(request, person_id=person_id)
    page = pivots.list_seen_patients(criteria, most=PAGE_SIZE, **_order(request))
    patients = words.label_patients(patient.patient_id for patient in page.lines)
    _record_view(criteria, patients)
    values = _pivot_values(request, form, criteria, page) | {
        "lines": pivot_lines.patient_lines(page.lines, patients),
        "subject": subjects.labels(subjects.PERSON, [person_id])[str(person_id)],
        "subject_url": subjects.url(subjects.PERSON, person_id),
        "person_id": person_id,
    }
    return render(request, "audit/person_patients.html", values)


@requires(VIEW_EVENT, EXPORT_EVENT, methods=exporting.METHODS)
@exporting.by_fresh_proof(first=_unless_period_readable)
def person_patients_export(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Send every patient whom a person saw in the period of the page, as CSV or XLSX."""
    _form, criteria = _pivot_criteria(request, person_id=person_id)
    sort = pivots.known(request.GET.get("sort", ""), pivots.PATIENT_ORDERS)
    page = reverse("audit:person_patients", kwargs={"person_id": person_id})
    return exporting.answer(
        request,
        Export(
            of="the list of whom a person saw",
            count=partial(pivots.count_seen_patients, criteria),
            list_url=exporting.address_of_list(request, page),
            take_out=partial(
                exports.export_seen_patients, actor=request.user, criteria=criteria, sort=sort
            ),
            **_said(criteria),
        ),
    )


@requires(VIEW_EVENT)
def seal_list(request: HttpRequest) -> HttpResponse:
    """Show how the trail is sealed, how it was last verified, and the newest seals of each chain.

    While a verification is under way the page asks for itself, and is loaded anew at its end.
    """
    asked = verifications.get_asked()
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204) if asked else HttpResponse(headers={"HX-Refresh": "true"})
    values = {
        "state": sealed.get_trail_state(),
        "seals": seal_lines.seal_lines(sealed.list_newest_seals(most=SEALS_SHOWN)),
        "verified": seal_lines.verification_line(log.get_last_verification()),
        "asked": asked,
        "daily_at": datetime.combine(timezone.now(), verifications.DAILY_AT),
    }
    return render(request, "audit/seal_list.html", values)


@requires(VIEW_EVENT, methods=("POST",))
def trail_verify(request: HttpRequest) -> HttpResponse:
    """Let the worker verify the trail, and go back to the page that shows the result."""
    try:
        verifications.ask(actor=request.user)
    except (verifications.VerificationUnderWay, verifications.WorkerUnreachable) as refused:
        events.record_refusal(refused)
        messages.warning(request, refused.message)
    return redirect("audit:seal_list")


def _bars(request: HttpRequest, criteria: Criteria) -> list[dict[str, str | int]]:
    """Count by day, over a day or two by hour; not at all over more than the bars can show."""
    since, until = criteria.since, criteria.until or timezone.now()
    if since is None or (until - since).days > MOST_BARS:
        return []
    is_hourly = (until - since).days <= DAYS_BY_HOUR
    zone = timezone.get_current_timezone_name()
    counts = log.count_by_time(criteria, is_hourly=is_hourly, zone=zone)
    return filters.bars(
        counts, request.GET, since=since, until=until, is_hourly=is_hourly, url=request.path
    )


def _pivot_criteria(
    request: HttpRequest, *, person_id: int | None = None, patient_id: int | None = None
) -> tuple[EventFilterForm, Criteria]:
    """Return the period's form and what is asked for; an unreadable period is not taken."""
    names = ("since", "until")
    form = EventFilterForm({name: request.GET.get(name, "") for name in names})
    usable = form if form.is_valid() else EventFilterForm({})
    usable.is_valid()
    criteria = usable.criteria(timezone.localdate())
    return form, replace(criteria, person_id=person_id, patient_id=patient_id)


def _said(criteria: Criteria) -> dict[str, Any]:
    """Return what the page of an export names of the log, and how that is put on record."""
    patients = words.label_patients([criteria.patient_id])
    return {
        "said": filters.describe_days(criteria, patients),
        "show": lambda: _record_view(criteria, patients),
    }


def _order(request: HttpRequest) -> dict[str, str]:
    """Return in which order a pivot is asked for, and from which of its places."""
    return {name: request.GET.get(name, "") for name in ("sort", "after", "before")}


def _pivot_values(
    request: HttpRequest, form: EventFilterForm, criteria: Criteria, page: Page[Any]
) -> dict[str, Any]:
    """Return what both pivots show beside their lines."""
    return {
        "form": form,
        "criteria": criteria,
        "previous": page.previous,
        "next": page.next,
        "can_export": form.is_valid() and request.user.has_perm(EXPORT_EVENT),
    }


def _record_view(criteria: Criteria, patients: Iterable[str]) -> None:
    """Write that the log was looked at, and which patients the page names."""
    detail: dict[str, Any] = dict(exports.filters_of(criteria))
    events.record(
        action=Action.LOG_VIEWED,
        patient_id=criteria.patient_id,
        basis=Basis.ROLE,
        purpose=Purpose.OVERSIGHT,
        detail=detail,
        patients=[int(patient) for patient in patients],
        durable=True,
    )
