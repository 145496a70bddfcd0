"""Rows of documents say who changed them; histories are insert only."""

from django.db import migrations

from audit.append_only import InsertOnly, TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        TrackChanges("documents_documenttype"),
        TrackChanges("documents_document"),
        TrackChanges("documents_documentversion"),
        TrackChanges("documents_documentmove"),
        TrackChanges("documents_documentstatuschange"),
        TrackChanges("documents_unfiledfile"),
        InsertOnly("documents_documentmove"),
        InsertOnly("documents_documentstatuschange"),
    ]
