"""The retention desk: the calendar of years, and the charts that come due."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.http import person
from audit.enums import Action, Basis, Purpose
from audit.http import narrowed_by, requires
from audit.services import events
from records.access.selectors import scopes
from records.access.services import opening
from records.patients.permissions import SEARCH_DIRECTORY
from records.patients.presenters import banner
from records.patients.selectors import lines as directory
from records.retention.forms.lists import DUE
from records.retention.forms.schedule import DueFilterForm
from records.retention.permissions import VIEW_RETENTION
from records.retention.presenters import charts as chart_presenter
from records.retention.presenters import due as presenter
from records.retention.presenters import filters
from records.retention.presenters import stubs as stub_presenter
from records.retention.rules import eligibility
from records.retention.selectors import batches, due, facts, holds, schedule, stubs
from records.retention.services import evaluations

TEMPLATE = "retention/home.html"


@requires(VIEW_RETENTION)
@narrowed_by(DUE)
def home(request: HttpRequest) -> HttpResponse:
    """Show the years as bars, and the charts of the filter in the address, first due first."""
    user, today = person(request), timezone.localdate()
    form = DueFilterForm(request.GET, user=user)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form}, status=422)
    wanted = form.wanted(today)
    scope = scopes.list_scope(user)
    page = due.list_page(scope, wanted, after=request.GET.get("after", ""))
    known = evaluations.map_facts_now(page.patient_ids)
    people = directory.get_lines(page.patient_ids)
    events.record(
        action=Action.RETENTION_LISTED,
        purpose=Purpose.RETENTION,
        patients=page.patient_ids,
        durable=True,
    )
    is_fragment = request.headers.get("HX-Request") == "true"
    values: dict[str, Any] = {
        "form": form,
        "chips": filters.chips(form, request.GET),
        "lines": presenter.lines(people, known, today),
        "page": page,
        "wanted": wanted,
        "today": today,
    }
    if not is_fragment:
        values |= {"calendar": presenter.calendar(due.count_years(scope), today)}
        values |= {"waiting": batches.list_waiting_for(user, 10)}
    response = render(request, f"{TEMPLATE}{'#rows' if is_fragment else ''}", values)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(VIEW_RETENTION)
def chart_explain(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Weigh every rule for one chart and show what blocks."""
    scope = opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        purpose=Purpose.RETENTION,
        subject_type="page",
        subject_id="retention",
    )
    today = timezone.localdate()
    found = facts.get_facts([patient_id])
    answer, can_propose = None, False
    if patient_id in found:
        explained = eligibility.explain(
            found[patient_id],
            schedule.load_rules(today),
            schedule.load_majority(today),
            as_of=today,
        )
        answer = chart_presenter.present(explained, found[patient_id], today)
        known = evaluations.map_facts_now([patient_id])[patient_id]
        can_propose = answer.is_eligible and not known.obstacle_to_proposal(today)
    values = {
        "banner": banner.get_banner(scope),
        "answer": answer,
        "can_propose": can_propose,
        "facts": found.get(patient_id),
        "holds": holds.list_standing(patient_id),
        "today": today,
    }
    return render(request, "retention/chart.html", values)


@requires(SEARCH_DIRECTORY)
def stub_detail(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show what remains of a destroyed chart: who it was, and when and why it went."""
    stub = stubs.get_visible_stub(person(request), patient_id)
    is_whole = stubs.is_shown_whole(person(request), stub)
    events.record(
        action=Action.CHART_OPENED,
        patient_id=patient_id,
        basis=Basis.UNIT if is_whole else Basis.DIRECTORY,
        purpose=Purpose.RETENTION,
        subject_type="stub",
        subject_id=patient_id,
        durable=True,
    )
    values = {
        "stub": stub,
        "abstract": stub_presenter.present(stub, is_whole=is_whole),
        "certificate": stubs.get_certificate(stub.item.batch_id),
    }
    return render(request, "retention/stub.html", values)
