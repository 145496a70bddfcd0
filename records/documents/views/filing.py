"""Filing a document in an opened chart."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import is_htmx, person
from audit.enums import Action
from audit.http import requires
from records.access.enums import Use
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents.errors import DocumentError, FilingRefused
from records.documents.forms.documents import FilingForm
from records.documents.models import Document
from records.documents.permissions import FILE_DOCUMENT
from records.documents.services import filing
from records.documents.views import answers
from records.documents.views.undoing import say_filed
from records.patients.presenters import banner

TEMPLATE = "documents/file.html"
# What the next document of the same chart begins with.
CARRIED = ("type", "service_on", "encounter")


@requires(FILE_DOCUMENT, methods=("GET", "POST"))
def document_file(request: HttpRequest, patient_id: int) -> HttpResponse:
    """File a document in a chart; nothing that was typed is lost when the file is refused."""
    scope = opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        use=Use.WORK,
        subject_type="page",
        subject_id="file",
    )
    values: dict[str, Any] = {"banner": banner.get_banner(scope)}
    if request.method != "POST":
        values["form"] = FilingForm(scope=scope, initial=_initial(request))
        return render(request, TEMPLATE, values)
    form = FilingForm(request.POST, request.FILES, scope=scope)
    values["form"] = form
    if not form.is_valid():
        status = answers.say_unfit(form, Action.DOCUMENT_FILED, patient_id)
        return answers.refused_form(request, TEMPLATE, values, status)
    try:
        document = _file(scope, form)
    except FilingRefused as refusal:
        values["same"] = refusal.document
        answers.say_refused(form, refusal)
        return answers.refused_form(request, TEMPLATE, values)
    except DocumentError as error:
        status = answers.say_failed(form, error, Action.DOCUMENT_FILED, patient_id)
        return answers.refused_form(request, TEMPLATE, values, status)
    return _filed(request, scope, document)


def _file(scope: ChartScope, form: FilingForm) -> Document:
    return filing.file_document(
        actor=scope.actor,
        patient_id=scope.patient_id,
        upload=form.cleaned_data["file"],
        facts=form.facts(),
        filing_key=form.cleaned_data["filing_key"],
        is_duplicate_meant=form.cleaned_data["is_duplicate_meant"],
    )


def _filed(request: HttpRequest, scope: ChartScope, document: Document) -> HttpResponse:
    say_filed(request, document, banner.get_banner(scope))
    if request.POST.get("then") != "another":
        return answers.go(request, "documents:document_view", document_id=document.pk)
    answer = answers.go(request, "documents:document_file", patient_id=document.patient_id)
    header = "HX-Redirect" if is_htmx(request) else "Location"
    carried = request.POST.copy()
    for name in set(carried) - set(CARRIED):
        del carried[name]
    answer[header] += f"?{carried.urlencode()}"
    return answer


def _initial(request: HttpRequest) -> dict[str, Any]:
    carried = {name: request.GET[name] for name in CARRIED if request.GET.get(name)}
    return {"service_on": timezone.localdate()} | carried
