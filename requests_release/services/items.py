"""Choosing the documents and pages that a request releases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.services.opening import ChartScope
from records.documents.selectors import documents
from requests_release import access
from requests_release.access import about
from requests_release.errors import DocumentNotFit, DocumentNotOfChart, NothingChosen
from requests_release.models import Request, RequestChoice, RequestItem
from requests_release.rules import pages as page_rules
from requests_release.services import moving, requests


@attributed
def choose(
    *, actor: User, request_id: int, version: int, chosen: Mapping[int, Sequence[int]]
) -> Request:
    """Set which documents, and which of their pages, a request releases.

    `chosen` maps a document's id to its pages; documents left out are taken out. Each is frozen
    in its newest version.

    Raises:
        RequestChanged: the form is stale.
        RequestMoveNotAllowed: the request is submitted or further.
        NothingChosen: a document without pages.
        DocumentNotOfChart: a document of another patient, not current, or hidden from the person.
        DocumentNotFit: a document lacks a page.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    requests.check_editable(actor=actor, request=request)
    scope = access.check_scope(actor=actor, request=request)
    wanted = {document: sorted(set(pages)) for document, pages in chosen.items()}
    newest = _check_documents(scope, request, wanted)
    present = {item.document_id: item for item in RequestItem.objects.filter(request=request)}
    _check_hidden(scope, request, [one for one in present if one not in wanted])
    changed = _write(actor, request, wanted, newest, present)
    moving.note_preparer(actor=actor, request=request)
    moving.save(request, page_count=sum(map(len, wanted.values())))
    if changed:
        _note(actor, request, wanted, present, changed)
    events.record(
        action=Action.REQUEST_CHANGED,
        actor=actor,
        detail={"fields": ["items"], "documents": changed[:1000]},
        **about(request),
    )
    return request


def _check_documents(
    scope: ChartScope, request: Request, wanted: Mapping[int, Sequence[int]]
) -> dict[int, int]:
    """Return the newest version of each wanted document, all of which the person may see."""
    found = {
        document.pk: document
        for document in documents.list_documents(scope).filter(pk__in=list(wanted))
    }
    strange = [key for key in wanted if key not in found]
    if strange:
        raise DocumentNotOfChart(
            action=Action.REQUEST_CHANGED, detail={"documents": strange[:1000]}, **about(request)
        )
    for key, pages in wanted.items():
        document = found[key]
        if not pages:
            raise NothingChosen(action=Action.REQUEST_CHANGED, **about(request))
        try:
            page_rules.check_pages(pages, document.page_count)
        except page_rules.PageRangeUnreadable as error:
            raise DocumentNotFit(
                f"“{document.title}”: {error}", action=Action.REQUEST_CHANGED, **about(request)
            ) from error
    return {key: document.version_number for key, document in found.items()}


def _check_hidden(scope: ChartScope, request: Request, removed: list[int]) -> None:
    """Refuse to take out, unseen, what the person may not see."""
    hidden = RequestItem.objects.filter(request=request, document_id__in=removed).exclude(
        document__sensitivity__in=scope.classes
    )
    if hidden.filter(document__patient_id=request.patient_id).exists():
        raise DocumentNotFit(
            "The request holds documents that you may not see. Ask somebody who may.",
            action=Action.REQUEST_CHANGED,
            **about(request),
        )


def _note(
    actor: User,
    request: Request,
    wanted: Collection[int],
    present: Collection[int],
    changed: Collection[int],
) -> None:
    """Write how many documents were chosen, taken out or chosen anew, for the request's story."""
    added, removed = set(wanted) - set(present), set(present) - set(wanted)
    RequestChoice.objects.create(
        request=request,
        added_count=len(added),
        removed_count=len(removed),
        changed_count=len(set(changed) - added - removed),
        document_count=len(wanted),
        page_count=request.page_count,
        chosen_by=actor,
    )


def _write(
    actor: User,
    request: Request,
    wanted: Mapping[int, list[int]],
    newest: Mapping[int, int],
    present: Mapping[int, RequestItem],
) -> list[int]:
    """Write the difference row by row; return the documents that it touches."""
    changed = [key for key in present if key not in wanted]
    for key in changed:
        present[key].delete()
    for key, pages in wanted.items():
        item = present.get(key)
        if item is None:
            RequestItem.objects.create(
                request=request,
                document_id=key,
                version_number=newest[key],
                pages=pages,
                added_by=actor,
            )
        elif item.pages != pages or item.version_number != newest[key]:
            item.pages, item.version_number = pages, newest[key]
            item.save(update_fields=["pages", "version_number"])
        else:
            continue
        changed.append(key)
    return changed
