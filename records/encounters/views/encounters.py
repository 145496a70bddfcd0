"""Pages of stays and visits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import person
from accounts.selectors import changes
from audit.enums import Action
from audit.errors import Refused
from audit.http import requires
from audit.services import events
from records.access.enums import Use
from records.access.permissions import OPEN_CHART
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.encounters.enums import Disposition, EncounterStatus
from records.encounters.errors import (
    AccountTaken,
    DatesRefused,
    EncounterChangedMeanwhile,
    EncounterMoveNotAllowed,
    EncounterUnknown,
    StayOpen,
    UnitRefused,
)
from records.encounters.forms.encounters import (
    BeginForm,
    DischargeForm,
    ReasonForm,
    StepForm,
    TransferForm,
    VisitForm,
)
from records.encounters.models import Encounter
from records.encounters.permissions import RECORD_ENCOUNTER
from records.encounters.rules import transitions
from records.encounters.selectors import encounters as selectors
from records.encounters.services import encounters
from records.patients.presenters import banner

# What the person can mend in the form; other refusals get a page of their own.
MENDABLE = (DatesRefused, AccountTaken, StayOpen, UnitRefused)
STALE = (EncounterChangedMeanwhile, EncounterMoveNotAllowed)
Save = Callable[[Any], Encounter]
Say = Callable[[Encounter], str]


@requires(OPEN_CHART)
def encounter_detail(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Show one stay or visit with its transfers and history."""
    scope, encounter = _open(request, encounter_id, use=Use.READING)
    return _detail_page(request, scope, encounter)


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_admit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Admit a patient, or plan a visit."""
    scope = _open_patient(request, patient_id)
    shown = banner.get_banner(scope)
    form = BeginForm(request.POST or None, **_begin_values(scope, shown))
    is_planned = request.POST.get("plan") == "1"
    status = EncounterStatus.PLANNED if is_planned else EncounterStatus.IN_PROGRESS

    def save(valid: BeginForm) -> Encounter:
        return encounters.begin(
            actor=scope.actor,
            patient_id=patient_id,
            facts=valid.facts(),
            status=status,
            submission_key=valid.cleaned_data["submission_key"],
        )

    words = {"title": "Admit", "confirm": "Admit", "may_plan": True}

    def say(made: Encounter) -> str:
        if is_planned:
            return "The visit is planned." if made.is_visit else "The stay is planned."
        return "The visit has begun." if made.is_visit else "The patient is admitted."

    return _save_or_show(request, form, save, say, {"banner": shown, **words})


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def visit_record(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record a visit that is over."""
    scope = _open_patient(request, patient_id)
    shown = banner.get_banner(scope)
    form = VisitForm(request.POST or None, **_begin_values(scope, shown))

    def save(valid: VisitForm) -> Encounter:
        return encounters.record_visit(
            actor=scope.actor,
            patient_id=patient_id,
            facts=valid.facts(),
            ended_at=valid.cleaned_data["ended_at"],
            disposition=valid.cleaned_data["disposition"],
            submission_key=valid.cleaned_data["submission_key"],
        )

    words = {"title": "Record a visit", "confirm": "Save"}
    return _save_or_show(
        request, form, save, lambda _: "The visit is recorded.", {"banner": shown, **words}
    )


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_transfer(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Move a patient within a stay."""
    scope, encounter = _open(request, encounter_id)
    form = TransferForm(request.POST or None, initial={"version": encounter.version})

    def save(valid: forms.Form) -> Encounter:
        data = valid.cleaned_data
        return encounters.transfer(
            actor=scope.actor,
            encounter_id=encounter_id,
            version=data["version"],
            to_location=data["to_location"],
            to_service=data["to_service"],
            to_attending=data["to_attending"],
            at=data["moved_at"],
        )

    _check_possible(request, encounter, *encounters.OPEN_STAY)
    words = {"title": "Transfer", "confirm": "Transfer"}
    return _step(request, scope, encounter, form, save, "The patient is transferred.", **words)


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_discharge(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """End a stay."""
    scope, encounter = _open(request, encounter_id)
    form = DischargeForm(request.POST or None, initial={"version": encounter.version})

    def save(valid: forms.Form) -> Encounter:
        data = valid.cleaned_data
        return encounters.discharge(
            actor=scope.actor,
            encounter_id=encounter_id,
            version=data["version"],
            at=data["ended_at"],
            disposition=Disposition(data["disposition"]),
        )

    _check_possible(request, encounter, *encounters.OPEN_STAY)
    word = "Complete" if encounter.is_visit else "Discharge"
    done = "The visit is completed." if encounter.is_visit else "The patient is discharged."
    return _step(request, scope, encounter, form, save, done, title=word, confirm=word)


@requires(RECORD_ENCOUNTER, methods=("POST",))
def encounter_arrive(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Let a planned visit begin now."""
    scope, encounter = _open(request, encounter_id)
    form = StepForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        encounters.arrive(
            actor=scope.actor, encounter_id=encounter_id, version=version, at=timezone.now()
        )
    except (*MENDABLE, *STALE) as refusal:
        events.record_refusal(refusal)
        fresh = selectors.get_encounter(scope, encounter_id)
        problem = _overtaken(refusal, encounter_id)
        return _detail_page(request, scope, fresh, status=409, problem=problem)
    has_begun = "The visit has begun." if encounter.is_visit else "The patient is admitted."
    messages.success(request, has_begun)
    return redirect("encounters:encounter_detail", encounter_id=encounter_id)


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_cancel(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Cancel an encounter opened in error."""
    return _with_reason(
        request,
        encounter_id,
        encounters.cancel,
        encounters.OPEN_STATUSES,
        stay=("Cancel this encounter", "The encounter is cancelled."),
    )


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_reopen(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Take a discharge back, or reopen a visit."""
    return _with_reason(
        request,
        encounter_id,
        encounters.reopen,
        encounters.OVER,
        stay=("Take back the discharge", "The discharge is taken back."),
        visit=("Reopen", "The visit is open again."),
    )


def _with_reason(
    request: HttpRequest,
    encounter_id: int,
    service: Callable[..., Encounter],
    sources: Collection[EncounterStatus],
    *,
    stay: tuple[str, str],
    visit: tuple[str, str] | None = None,
) -> HttpResponse:
    """Show or save a step that needs a reason; `stay` and `visit` are its title and what it did."""
    scope, encounter = _open(request, encounter_id)
    title, done = visit if visit and encounter.is_visit else stay
    form = ReasonForm(request.POST or None, initial={"version": encounter.version})

    def save(valid: forms.Form) -> Encounter:
        return service(actor=scope.actor, encounter_id=encounter_id, **valid.cleaned_data)

    _check_possible(request, encounter, *sources)
    return _step(request, scope, encounter, form, save, done, title=title, confirm=title)


def _check_possible(request: HttpRequest, encounter: Encounter, *sources: EncounterStatus) -> None:
    """Refuse to show the form of a step that cannot be taken; one sent is judged by the service.

    Raises:
        EncounterMoveNotAllowed: the encounter's status does not allow the step.
    """
    if request.method != "POST" and encounter.status not in sources:
        raise EncounterMoveNotAllowed(
            patient_id=encounter.patient_id, subject_type="encounter", subject_id=encounter.pk
        )


def _step(
    request: HttpRequest,
    scope: ChartScope,
    encounter: Encounter,
    form: StepForm,
    save: Save,
    done: str,
    **words: Any,
) -> HttpResponse:
    """Show or save the form of a step; one that was overtaken keeps what was entered."""
    values = {"banner": banner.get_banner(scope), "encounter": encounter, **words}
    try:
        return _save_or_show(request, form, save, lambda _: done, values)
    except STALE as refusal:
        events.record_refusal(refusal)
        fresh = selectors.get_encounter(scope, encounter.pk)
        form.add_error(None, _overtaken(refusal, encounter.pk))
        form.renew(fresh.version)
        values |= {"form": form, "encounter": fresh, "is_stale": True}
        values["is_over"] = isinstance(refusal, EncounterMoveNotAllowed)
        return render(request, "encounters/step.html", values, status=409)


def _overtaken(refusal: Refused, encounter_id: int) -> str:
    """Return who changed the encounter and when, or why else the step is refused."""
    if not isinstance(refusal, STALE):
        return str(refusal.message)
    who = changes.describe_last_change("encounters_encounter", encounter_id, "this encounter")
    return f"{who} Nothing was saved; what you entered is still here."


def _save_or_show(
    request: HttpRequest, form: forms.Form, save: Save, say: Say, values: dict[str, Any]
) -> HttpResponse:
    """Show the form, or save it and `say` so; what can be mended is said beside the field."""
    values = values | {"form": form}
    if request.method != "POST":
        return render(request, "encounters/step.html", values)
    if form.is_valid():
        try:
            encounter = save(form)
        except MENDABLE as refusal:
            _show(form, refusal)
        else:
            messages.success(request, say(encounter))
            return redirect("encounters:encounter_detail", encounter_id=encounter.pk)
    return render(request, "encounters/step.html", values, status=422)


def _show(form: forms.Form, refusal: Refused) -> None:
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, refusal.message)


def _detail_page(
    request: HttpRequest, scope: ChartScope, encounter: Encounter, status: int = 200, **more: Any
) -> HttpResponse:
    values = {
        "banner": banner.get_banner(scope),
        "encounter": encounter,
        "moves": selectors.list_moves(encounter),
        "steps": selectors.list_steps(encounter),
        "next_statuses": set(transitions.moves_from(encounter.status)),
        **more,
    }
    return render(request, "encounters/detail.html", values, status=status)


def _begin_values(scope: ChartScope, shown: banner.Banner) -> dict[str, Any]:
    return {
        "user": scope.actor,
        "own_unit": (shown.unit_id, shown.unit),
        "initial": {"unit": shown.unit_id},
    }


def _open_patient(request: HttpRequest, patient_id: int) -> ChartScope:
    return opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        use=Use.WORK,
        subject_type="page",
        subject_id="encounter",
    )


def _open(
    request: HttpRequest, encounter_id: int, *, use: Use = Use.WORK
) -> tuple[ChartScope, Encounter]:
    """Open the chart of an encounter and return both.

    Raises:
        EncounterUnknown: there is none, or the person may not know of it.
        ChartUnknown, ChartDestroyed, ChartRefused: the person has no ground for its chart.
    """
    patient_id = selectors.get_patient_id(encounter_id)
    if patient_id is None:
        raise EncounterUnknown(
            action=Action.ENCOUNTER_VIEWED, subject_type="encounter", subject_id=encounter_id
        )
    scope = opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        action=Action.ENCOUNTER_VIEWED,
        use=use,
        subject_type="encounter",
        subject_id=encounter_id,
    )
    return scope, selectors.get_encounter(scope, encounter_id)
