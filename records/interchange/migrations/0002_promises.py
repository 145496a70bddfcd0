"""Rows of imports say who changed them; what was rejected is insert only."""

from django.db import migrations

from audit.append_only import InsertOnly, TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("interchange", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        TrackChanges("interchange_importeditem", derived=["last_imported_at"]),
        TrackChanges("interchange_importrun"),
        TrackChanges("interchange_importrejection"),
        TrackChanges("interchange_importupload"),
        InsertOnly("interchange_importrejection"),
    ]
