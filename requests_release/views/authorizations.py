"""The signed form beside its checklist; protected classes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.errors import Refused
from audit.http import requires
from printing import words
from records.documents.errors import DocumentError, FilingRefused
from records.documents.selectors import documents
from records.documents.services.storing import Upload
from requests_release.forms.authorizations import AuthorizationForm, initial_of
from requests_release.forms.requests import SensitiveForm
from requests_release.permissions import PREPARE_REQUEST
from requests_release.services import authorizations as services
from requests_release.services import requests as request_services
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened

MOST_FORMS = 50


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_authorization(request: HttpRequest, request_id: int) -> HttpResponse:
    """Attach the signed form and note what it says; its defects are named afterwards."""
    opened = frames.open_request(request, request_id)
    form = AuthorizationForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        documents=_forms_in(opened),
        initial=initial_of(opened.found.authorization) | {"version": opened.request.version},
    )
    filing_key = _key(request.POST.get("filing_key", ""))
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid() and _file(opened, form, filing_key):
        refused = attempts.attempt_work(opened, form, lambda: _record(opened, form))
        if refused is None:
            messages.success(request, "The authorization is recorded.")
            return redirect("requests_release:request_authorization", request_id=request_id)
    form.say_file_is_gone()
    shown = attempts.show_again(opened, form, refused, why_not=attempts.unless_editable)
    values = frames.values(shown.opened, "request_authorization") | shown.values
    values |= {
        "form": form,
        "known": shown.opened.found.authorization,
        # A form that lies in the chart by now is not filed again; another file would be.
        "filing_key": uuid.uuid4() if form.is_filed else filing_key,
    }
    return render(request, "requests_release/authorization.html", values, status=shown.status)


def _file(opened: Opened, form: AuthorizationForm, filing_key: uuid.UUID) -> bool:
    """File an added form in the chart, so that nothing that follows can lose it.

    What is wrong with the file is said beside the field.
    """
    file = form.cleaned_data["file"]
    if file is None:
        return True
    try:
        filed = services.file_form(
            actor=opened.scope.actor,
            request_id=opened.request.pk,
            upload=Upload(file.read(), file.name, file.content_type or ""),
            filing_key=filing_key,
            signed_on=form.cleaned_data["signed_on"],
        )
    except FilingRefused as error:
        form.add_error("signed_on", error.message)
    except DocumentError as error:
        form.add_error("file", error.message)
    else:
        form.keep_filed(filed, _forms_in(opened))
    return not form.errors


def _record(opened: Opened, form: AuthorizationForm) -> None:
    services.record(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        document_id=form.cleaned_data["document"],
        facts=form.facts(),
    )


def _forms_in(opened: Opened) -> list[tuple[int, str]]:
    """Return the authorizations that lie in the chart already, newest first."""
    found = documents.list_documents(opened.scope).filter(type__code=services.TYPE_CODE)
    return [
        (document.pk, f"{document.title}, {words.day(document.service_on)}")
        for document in found[:MOST_FORMS]
    ]


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_sensitive(request: HttpRequest, request_id: int) -> HttpResponse:
    """Note a professional's review, a court order or an emergency."""
    opened = frames.open_request(request, request_id)
    names = ("version", "reviewed_classes", "review_note", "has_part2_order", "is_emergency")
    initial = {name: getattr(opened.request, name) for name in names}
    form = SensitiveForm(request.POST or None, initial=initial)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempts.attempt_work(
            opened,
            form,
            lambda: request_services.note_sensitive(
                actor=opened.scope.actor, request_id=request_id, **form.cleaned_data
            ),
        )
        if refused is None:
            return redirect("requests_release:request_detail", request_id=request_id)
    shown = attempts.show_again(opened, form, refused, why_not=attempts.unless_editable)
    values = frames.values(shown.opened, "request_sensitive") | shown.values | {"form": form}
    return render(request, "requests_release/sensitive.html", values, status=shown.status)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
