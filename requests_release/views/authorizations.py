"""The signed form beside its checklist; protected classes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.http import requires
from records.documents.errors import DocumentError, FilingRefused
from records.documents.selectors import documents
from records.documents.services.storing import Upload
from requests_release.forms.authorizations import AuthorizationForm, initial_of
from requests_release.forms.requests import SensitiveForm
from requests_release.permissions import PREPARE_REQUEST
from requests_release.services import authorizations as services
from requests_release.services import requests as request_services
from requests_release.views import frames
from requests_release.views.frames import Opened

MOST_FORMS = 50


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_authorization(request: HttpRequest, request_id: int) -> HttpResponse:
    """Attach the signed form and note what it says; its defects are named afterwards."""
    opened = frames.open_request(request, request_id)
    known = opened.found.authorization
    form = AuthorizationForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        documents=_forms_in(opened),
        initial=initial_of(known, opened.request.recipient_name)
        | {"version": opened.request.version},
    )
    filing_key = _key(request.POST.get("filing_key", ""))
    if request.method == "POST" and form.is_valid() and _save(opened, form, filing_key):
        messages.success(request, "The authorization is recorded.")
        return redirect("requests_release:request_authorization", request_id=request_id)
    values = frames.values(opened, "request_authorization") | {
        "form": form,
        "known": known,
        "filing_key": filing_key,
    }
    status = 422 if form.errors else 200
    return render(request, "requests_release/authorization.html", values, status=status)


def _save(opened: Opened, form: AuthorizationForm, filing_key: uuid.UUID) -> bool:
    """Record the form; what is wrong with its file is shown beside the field."""
    data = form.cleaned_data
    common: dict[str, Any] = {
        "actor": opened.scope.actor,
        "request_id": opened.request.pk,
        "version": data["version"],
        "facts": form.facts(),
    }
    file = data["file"]
    if file is None:
        services.record(**common, document_id=data["document"])
        return True
    upload = Upload(file.read(), file.name, file.content_type or "")
    try:
        services.attach(**common, upload=upload, filing_key=filing_key)
    except FilingRefused as error:
        form.add_error("signed_on", error.message)
    except DocumentError as error:
        form.add_error("file", error.message)
    return not form.errors


def _forms_in(opened: Opened) -> list[tuple[int, str]]:
    """Return the authorizations that lie in the chart already, newest first."""
    found = documents.list_documents(opened.scope).filter(type__code=services.TYPE_CODE)
    return [
        (document.pk, f"{document.title}, {document.service_on}") for document in found[:MOST_FORMS]
    ]


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_sensitive(request: HttpRequest, request_id: int) -> HttpResponse:
    """Note a professional's review, a court order or an emergency."""
    opened = frames.open_request(request, request_id)
    names = ("version", "reviewed_classes", "review_note", "has_part2_order", "is_emergency")
    initial = {name: getattr(opened.request, name) for name in names}
    form = SensitiveForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        request_services.note_sensitive(
            actor=opened.scope.actor, request_id=request_id, **form.cleaned_data
        )
        return redirect("requests_release:request_detail", request_id=request_id)
    values = frames.values(opened, "request_sensitive") | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "requests_release/sensitive.html", values, status=status)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
