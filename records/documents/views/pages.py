"""Pages of documents as pictures, and copies that leave: each one an event."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from accounts.http import person
from audit.enums import Action
from audit.http import requires
from records.access.enums import Use
from records.documents.permissions import DOWNLOAD_DOCUMENT, PRINT_DOCUMENT, VIEW_DOCUMENT
from records.documents.services import reading
from records.documents.services.reading import CopyFor
from records.documents.views import answers, covers, opening


@requires(VIEW_DOCUMENT)
@answers.shows_files
def page_image(request: HttpRequest, document_id: int, number: int, page: int) -> HttpResponse:
    """Show one page; the event is committed before its first byte leaves."""
    is_sharp = request.GET.get("sharp") == "1"
    opened = opening.open_document(
        person(request),
        document_id,
        Action.DOCUMENT_PAGE_VIEWED,
        number=number,
        page=page,
        detail={"sharp": True} if is_sharp else None,
    )
    found = reading.page_image(opened.scope, opened.version, page, is_sharp=is_sharp)
    return answers.picture(found)


@requires(VIEW_DOCUMENT)
@answers.shows_files
def thumbnail(request: HttpRequest, document_id: int, number: int, page: int) -> HttpResponse:
    """Show a page too small to be read.

    The event of the document's page covers its thumbnails for an hour, by a token that only that
    page gives; without it a thumbnail is an event of its own.
    """
    user, action = person(request), Action.DOCUMENT_PAGE_VIEWED
    if covers.is_covered(request.GET.get("covered", ""), user, document_id, number):
        opened = opening.peek_document(user, document_id, action, number=number, page=page)
    else:
        opened = opening.open_document(
            user, document_id, action, number=number, page=page, detail={"thumbnail": True}
        )
    return answers.picture(reading.thumbnail(opened.scope, opened.version, page))


@requires(VIEW_DOCUMENT, PRINT_DOCUMENT)
@answers.shows_files
def document_print(request: HttpRequest, document_id: int) -> HttpResponse:
    """Print a document, with reader and time on every page."""
    return _copy(request, document_id, reading.PRINT, is_attachment=False)


@requires(VIEW_DOCUMENT, DOWNLOAD_DOCUMENT)
@answers.shows_files
def document_download(request: HttpRequest, document_id: int) -> HttpResponse:
    """Download a document, with reader and time on every page."""
    return _copy(request, document_id, reading.DOWNLOAD, is_attachment=True)


def version_asked(request: HttpRequest) -> int | None:
    """Return the version that the address names, if it names one."""
    text = request.GET.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _copy(
    request: HttpRequest, document_id: int, copy_for: CopyFor, *, is_attachment: bool
) -> HttpResponse:
    opened = opening.open_document(
        person(request),
        document_id,
        copy_for.action,
        use=Use.WORK,
        number=version_asked(request),
    )
    content = reading.stamped_copy(opened.scope, opened.version, copy_for)
    name = f"document-{document_id}-version-{opened.version.number}.pdf"
    return answers.pdf(content, name, is_attachment=is_attachment)
