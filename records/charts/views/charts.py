"""The chart page and its face sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action
from audit.http import requires
from records.access.permissions import OPEN_CHART
from records.access.services import opening
from records.charts import panels
from records.charts.pdf import face_sheets
from records.charts.permissions import PRINT_FACE_SHEET
from records.charts.presenters import face_sheet as presenter
from records.documents.selectors import documents
from records.encounters.selectors import encounters
from records.patients.presenters import banner


@requires(OPEN_CHART)
def chart_detail(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show a chart: encounters, documents, and what the other rooms know of it."""
    scope = opening.open_chart(actor=person(request), patient_id=patient_id)
    type_id = _number(request.GET.get("type", ""))
    shows_voided = request.GET.get("voided") == "1"
    values = {
        "banner": banner.get_banner(scope),
        "basis": scope.basis,
        "left": panels.list_panels(scope, "left"),
        "right": panels.list_panels(scope, "right"),
        "types": documents.count_by_type(scope),
        "type_id": type_id,
        "shows_voided": shows_voided,
        "shelf": documents.get_shelf(
            scope,
            type_id=type_id,
            after=request.GET.get("after", ""),
            include_voided=shows_voided,
        ),
    }
    return render(request, "charts/chart.html", values)


@requires(OPEN_CHART)
def encounter_list(request: HttpRequest, patient_id: int) -> HttpResponse:
    """List the encounters of a chart, newest first, in pages."""
    scope = opening.open_chart(
        actor=person(request), patient_id=patient_id, action=Action.ENCOUNTERS_LISTED
    )
    after = request.GET.get("after", "")
    page = encounters.get_page(scope, after=after)
    values = {"banner": banner.get_banner(scope), "page": page, "is_first": not after}
    return render(request, "charts/encounters.html", values)


@requires(OPEN_CHART)
def face_sheet(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show the first page of the chart."""
    scope = opening.open_chart(
        actor=person(request), patient_id=patient_id, subject_type="page", subject_id="face_sheet"
    )
    values = {"banner": banner.get_banner(scope), "sheet": presenter.get_face_sheet(scope)}
    return render(request, "charts/face_sheet.html", values)


@requires(PRINT_FACE_SHEET)
def face_sheet_pdf(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Print the first page of the chart, with reader and time on it."""
    scope = opening.open_chart(
        actor=person(request), patient_id=patient_id, action=Action.FACE_SHEET_PRINTED
    )
    content = face_sheets.typeset(presenter.get_face_sheet(scope), scope.actor, timezone.now())
    headers = {"Content-Disposition": f'inline; filename="face-sheet-{patient_id}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
