"""What the tables of imports themselves refuse."""

from __future__ import annotations

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from audit.writes import attributing
from records.interchange.models import ImportedItem, ImportRejection, ImportRun, ImportUpload
from tests.records.interchange.builders import bundle, patient
from tests.records.interchange.house import run_command  # noqa: F401

pytestmark = pytest.mark.promise


@pytest.fixture
def run(house):
    house.put("bad.json", b"{")
    house.put("p1.json", bundle(patient()))
    house.load(status=1)
    return ImportRun.objects.get()


def item(run, **facts):
    now = timezone.now()
    return ImportedItem.objects.create(
        **{
            "feed": "FILES",
            "source_key": "Organization|o1",
            "kind": "ORGANIZATION",
            "source_hash": "0" * 64,
            "run": run,
            "first_imported_at": now,
            "last_imported_at": now,
        }
        | facts
    )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"kind": "ODD"}, "kind_is_known"),
        ({"kind": "PATIENT"}, "points_to_its_row"),
        ({"kind": "PROVIDER"}, "points_to_its_row"),
        ({"object_id": 4}, "points_to_its_row"),
        ({"source_key": "Patient|http://hospital.example/mrn|MRN-p1"}, "key_is_unique"),
        ({"last_imported_at": timezone.now() - timezone.timedelta(days=1)}, "first_before_last"),
    ],
)
def test_an_item_that_cannot_be_is_refused(house, run, facts, constraint):
    with pytest.raises(IntegrityError, match=constraint), attributing(house.system):
        item(run, **facts)


def test_an_item_that_can_be_is_taken(house, run):
    with attributing(house.system):
        assert item(run).pk


def test_a_run_cannot_end_before_it_begins(house, run):
    run.finished_at = run.started_at - timezone.timedelta(seconds=1)

    with pytest.raises(IntegrityError, match="ends_after_start"), attributing(house.system):
        run.save()


def test_an_upload_is_erased_when_and_only_when_it_is_done(house, run):
    from uuid import uuid4

    with (
        pytest.raises(IntegrityError, match="erased_when_done"),
        attributing(house.system),
    ):
        ImportUpload.objects.create(
            run=run, file_name="a", token=uuid4(), content=b"x", done_at=timezone.now()
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE interchange_importrejection SET message = 'fine'",
        "DELETE FROM interchange_importrejection",
        "TRUNCATE interchange_importrejection",
        "DELETE FROM interchange_importeditem",
        "DELETE FROM interchange_importrun",
        "UPDATE interchange_importeditem SET feed = 'OTHER'",
        "UPDATE interchange_importupload SET file_name = 'x'",
    ],
)
def test_the_application_cannot_rewrite_what_was_imported(house, run, statement):
    with pytest.raises(Error), attributing(house.system), connection.cursor() as cursor:
        cursor.execute(statement)

    assert ImportRejection.objects.get().reason == "BAD_JSON"
    assert ImportedItem.objects.count() == 1


@pytest.mark.parametrize("table", ["importeditem", "importrun", "importrejection"])
def test_nothing_is_written_without_an_actor(house, run, table):
    column = {"importeditem": "label", "importrun": "feed", "importrejection": "path"}[table]
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE interchange_{table} SET {column} = 'x'")
