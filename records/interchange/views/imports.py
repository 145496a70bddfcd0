"""Pages of imports: what came in, what was rejected and why, and files through the browser."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person, polling
from audit.enums import Action
from audit.http import requires
from audit.services import events
from records.interchange import presenters
from records.interchange.errors import ImportUnknown
from records.interchange.forms.uploads import UploadForm
from records.interchange.models import ImportRun
from records.interchange.permissions import NEEDED_TO_IMPORT, VIEW_IMPORT
from records.interchange.selectors import runs as selectors
from records.interchange.services import uploads

MOST_REJECTIONS = 500
OVER = 286


@requires(VIEW_IMPORT)
def import_list(request: HttpRequest) -> HttpResponse:
    """List the newest imports into the reader's units."""
    runs = selectors.list_runs(person(request))[: selectors.PAGE]
    can_import = all(map(request.user.has_perm, NEEDED_TO_IMPORT))
    values = {"lines": [presenters.line_of(run) for run in runs], "can_import": can_import}
    return render(request, "interchange/import_list.html", values)


@requires(VIEW_IMPORT)
def import_detail(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show what one import brought and rejected; names of files may name patients."""
    run = _find(request, run_id)
    events.record(
        action=Action.REPORT_VIEWED, subject_type="import", subject_id=run.pk, durable=True
    )
    rejections = list(selectors.list_rejections(run)[: MOST_REJECTIONS + 1])
    page = presenters.page_of(run, rejections, MOST_REJECTIONS)
    return render(request, "interchange/import_detail.html", {"page": page})


@polling
@requires(VIEW_IMPORT)
def import_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """Answer how far an import is: 204 while nothing has changed, 286 when it is over.

    It shows figures alone, so no event is written.
    """
    progress = presenters.progress_of(_find(request, run_id))
    if progress is None:
        return HttpResponse(status=OVER, headers={"HX-Refresh": "true"})
    if request.headers.get("If-None-Match") == progress.etag:
        return HttpResponse(status=204)
    values = {"progress": progress}
    response = render(request, "interchange/import_detail.html#progress", values)
    response["ETag"] = progress.etag
    return response


@requires(*NEEDED_TO_IMPORT, methods=("GET", "POST"))
def import_upload(request: HttpRequest) -> HttpResponse:
    """Take files in; a worker imports them."""
    user = person(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    if request.method != "POST":
        return render(request, "interchange/import_upload.html", {"form": form})
    if not form.is_valid():
        return render(request, "interchange/import_upload.html", {"form": form}, status=422)
    data = form.cleaned_data
    run = uploads.receive(actor=user, unit=form.units[data["unit"]], files=data["chosen"])
    number = len(data["chosen"])
    what = "The file was" if number == 1 else f"{number} files were"
    messages.success(request, f"{what} received and will be imported now.")
    return redirect("interchange:import_detail", run_id=run.pk)


def _find(request: HttpRequest, run_id: int) -> ImportRun:
    """Return an import into one of the reader's units.

    Raises:
        ImportUnknown: there is none.
    """
    try:
        return selectors.get_run(person(request), run_id)
    except ImportRun.DoesNotExist as error:
        raise ImportUnknown(subject_type="import", subject_id=run_id) from error
