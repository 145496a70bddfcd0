"""What the indexing desk shows of a waiting file."""

from __future__ import annotations

from django.urls import reverse

from records.documents.models import UnfiledFile
from records.documents.presenters.viewer import Pages


def pages_of(row: UnfiledFile, page: int, cover: str, query: str = "") -> Pages:
    """Return where the pictures of a waiting file's pages are.

    `cover` is the token by which the desk's event covers the thumbnails. `query` is what the
    desk's address says besides, so that turning pages without a script keeps the chosen patient.
    """
    arguments = {"unfiled_id": row.pk, "page": 0}
    desk = reverse("documents:unfiled_file", args=[row.pk])
    return Pages(
        title=row.file_name,
        count=row.page_count,
        page=min(max(page, 1), row.page_count),
        image_url=reverse("documents:unfiled_page", kwargs=arguments),
        thumb_url=reverse("documents:unfiled_thumbnail", kwargs=arguments) + f"?covered={cover}",
        here=f"{desk}?{query}&" if query else f"{desk}?",
    )
