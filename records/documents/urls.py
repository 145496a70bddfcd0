"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from records.documents.views import documents, filing, indexing, moves, pages, undoing, unfiled

app_name = "documents"

PAGES = "<int:document_id>/versions/<int:number>/pages/<int:page>/"
UNFILED = "unfiled/<int:unfiled_id>/"

urlpatterns = [
    path("file/<int:patient_id>/", filing.document_file, name="document_file"),
    path("<int:document_id>/", documents.document_view, name="document_view"),
    path(PAGES, pages.page_image, name="page_image"),
    path(f"{PAGES}thumbnail/", pages.thumbnail, name="thumbnail"),
    path("<int:document_id>/print/", pages.document_print, name="document_print"),
    path("<int:document_id>/download/", pages.document_download, name="document_download"),
    path("<int:document_id>/change/", documents.document_change, name="document_change"),
    path("<int:document_id>/replace/", documents.document_replace, name="document_replace"),
    path("<int:document_id>/move/", moves.document_move, name="document_move"),
    path("<int:document_id>/undo/", undoing.document_undo, name="document_undo"),
    path(
        "<int:document_id>/moves/<int:move_id>/undo/",
        undoing.document_undo_move,
        name="document_undo_move",
    ),
    path(
        "<int:document_id>/void/undo/", undoing.document_undo_voiding, name="document_undo_voiding"
    ),
    path("<int:document_id>/void/", documents.document_void, name="document_void"),
    path("<int:document_id>/restore/", documents.document_restore, name="document_restore"),
    path("unfiled/", unfiled.unfiled_list, name="unfiled_list"),
    path(UNFILED, indexing.unfiled_file, name="unfiled_file"),
    path(f"{UNFILED}discard/", unfiled.unfiled_discard, name="unfiled_discard"),
    path(f"{UNFILED}pages/<int:page>/", unfiled.unfiled_page, name="unfiled_page"),
    path(
        f"{UNFILED}pages/<int:page>/thumbnail/", unfiled.unfiled_thumbnail, name="unfiled_thumbnail"
    ),
]
