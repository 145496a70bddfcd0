"""Rows of encounters say who changed them; histories are insert only."""

from django.db import migrations

from audit.append_only import InsertOnly, TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("encounters", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE encounters_account_number START 1",
            "DROP SEQUENCE encounters_account_number",
        ),
        # Whom a practitioner treats or treated lately: open stays count as ending never.
        migrations.RunSQL(
            "CREATE INDEX encounters_by_care ON encounters_encounter"
            " (attending_id, coalesce(ended_at, 'infinity'::timestamptz))"
            " WHERE status <> 'CANCELLED'",
            "DROP INDEX encounters_by_care",
        ),
        TrackChanges("encounters_provider"),
        TrackChanges("encounters_encounter"),
        TrackChanges("encounters_encountermove"),
        TrackChanges("encounters_encounterstatuschange"),
        InsertOnly("encounters_encountermove"),
        InsertOnly("encounters_encounterstatuschange"),
    ]
