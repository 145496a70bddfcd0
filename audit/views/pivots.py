"""The access log both ways round: who saw a patient, whom a person saw; as a page and as a file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from audit import exporting, subjects
from audit.exporting import Export
from audit.forms import EventFilterForm
from audit.http import requires
from audit.permissions import EXPORT_EVENT, VIEW_EVENT
from audit.presenters import pivots as pivot_lines
from audit.presenters import words
from audit.selectors import pivots
from audit.selectors.events import Criteria
from audit.selectors.places import Page
from audit.services import exports
from audit.views.showing import PAGE_SIZE, record_view, say


@requires(VIEW_EVENT)
def patient_viewers(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show everybody who saw a patient, lists included."""
    form, criteria = _pivot_criteria(request, patient_id=patient_id)
    page = pivots.list_viewers(criteria, most=PAGE_SIZE, **_order(request))
    patients = words.label_patients([patient_id])
    record_view(criteria, patients)
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
            **say(criteria),
        ),
    )


@requires(VIEW_EVENT)
def person_patients(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show every patient whom a person saw, lists included."""
    form, criteria = _pivot_criteria(request, person_id=person_id)
    page = pivots.list_seen_patients(criteria, most=PAGE_SIZE, **_order(request))
    patients = words.label_patients(patient.patient_id for patient in page.lines)
    record_view(criteria, patients)
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
            **say(criteria),
        ),
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
