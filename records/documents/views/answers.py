"""Answers that views of documents share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import is_htmx
from accounts.selectors import changes
from audit.enums import Action, Basis, Outcome
from audit.services import events
from records.documents.errors import (
    DocumentChangedMeanwhile,
    DocumentError,
    FileRefused,
    FilingRefused,
    SandboxUnavailable,
    VaultUnavailable,
)
from records.documents.forms.documents import SeenForm
from records.documents.models import Document
from records.documents.services import storing
from records.documents.services.derived import Picture

View = Callable[..., HttpResponse]
NOT_JUST_NOW = (SandboxUnavailable, VaultUnavailable)


def shows_files(view: View) -> View:
    """Answer a file that cannot be shown in words: 503 where it may pass, 500 where it will not."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DocumentError as error:
            status = 503 if isinstance(error, NOT_JUST_NOW) else 500
            values = {"message": error.message, "code": error.code}
            return render(request, "documents/failed.html", values, status=status)

    return answered


def picture(found: Picture) -> HttpResponse:
    """Answer with the picture of a page."""
    return HttpResponse(found.content, content_type=found.media_type)


def pdf(content: bytes, name: str, *, is_attachment: bool) -> HttpResponse:
    """Answer with a PDF, to be shown or to be saved."""
    kind = "attachment" if is_attachment else "inline"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def go(request: HttpRequest, to: str, **arguments: Any) -> HttpResponse:
    """Go to another page after a form was saved, also where the page's script sent it."""
    answer = redirect(to, **arguments)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer


def refused_form(
    request: HttpRequest, template: str, values: dict[str, Any], status: int = 422
) -> HttpResponse:
    """Show a form again with what is wrong in it: the whole page, or the form alone."""
    name = f"{template}#form" if is_htmx(request) else template
    response = render(request, name, values, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def say_refused(form: forms.Form, refusal: FilingRefused) -> None:
    """Say beside the field what cannot be."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def say_overtaken(form: SeenForm, stale: DocumentChangedMeanwhile, document: Document) -> None:
    """Write the event of the refusal and say who was faster; what was entered stays.

    Sent again, the form goes over `document`, which its reader has now seen.
    """
    events.record_refusal(stale)
    who = changes.describe_last_change("documents_document", document.pk, "this document")
    form.add_error(None, f"{who} Nothing was saved; what you entered is still here.")
    form.renew(document.lock_version)


def say_failed(
    form: forms.Form, error: DocumentError, action: Action, patient_id: int | None = None
) -> int:
    """Say what is wrong with a file, write the event of its refusal, and return the status."""
    is_file = isinstance(error, FileRefused)
    form.add_error("file" if is_file and "file" in form.fields else None, error.message)
    events.record(
        action=action,
        patient_id=patient_id,
        basis=Basis.NONE,
        outcome=Outcome.REFUSED if is_file else Outcome.FAILED,
        detail={"reason": error.code},
    )
    return 422 if is_file else 503


def say_unfit(form: forms.Form, action: Action, patient_id: int) -> int:
    """Say what is wrong with the file of a form in which more is wrong; return the status.

    All that is wrong is said at once. A form whose file is missing or too large says so itself.
    """
    upload = form.cleaned_data.get("file")
    if upload is None:
        return 422
    try:
        storing.inspect(upload)
    except DocumentError as error:
        return say_failed(form, error, action, patient_id)
    return 422
