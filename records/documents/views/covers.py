"""Tokens by which the event of one page covers the small pictures on it, for an hour."""

from __future__ import annotations

from django.core import signing

from accounts.models import User
from records.documents.models import DocumentVersion, UnfiledFile

COVERED_SECONDS = 3600
SALT = "documents.thumbnails"
Shown = DocumentVersion | UnfiledFile


def cover(user: User, shown: Shown) -> str:
    """Return the token by which the event just written covers the thumbnails of what was shown."""
    return signing.dumps([user.pk, *_key(shown)], salt=SALT)


def is_covered(token: str, user: User, *key: int | str) -> bool:
    """Tell whether the token covers these thumbnails for this person.

    `key` is a document's id and a version's number, or `unfiled` and the id of a loose file.
    """
    try:
        found = signing.loads(token, salt=SALT, max_age=COVERED_SECONDS)
    except signing.BadSignature:
        return False
    return bool(found == [user.pk, *key])


def _key(shown: Shown) -> list[int | str]:
    if isinstance(shown, UnfiledFile):
        return ["unfiled", shown.pk]
    return [shown.document_id, shown.number]
