"""The schedule: its rows with citation, certainty and date, and how they are changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action
from audit.errors import Refused
from audit.http import narrowed_by, requires
from audit.services import events
from records.retention.errors import RuleRefused
from records.retention.forms.lists import RULES
from records.retention.forms.schedule import RuleFilterForm, RuleForm
from records.retention.permissions import CHANGE_SCHEDULE, VIEW_RETENTION
from records.retention.presenters import filters
from records.retention.presenters import schedule as presenter
from records.retention.selectors import schedule as selectors
from records.retention.services import schedule


@requires(VIEW_RETENTION)
@narrowed_by(RULES)
def rule_list(request: HttpRequest) -> HttpResponse:
    """List the rows of the schedule in force, by state and series."""
    form = RuleFilterForm(request.GET)
    if not form.is_valid():
        return render(request, "retention/rule_list.html", {"form": form}, status=422)
    today = timezone.localdate()
    rows = selectors.list_rows(**form.cleaned_data, as_of=today)
    events.record(
        action=Action.RETENTION_LISTED, subject_type="page", subject_id="schedule", durable=True
    )
    values = {
        "form": form,
        "chips": filters.chips(form, request.GET),
        "groups": presenter.groups(rows),
        "ages": selectors.load_majority(today),
        "doubtful": selectors.count_doubtful(today),
    }
    return render(request, "retention/rule_list.html", values)


@requires(VIEW_RETENTION)
def rule_detail(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show one row, with those that stood in its place before and after."""
    row = selectors.get_row(rule_id)
    events.record(
        action=Action.RETENTION_LISTED, subject_type="rule", subject_id=rule_id, durable=True
    )
    values = {
        "line": presenter.line(row),
        "history": [presenter.line(other) for other in selectors.list_history(row.code)],
    }
    return render(request, "retention/rule_detail.html", values)


@requires(CHANGE_SCHEDULE, methods=("GET", "POST"))
def rule_change(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Say what a change would do to the charts; asked to, make it."""
    row = selectors.get_row(rule_id)
    form = RuleForm(request.POST or None, row=row)
    values: dict[str, Any] = {"form": form, "line": presenter.line(row)}
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "retention/rule_change.html", values, status=status)
    try:
        if "preview" in request.POST:
            values["preview"] = schedule.preview(rule_id=rule_id, terms=form.terms())
            return render(request, "retention/rule_change.html", values)
        new = schedule.change(actor=person(request), rule_id=rule_id, terms=form.terms())
    except RuleRefused as refused:
        return _again(request, form, refused, values)
    return redirect("retention:rule_detail", rule_id=new.pk)


@requires(CHANGE_SCHEDULE, methods=("POST",))
def rule_confirm(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Note that the person has read the source again today."""
    row = selectors.get_row(rule_id)
    schedule.confirm(actor=person(request), rule_id=row.pk, on=timezone.localdate())
    return redirect("retention:rule_detail", rule_id=rule_id)


def _again(
    request: HttpRequest, form: RuleForm, refused: Refused, values: dict[str, Any]
) -> HttpResponse:
    """Show the form with what was refused beside it, and record the refusal."""
    events.record_refusal(refused)
    form.add_error(None, refused.message)
    return render(request, "retention/rule_change.html", values, status=422)
