"""The access log: who saw, did or was refused what, as a page and a file; and each event of it."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from audit import exporting
from audit.enums import Action, Basis, Purpose
from audit.errors import NotVisible
from audit.exporting import Export
from audit.forms import LOG, EventFilterForm
from audit.http import narrowed_by, requires
from audit.permissions import EXPORT_EVENT, VIEW_EVENT
from audit.presenters import events as event_lines
from audit.presenters import filters, words
from audit.selectors import events as log
from audit.selectors.events import Criteria, Key
from audit.services import events, exports
from audit.services.tables import FHIR
from audit.views.showing import PAGE_SIZE, record_view, say

MOST_CHANGES = 100
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
    record_view(criteria, patients)
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
            **say(criteria),
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
