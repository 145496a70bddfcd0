"""What is left of a destroyed chart: looked for in every table, in the vault and in the cache."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection

from records.documents.models import DocumentVersion
from records.documents.vault import files
from records.retention.models import Certificate
from tests.guards.canaries import Canary
from tests.guards.test_canaries import _everything_in_cache
from tests.guards.world import World

GONE = "GONE"
# The residual abstract: who the person was, and which stays there were.
ABSTRACT = {
    "family name",
    "given name",
    "middle name",
    "former family name",
    "former given name",
    "mother's maiden name",
    "birth date",
    "record number",
}
STAYS = {"account number", "reason of a stay", "service"}
ON_THE_CERTIFICATE = {"family name", "given name", "middle name", "record number"}


def _all_rows() -> dict[str, str]:
    """Return the text of every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = "\n".join(row for (row,) in cursor.fetchall())
        return found


def _gone(world: World, text: str) -> set[Canary]:
    return {bird for bird in world.aviary.found_in(text) if bird.owner == GONE}


@pytest.mark.django_db
@pytest.mark.goal("G-41")
@pytest.mark.goal("G-45")
def test_nothing_of_a_destroyed_chart_is_left_but_its_abstract(quiet, subtests):
    world = World()
    planted = {bird.where for bird in world.aviary.birds if bird.owner == GONE}
    version = DocumentVersion.objects.get(document=world.documents["gone"])

    left = {
        f"{bird} in {table}"
        for table, text in _all_rows().items()
        for bird in _gone(world, text)
        if bird.where not in ABSTRACT | STAYS
    }

    with subtests.test("tables"):
        assert left == set()
        assert len(planted - ABSTRACT - STAYS) > 15
    with subtests.test("vault"):
        assert version.wrapped_key is None
        assert not files.has(files.Place(version.storage_name, b"", ""))
        folder = Path(storages[files.ALIAS].location)
        texts = [
            path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()
        ]
        assert len(texts) > 10
        assert [bird for text in texts for bird in world.aviary.found_in(text)] == []
    with subtests.test("cache and queue"):
        assert _gone(world, _everything_in_cache()) == set()
    with subtests.test("certificate"):
        told = _gone(world, str(Certificate.objects.get().content))
        assert {bird.where for bird in told} == ON_THE_CERTIFICATE
